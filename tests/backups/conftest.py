"""A server's settings, its database, its media and its keys, as the commands find them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from wger_flask.app import close_app, open_app
from wger_flask.commands import main
from wger_flask.storage.database import database, disconnect, open_database
from wger_flask.testing.server import settings_for

PICTURES = {
    "gallery/2/a.png": b"a picture",
    "gallery/2/a.png.200x200_q85.jpg": b"small",
    "exercise-images/7/b.jpg": b"b",
}


@pytest.fixture
def held(template, tmp_path):
    """The database of a server with pictures and a secret key."""
    copy = template.copy(tmp_path)
    for name, content in PICTURES.items():
        file = tmp_path / "media" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (tmp_path / "secret.key").write_text("k" * 64)
    (tmp_path / "secret.key").chmod(0o600)
    yield copy
    disconnect()
    copy.drop()


@pytest.fixture
def run(held, built, tmp_path, monkeypatch):
    """Return a function that runs the command and gives its exit status and what it said.

    The application is not made anew each time, which would take a second.
    """
    services = built.extensions["wger_flask"]
    open_app(built)

    def application(**overrides: object) -> SimpleNamespace:
        open_database(held.url)
        found = SimpleNamespace(settings=settings_for(held.url, tmp_path), registry=services.registry)
        return SimpleNamespace(extensions={"wger_flask": found})

    monkeypatch.setattr("wger_flask.commands.application.application", application)

    def run(*arguments: object, input: str | None = None) -> tuple[int, str]:
        ended = CliRunner().invoke(main, [str(one) for one in arguments], input=input)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return ended.exit_code, ended.output

    yield run
    close_app(built)


@pytest.fixture
def ask(held):
    """Return a function that gives the rows of a query, on a connection of its own."""

    def ask(query: str) -> list[tuple]:
        open_database(held.url)
        try:
            return list(database.obj.execute_sql(query).fetchall())
        finally:
            disconnect()

    return ask


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what the files below a folder hold, hidden ones left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
