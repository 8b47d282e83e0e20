"""A server for tests: its settings, a prepared database with people in it, and clients."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from ..app import close_app, create_app, open_app
from ..auth.accounts import create_user
from ..auth.models import Token, User
from ..open_application import opened_app
from ..rest.application import Application
from ..settings import Settings
from ..settings_reader import load
from ..storage.database import database, transaction
from ..storage.migrations import migrate
from ..transfer.starter import load_starter_data
from .databases import Prepared, prepare

PEOPLE = ("ada", "grace", "linus")
"""The accounts that there are: ada may do everything, grace and linus have rows of their own."""


def settings_for(url: str, folder: Path, **overrides) -> Settings:
    """Return the settings of tests: the database at ``url``, all else in ``folder``, no rate limits.

    All plugins are enabled, the zone is Europe/Berlin, and nothing is read from the environment.  ``overrides`` are
    settings by name.
    """
    usual = {
        "WGER_DATABASE_URL": url, "WGER_INSTANCE_PATH": str(folder), "WGER_DOCS_ROOT": str(folder / "docs"),
        "TIME_ZONE": "Europe/Berlin", "WGER_RATELIMIT_ENABLED": False, "WGER_PLUGINS": ("all",),
    }  # fmt: skip
    return load("testing", environ={}, **(usual | overrides))


def key_of(name: str) -> str:
    """Return the permanent token of one of :data:`PEOPLE`."""
    return name.encode().hex().ljust(40, "0")


def make_template(server: str | None, folder: Path, **overrides) -> Prepared:
    """Prepare a database with all tables, the starter data and the people.

    ``server`` is the address of a database server; without one it is a file in ``folder``.
    """
    held = prepare(server, folder)
    with with_app(settings_for(held.url, folder, **overrides)) as app:
        registry = app.extensions["wger_flask"].registry
        migrate(registry.models, registry.plugins, nodes=registry.nodes)
        load_starter_data(registry.models)
        with transaction():
            for name in PEOPLE:
                create_user(name, f"{name[::-1]}-pass", email=f"{name}@example.org", admin=name == "ada")
                Token.create(key=key_of(name), user=User.get(User.username == name))
    return held


@contextmanager
def with_app(settings: Settings) -> Iterator[Flask]:
    """Make an application for a block, and close it at the end; one that is open is put aside meanwhile."""
    with put_aside():
        app = create_app(settings)
        try:
            yield app
        finally:
            close_app(app)


@contextmanager
def put_aside() -> Iterator[None]:
    """Let a block make applications, or run commands that do, while the open application is closed.

    Afterwards it is open again, on the database on which it was.
    """
    before, held = opened_app(), database.obj
    if before is not None:
        close_app(before)
    try:
        yield
    finally:
        if (left := opened_app()) is not None:
            close_app(left)
        if before is not None:
            open_app(before)
            database.initialize(held)


@contextmanager
def nothing_kept(app: Application) -> Iterator[None]:
    """Let a block have each answer made anew, with all of its rows."""
    caches = app.answers, app.extensions["wger_flask"].rows
    before = [cache.most for cache in caches]
    for cache in caches:
        cache.most = 0
    try:
        yield
    finally:
        for cache, most in zip(caches, before, strict=True):
            cache.most = most


class Client:
    """A client of the API, as one of the people or, without a name, not logged in.

    ``client.get("sleep/")``, ``client.post("sleep/", {"minutes": 20})``: the method's name is that of the HTTP method.
    """

    def __init__(self, app: Flask, name: str | None = None):
        self.http = app.test_client()
        self.headers = {"Authorization": f"Token {key_of(name)}"} if name else {}

    def open(self, method: str, path: str, body=None, **options) -> TestResponse:
        """Send a request; returns werkzeug's response: ``status_code``, ``json``, ``text``, ``headers``.

        ``body`` goes as JSON; a path without a slash in front is one of the API.  ``options`` are those of werkzeug's
        test client, such as ``headers=`` and ``query_string=``.
        """
        url = path if path.startswith("/") else f"/api/v2/{path}"
        headers = {**self.headers, **options.pop("headers", {})}
        if body is not None:
            options.update(data=json.dumps(body), content_type="application/json")
        return self.http.open(url, method=method, headers=headers, **options)

    def __getattr__(self, name: str):
        return lambda path, body=None, **options: self.open(name.upper(), path, body, **options)
