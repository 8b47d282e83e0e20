"""What tests share: an application on a database of their own, people, and clients.

All of it comes from the kit that ships, ``wger_flask.testing``, under shorter names.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from wger_flask.storage import cascade
from wger_flask.storage.dialects import wait_limits
from wger_flask.testing.resources import resource_names
from wger_flask.testing.server import PEOPLE, Client, key_of, make_template, settings_for
from wger_flask.testing.short_names import *  # noqa: F403  fixtures are found by their names

__all__ = ["PEOPLE", "Client", "key_of", "make_template", "settings_for"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
WITHOUT_SHARED = "without ../shared"  # begins the reason of every test that is skipped for want of that folder

# How long an example takes depends on what else the machine does: it tells nothing of the code.
examples.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("patient")
wait_limits.STUCK_SECONDS = 60  # a machine that stands still for two refuses no thread of a test


@pytest.fixture(scope="session")
def wger_rolled_back():
    """The folders whose tests look at no commit."""
    return {"contract", "web", "fuzz", "rest"}


@pytest.fixture(scope="session")
def template(wger_template):
    """A prepared database: all tables, the starter data, three people (ada may everything)."""
    return wger_template


@pytest.fixture(scope="session")
def built(wger_built):
    """The application, made once; its database is chosen for each test."""
    return wger_built


@pytest.fixture
def opened(wger_opened):
    """A database as the template is, open."""
    return wger_opened


@pytest.fixture(scope="session")
def built_docs(tmp_path_factory):
    """The documentation's pages, built in strict mode: a link that leads nowhere, or a name that is gone, stops it."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def cascading(app, monkeypatch):
    """Let deletions take history along, as WGER_DELETED_ROUTINES=cascade does and was recorded."""
    monkeypatch.setattr(cascade, "_takes_history", True)


def pytest_report_teststatus(report):
    """Count tests that are skipped for want of ``../shared`` by themselves, in the summary line."""
    if report.skipped and isinstance(report.longrepr, tuple) and WITHOUT_SHARED in report.longrepr[2]:
        return WITHOUT_SHARED, "s", "SKIPPED"
    return None


def pytest_generate_tests(metafunc):
    """Run a test that asks for ``resource_name`` over every registered resource."""
    if "resource_name" in metafunc.fixturenames:
        metafunc.parametrize("resource_name", resource_names())


@pytest.fixture(scope="module")
def server_database(template, tmp_path_factory):
    """A database of its own for a server that the tests of a module ask."""
    copy = template.copy(tmp_path_factory.mktemp("served"))
    yield copy
    copy.drop()
