"""Rows to stumble over, and what any answer must look like however odd the question was."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.conftest import settings_for
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make
from wger_flask.testing.server import with_app

_operations: list[str] = []


def pytest_generate_tests(metafunc):
    """Run a test that asks for ``operation_name`` over every operation of the OpenAPI document."""
    if "operation_name" in metafunc.fixturenames:
        metafunc.parametrize("operation_name", _operation_names())


def _operation_names() -> list[str]:
    if not _operations:
        with tempfile.TemporaryDirectory() as folder:
            with with_app(settings_for(f"sqlite:///{folder}/names.sqlite", Path(folder))) as app:
                paths = app.test_client().get("/api/v2/schema?format=json").json["paths"]
        for path, item in paths.items():
            _operations.extend(f"{method.upper()} {path}" for method in item if method in METHODS)
    return _operations


METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def key_for(registry, people):
    """Return a function that gives the key of a row that grace may see in the resource ``name``, None without one."""

    def key_for(name: str) -> str | None:
        if name not in registry:
            return None
        resource, grace = registry.get(name), people["grace"]
        row = resource.visible_to(grace).instances().first()
        if row is None:
            with transaction():
                row = make(resource.model, grace, resource.owner.path if resource.owner else ())
        return str(row._pk)

    return key_for


def assert_sound(answer, told: object = "") -> None:
    """Hold an answer against what every one of them promises: no mistake, and a refusal that can be read."""
    assert answer.status_code < 500, (answer.status_code, told, answer.get_data(as_text=True)[:300])
    if answer.status_code in (204, 301, 302, 303) or answer.request.method == "HEAD":
        return
    if answer.status_code >= 400 and answer.mimetype == "application/json":
        assert answer.json or answer.json == [], (answer.status_code, told)
    elif answer.status_code >= 400:
        assert answer.mimetype == "text/html", (answer.status_code, told)
