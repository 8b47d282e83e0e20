"""What tests share: an application on a database of their own, people, and clients.

One database is prepared a session and copied for each test.  ``WGER_TEST_DATABASE_URL`` names
a PostgreSQL server to run the same tests on; databases are made and dropped on it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings as examples

from tests.databases import prepare
from wger_flask.app import create_app
from wger_flask.auth.models import Token, User
from wger_flask.settings import load
from wger_flask.storage import cascade
from wger_flask.storage.database import database, open_database, transaction
from wger_flask.storage.migrations import migrate
from wger_flask.storage.signals import set_listeners

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
WITHOUT_SHARED = "without ../shared"  # begins the reason of every test that is skipped for want of that folder
PEOPLE = ("ada", "grace", "linus")

# How long an example takes depends on what else the machine does: it tells nothing of the code.
examples.register_profile("patient", deadline=None)
examples.load_profile("patient")


def settings_for(url: str, folder: Path, **overrides):
    """Return the settings of tests."""
    return load(
        "testing", environ={}, WGER_DATABASE_URL=url, WGER_INSTANCE_PATH=str(folder), TIME_ZONE="Europe/Berlin",
        WGER_RATELIMIT_ENABLED=False,
        **{"WGER_PLUGINS": ("all",), "WGER_DOCS_ROOT": str(folder / "docs"), **overrides},
    )  # fmt: skip


def key_of(name: str) -> str:
    """Return the permanent token of one of the people."""
    return name.encode().hex().ljust(40, "0")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A prepared database: all tables, the starter data, three people (ada may everything)."""
    held = make_template(os.environ.get("WGER_TEST_DATABASE_URL"), tmp_path_factory.mktemp("template"))
    yield held
    held.drop()


def make_template(server: str | None, folder: Path):
    """Prepare a database with all tables, the starter data and the people, on ``server`` or in a file."""
    from wger_flask.transfer.starter import load_starter_data

    held = prepare(server, folder)
    app = create_app(settings_for(held.url, folder))
    registry = app.extensions["wger_flask"].registry
    migrate(registry.models, registry.plugins)
    load_starter_data(registry.models)
    with transaction():
        for name in PEOPLE:
            _add_person(name)
    database.obj.close()
    return held


def _add_person(name: str) -> None:
    from wger_flask.auth.accounts import create_user

    create_user(name, f"{name[::-1]}-pass", email=f"{name}@example.org", admin=name == "ada")
    Token.create(key=key_of(name), user=User.get(User.username == name))


@pytest.fixture(scope="session")
def built(template, tmp_path_factory):
    """The application, made once; its database is chosen for each test."""
    app = create_app(settings_for(template.url, tmp_path_factory.mktemp("instance")))
    app.testing = False  # a mistake must become a 500 that a test can see, as it would in use
    return app


@pytest.fixture(autouse=True)
def nobody_listens():
    """Without an application of its own, a test hears nothing of the listeners of others."""
    set_listeners({})


ROLLED_BACK = {"contract", "web", "sync", "fuzz", "rest"}


@pytest.fixture(scope="session")
def shared_copy(template, tmp_path_factory):
    """A copy of the prepared database for tests that are rolled back."""
    copy = template.copy(tmp_path_factory.mktemp("shared"))
    yield copy
    copy.drop()


@pytest.fixture
def opened(request, template, tmp_path, monkeypatch):
    """Open a database as the template is: a copy, or one whose changes are rolled back.

    Where copies take long, tests that look at no commit share one, each in a transaction.
    """
    if template.copies_quickly or not ROLLED_BACK & set(request.path.parts):
        copy = template.copy(tmp_path)
        open_database(copy.url)
        yield
        if not database.obj.is_closed():
            database.obj.close()
        copy.drop()
        return
    copy = request.getfixturevalue("shared_copy")
    if getattr(database.obj, "shared_copy", None) != copy:
        open_database(copy.url).shared_copy = copy
    monkeypatch.setattr("wger_flask.app.release_connection", lambda: None)
    with database.obj.atomic() as everything:
        yield
        everything.rollback()


@pytest.fixture
def app(built, opened):
    """The application on a database of its own."""
    set_listeners(built.extensions["wger_flask"].registry.listeners())
    media = built.extensions["wger_flask"].settings.WGER_MEDIA_ROOT
    shutil.rmtree(media, ignore_errors=True)
    yield built


@pytest.fixture(scope="session")
def built_docs(tmp_path_factory):
    """The documentation's pages, built in strict mode: a link that leads nowhere, or a name that is gone, stops it."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Client:
    """A client of the API, as one of the people or as nobody."""

    def __init__(self, app, name: str | None):
        self.http = app.test_client()
        self.headers = {"Authorization": f"Token {key_of(name)}"} if name else {}

    def open(self, method: str, path: str, body=None, **options):
        """Send a request; ``body`` goes as JSON, paths without a slash in front are of the API."""
        url = path if path.startswith("/") else f"/api/v2/{path}"
        headers = {**self.headers, **options.pop("headers", {})}
        if body is not None:
            options.update(data=json.dumps(body), content_type="application/json")
        return self.http.open(url, method=method, headers=headers, **options)

    def __getattr__(self, name: str):
        return lambda path, body=None, **options: self.open(name.upper(), path, body, **options)


@pytest.fixture
def api(app):
    """Return clients: ``api("grace").get("weightentry/")``, ``api()`` is nobody."""
    return lambda name=None: Client(app, name)


@pytest.fixture
def people(app):
    """The people by name, as rows."""
    return {name: User.get(User.username == name) for name in PEOPLE}


@pytest.fixture
def registry(app):
    """The registered resources."""
    return app.extensions["wger_flask"].registry


@pytest.fixture
def cascading(app, monkeypatch):
    """Let deletions take history along, as WGER_DELETED_ROUTINES=cascade does and was recorded."""
    monkeypatch.setattr(cascade, "_takes_history", True)


@pytest.fixture
def queries(app):
    """Collect the SQL that runs: a list that grows."""
    seen: list[str] = []

    def note(event):
        seen.append(event.sql)

    database.obj.query_hooks.append(note)
    yield seen
    database.obj.query_hooks.remove(note)


def pytest_report_teststatus(report):
    """Count tests that are skipped for want of ``../shared`` by themselves, in the summary line."""
    if report.skipped and isinstance(report.longrepr, tuple) and WITHOUT_SHARED in report.longrepr[2]:
        return WITHOUT_SHARED, "s", "SKIPPED"
    return None


def pytest_generate_tests(metafunc):
    """Run a test that asks for ``resource_name`` over every registered resource."""
    if "resource_name" in metafunc.fixturenames:
        metafunc.parametrize("resource_name", _resource_names())


def _resource_names() -> list[str]:
    if not _names:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            app = create_app(settings_for(f"sqlite:///{folder}/names.sqlite", Path(folder)))
            _names.extend(resource.name for resource in app.extensions["wger_flask"].registry)
    return _names


_names: list[str] = []
