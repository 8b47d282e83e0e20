"""Plugins made on the spot, and a server to register them with."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conftest import ROOT, settings_for
from wger_flask.app import RATES, close_app, create_app
from wger_flask.open_application import opened_app
from wger_flask.plugin_loader import register_plugins
from wger_flask.rest.registry import Registry
from wger_flask.storage.migrations import migrate
from wger_flask.testing.server import put_aside

SUBJECTS = ("core", "exercises")
RESOURCE = """
    from wger_flask.api import WRITE, Model, Resource, Schema, columns, exact, fields

    class Thing(Model):
        id = columns.Auto()
        size = columns.Integer()
        class Meta:
            table_name = "{table}"

    class ThingSchema(Schema):
        id = fields.Integer(dump_only=True)
        size = fields.Integer(required=True)

    def register(registry):
        registry.add_models(Thing)
        registry.add(Resource("{name}", Thing, ThingSchema, methods=WRITE, filters={{"size": exact}}))
"""


@pytest.fixture(autouse=True)
def forget_modules():
    """A plugin that one test made must not be there for the next."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("wger_flask_plugin_"):
            del sys.modules[name]


@pytest.fixture
def registry(app) -> Registry:
    """A registry with a few subjects, as plugins find it."""
    from importlib import import_module

    made = Registry()
    for scope, rate in RATES.items():
        made.add_rate(scope, rate)
    for subject in SUBJECTS:
        import_module(f"wger_flask.domain.{subject}").register(made)
    return made


@pytest.fixture
def prepare(app, registry):
    """Return a function that prepares the registry as the start does."""
    return lambda: registry.prepare(app.extensions["wger_flask"].settings)


@pytest.fixture
def folder(tmp_path) -> Path:
    """An empty folder of plugins."""
    made = tmp_path / "plugins"
    made.mkdir()
    return made


@pytest.fixture
def write(folder):
    """Return a function that writes a plugin's file."""

    def write(name: str, source: str) -> Path:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(source), encoding="utf-8")
        return path

    return write


@pytest.fixture
def register(registry, folder):
    """Return a function that lets the plugins of the folder register."""
    return lambda *chosen: register_plugins(registry, chosen or ("all",), folder)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return a function that installs a distribution with a plugin, as pip would."""

    def installed(distribution: str, plugin: str, source: str, target: str | None = None) -> None:
        site = tmp_path / f"site-{distribution}"
        module = f"{distribution.replace('-', '_')}_module"
        about = site / f"{distribution}-1.0.dist-info"
        about.mkdir(parents=True)
        (site / f"{module}.py").write_text(dedent(source), encoding="utf-8")
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[wger_flask.plugins]\n{plugin} = {target or module}\n")
        monkeypatch.syspath_prepend(str(site))

    return installed


@pytest.fixture
def served(folder, template, tmp_path, monkeypatch):
    """Return a function that makes a server, and the tables, of a plugin ``mine`` with the given source."""
    copy = template.copy(tmp_path)

    def served(source: str, **settings):
        if (before := opened_app()) is not None:
            close_app(before)
        (folder / "mine.py").write_text(dedent(source), encoding="utf-8")
        monkeypatch.setattr("wger_flask.app.shipped", lambda what: folder)
        monkeypatch.setattr(
            "wger_flask.settings_reader.shipped", lambda what: ROOT / what if what == "config" else folder
        )
        made = create_app(settings_for(copy.url, tmp_path, **settings))
        registry = made.extensions["wger_flask"].registry
        migrate(registry.models, registry.plugins)
        return made

    with put_aside():
        yield served
    copy.drop()
