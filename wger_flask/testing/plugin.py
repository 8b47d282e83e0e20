"""The fixtures of the kit, for pytest, and the options that choose the contract suite's resources and its database.

pytest loads this module by itself where wger_flask is installed: nothing of the server is imported before a test asks.

* ``wger_app``: the application, on a database of the test's own, with the starter data and three accounts.
* ``wger_api``: makes clients: ``wger_api("grace").get("sleep/")``; ``wger_api()`` is not logged in.
* ``wger_people``: the accounts by name: ``ada``, who may do everything, ``grace`` and ``linus``.
* ``wger_registry``: what is registered: ``wger_registry.get("sleep")``.
* ``wger_queries``: a list of the SQL that runs, which grows.
* ``wger_settings``: settings by name that differ from those of tests; overwrite it in a conftest, with scope "session".

``--wger-database URL``, or ``WGER_TEST_DATABASE_URL``, names a server to run on, of any dialect that is installed:
databases are made and dropped there.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parent / "contract"
SERVER = "WGER_TEST_DATABASE_URL"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--wger-resource`` and ``--wger-database``."""
    group = parser.getgroup("wger_flask")
    group.addoption(
        "--wger-resource",
        action="append",
        default=[],
        metavar="NAME",
        help="also run the contract suite over the resource NAME; may be given several times",
    )
    group.addoption(
        "--wger-database", metavar="URL", help="run on this database server, on databases that are made there"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the contract suite where a resource is named, and let every fixture see which server is."""
    if config.getoption("--wger-database"):
        os.environ[SERVER] = config.getoption("--wger-database")
    if config.getoption("--wger-resource") and str(CONTRACT) not in config.args:
        config.args.append(str(CONTRACT))


@pytest.fixture(scope="session")
def wger_settings() -> dict:
    """Settings by name that differ from those of tests."""
    return {}


@pytest.fixture(scope="session")
def wger_template(wger_settings, tmp_path_factory):
    """A prepared database, which is copied for each test."""
    from .server import make_template

    folder = tmp_path_factory.mktemp("wger-template")
    held = make_template(os.environ.get(SERVER), folder, **wger_settings)
    yield held
    held.drop()


@pytest.fixture(scope="session")
def wger_built(wger_template, wger_settings, tmp_path_factory):
    """The application, made once; its database is chosen for each test."""
    from .server import settings_for, with_app

    with with_app(settings_for(wger_template.url, tmp_path_factory.mktemp("wger-instance"), **wger_settings)) as app:
        app.testing = False  # a mistake must become a 500 that a test can see, as it would in use
    return app


@pytest.fixture(scope="session")
def wger_shared_copy(wger_template, tmp_path_factory):
    """A copy of the prepared database for tests that are rolled back."""
    copy = wger_template.copy(tmp_path_factory.mktemp("wger-shared"))
    yield copy
    copy.drop()


@pytest.fixture(scope="session")
def wger_rolled_back() -> set[str]:
    """Names of folders whose tests look at no commit, and may share a database where copies take long."""
    return {"contract"}


@pytest.fixture
def wger_opened(request, wger_built, wger_template, wger_rolled_back, tmp_path, monkeypatch):
    """Open the application on a database as the template is: a copy, or one whose changes are rolled back."""
    from ..app import close_app, open_app
    from ..storage.database import database, disconnect, open_database

    open_app(wger_built)
    request.addfinalizer(lambda: close_app(wger_built))  # last, after what stands behind each yield
    if wger_template.copies_quickly or not wger_rolled_back & set(request.path.parts):
        copy = wger_template.copy(tmp_path)
        open_database(copy.url)
        yield
        disconnect()
        copy.drop()
        return
    copy = request.getfixturevalue("wger_shared_copy")
    open_database(copy.url)
    monkeypatch.setattr("wger_flask.app.release_connection", lambda: None)
    with database.obj.atomic() as everything:
        yield
        everything.rollback()


@pytest.fixture
def wger_app(wger_built, wger_opened):
    """The application on a database of its own."""
    shutil.rmtree(wger_built.extensions["wger_flask"].settings.WGER_MEDIA_ROOT, ignore_errors=True)
    return wger_built


@pytest.fixture
def wger_api(wger_app):
    """Return a function that makes clients: ``wger_api("grace").get("sleep/")``."""
    from .server import Client

    return lambda name=None: Client(wger_app, name)


@pytest.fixture
def wger_people(wger_app):
    """The accounts by name, as rows of ``User``."""
    from .server import PEOPLE, User

    return {name: User.get(User.username == name) for name in PEOPLE}


@pytest.fixture
def wger_registry(wger_app):
    """What is registered."""
    return wger_app.extensions["wger_flask"].registry


@pytest.fixture
def wger_queries(wger_app):
    """Collect the SQL that runs: a list that grows.  No answer, and no row, is given again without being made."""
    from ..storage.database import database
    from .server import nothing_kept

    seen: list[str] = []

    def note(event):
        seen.append(event.sql)

    database.obj.query_hooks.append(note)
    with nothing_kept(wger_app):
        yield seen
    database.obj.query_hooks.remove(note)
