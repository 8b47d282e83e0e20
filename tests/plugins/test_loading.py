"""How plugins are found and chosen, and how the start ends when one of them is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.conftest import RESOURCE
from wger_flask.folders import shipped
from wger_flask.plugin_loader import discover, register_plugins
from wger_flask.rest.registry import RegistrationError, Registry
from wger_flask.testing.server import with_app

ROOT = Path(__file__).resolve().parents[2]
NOTHING = "def register(registry): pass"


def refusal(register, *chosen: str) -> str:
    """Return the one line with which the start ends."""
    with pytest.raises(RegistrationError) as refused:
        register(*chosen)
    message = str(refused.value)
    assert "\n" not in message
    return message


# -- found and chosen -----------------------------------------------------------------------------
def test_what_ships():
    found = discover(shipped("plugins"))
    assert {"water", "beginners"} <= set(found)
    assert found["water"].origin == "file plugins/water.py"


def test_files_folders_and_packages_are_found(folder, write, installed):
    write("one.py", NOTHING)
    write("two/__init__.py", NOTHING)
    installed("some-plugin", "three", NOTHING)
    write("_private.py", NOTHING)
    write("notes.txt", "no plugin")
    write("empty/readme.txt", "no plugin either")
    assert {name: plugin.origin for name, plugin in discover(folder).items()} == {
        "one": "file plugins/one.py",
        "two": "folder plugins/two",
        "three": "package some-plugin",
    }


def test_a_folder_may_be_missing(tmp_path):
    assert discover(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("chosen", "loaded"), [(("all",), ["a", "b"]), (("b",), ["b"]), (("b", "a"), ["b", "a"]), ((), [])]
)
def test_the_setting_chooses(registry, folder, write, chosen, loaded):
    for name in "ab":
        write(f"{name}.py", RESOURCE.format(name=name, table=f"plugin_{name}_thing"))
    assert register_plugins(registry, chosen, folder) == loaded
    assert [name for name in "ab" if name in registry] == sorted(loaded)
    assert all(registry.origin_of(name) == f"file plugins/{name}.py" for name in loaded)


def test_none_is_not_even_looked_at(registry, folder, write):
    write("broken.py", "raise RuntimeError")
    assert register_plugins(registry, (), folder) == []


def test_a_broken_plugin_that_nobody_chose_is_let_be(register, write):
    write("broken.py", "raise RuntimeError")
    write("fine.py", NOTHING)
    assert register("fine") == ["fine"]


@pytest.mark.parametrize("target", [None, "giver_module:register", "giver_module:Plugin"])
def test_an_entry_point_names_a_module_or_what_registers(registry, register, installed, target):
    source = RESOURCE.format(name="given", table="plugin_given_thing")
    installed("giver", "given", f"{source}\n    class Plugin:\n        register = staticmethod(register)\n", target)
    assert register() == ["given"]
    assert registry.origin_of("given") == "package giver"


def test_a_folder_imports_its_own_modules(registry, register, write):
    write("big/__init__.py", "from .parts import register")
    write("big/parts.py", RESOURCE.format(name="big", table="plugin_big_thing"))
    assert register() == ["big"]
    assert "big" in registry


# -- broken ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import nonexistent_module", "ModuleNotFoundError: No module named 'nonexistent_module'"),
        ("def register(registry", "SyntaxError: '(' was never closed (broken.py, line 1)"),
        ("x = 1", "TypeError: it has no function register(registry)"),
        ("register = 3", "TypeError: it has no function register(registry)"),
        ("def register(registry): raise ValueError('two\\nlines')", "ValueError: two lines"),
        (
            "def register(registry): registry.nonsense()",
            "AttributeError: 'Registry' object has no attribute 'nonsense'",
        ),
        ("def register(): pass", "TypeError: register() takes 0 positional arguments but 1 was given"),
        (
            "from wger_flask.api import *\nfrom wger_flask.domain.core.models import Language\n"
            "Resource('Bad Name', Language, Schema)",
            "ValueError: resource 'Bad Name': a name has lower-case letters, digits and hyphens",
        ),
        (
            "from wger_flask.api import *\nfrom wger_flask.domain.core.models import Language\n"
            "Resource('a', Language, Schema, filters={'nonsense': exact})",
            "ValueError: resource 'a': Language has no column 'nonsense' to filter by",
        ),
    ],
)
def test_a_broken_plugin_is_named(register, write, source, told):
    write("broken.py", source)
    assert refusal(register) == f"plugin 'broken' (file plugins/broken.py) is broken: {told}"


def test_a_broken_package_is_named(register, installed):
    installed("bad-luck", "broken", "raise OSError('no disk')")
    assert refusal(register) == "plugin 'broken' (package bad-luck) is broken: OSError: no disk"


def test_a_broken_plugin_can_be_repaired(register, write):
    path = write("late.py", "raise RuntimeError('not yet')")
    refusal(register)
    path.write_text(NOTHING)
    assert register() == ["late"]


def test_a_plugin_that_is_not_there(register, write):
    write("here.py", NOTHING)
    assert refusal(register, "gone") == "WGER_PLUGINS names 'gone', which is not installed; there are: here"


# -- taken ----------------------------------------------------------------------------------------
def test_two_plugins_of_one_name(register, write, installed):
    write("same.py", NOTHING)
    installed("other", "same", NOTHING)
    assert refusal(register) == "plugin 'same' is there twice: file plugins/same.py and package other"


def test_a_file_and_a_folder_of_one_name(register, write):
    write("same.py", NOTHING)
    write("same/__init__.py", NOTHING)
    assert refusal(register) == "plugin 'same' is there twice: folder plugins/same and file plugins/same.py"


def test_a_resource_of_the_core(register, write):
    write("mine.py", RESOURCE.format(name="muscle", table="plugin_mine_thing"))
    assert refusal(register) == "resource 'muscle' is registered twice: by wger_flask and by file plugins/mine.py"


def test_a_resource_of_another_plugin(register, write):
    for name in "ab":
        write(f"{name}.py", RESOURCE.format(name="thing", table=f"plugin_{name}_thing"))
    assert refusal(register) == "resource 'thing' is registered twice: by file plugins/a.py and by file plugins/b.py"


@pytest.mark.parametrize("table", ["thing", "plugin_thing", "plugin_other_thing", "auth_user"])
def test_a_table_of_another_name(register, write, table):
    write("mine.py", RESOURCE.format(name="mine", table=table))
    assert refusal(register) == f"table {table!r} of file plugins/mine.py must begin with 'plugin_mine_'"


def test_a_table_of_another_plugin(register, write):
    write("a.py", RESOURCE.format(name="one", table="plugin_a_b_thing"))
    write("a_b.py", RESOURCE.format(name="two", table="plugin_a_b_thing"))
    told = refusal(register)
    assert told == "table 'plugin_a_b_thing' is declared twice: by wger_flask_plugin_a and by wger_flask_plugin_a_b"


EXTENDS = """
    from wger_flask.api import Action, Filter, exact
    class Mine(Filter):
        params = ("mine",)
    def register(registry):
        registry.extend("exercise", {what})
"""
FILTER, COLUMN = "filters={'x': Mine()}", "filters={'created': exact}"
ACTION = "actions=(Action('mine/', lambda call: None),)"


@pytest.mark.parametrize(
    ("what", "named"),
    [(FILTER, "filter 'mine'"), (COLUMN, "filter 'created'"), (ACTION, "action 'mine'")],
)
def test_what_another_plugin_added(register, write, what, named):
    for name in "ab":
        write(f"{name}.py", EXTENDS.format(what=what))
    told = f"{named} of resource 'exercise' is registered twice: by file plugins/a.py and by file plugins/b.py"
    assert refusal(register) == told


def test_a_filter_of_the_core(register, write):
    write("mine.py", EXTENDS.format(what="filters={'category': exact}"))
    told = "filter 'category' of resource 'exercise' is registered twice: by wger_flask and by file plugins/mine.py"
    assert refusal(register) == told


def test_an_action_of_the_core(register, write):
    source = EXTENDS.replace('"exercise"', '"exerciseimage"')
    write("mine.py", source.format(what="actions=(Action('/thumbnails', lambda call: None),)"))
    assert refusal(register) == (
        "action 'thumbnails' of resource 'exerciseimage' is registered twice: by wger_flask and by file plugins/mine.py"
    )


@pytest.mark.parametrize("call", ["extend('nothing', filters={})", "extend('nothing')"])
def test_a_resource_that_does_not_exist(register, write, call):
    write("mine.py", f"def register(registry): registry.{call}")
    assert refusal(register) == "file plugins/mine.py extends resource 'nothing', which does not exist"


def test_a_column_that_does_not_exist(register, write):
    write("mine.py", EXTENDS.format(what="filters={'nonsense': exact}"))
    assert refusal(register) == (
        "file plugins/mine.py extends resource 'exercise' of wger_flask: Exercise has no column 'nonsense' to filter by"
    )


def test_a_view_and_a_blueprint_of_another_plugin(register, write):
    for name in "ab":
        write(f"{name}.py", "def register(registry): registry.add_view('mine', object())")
    assert refusal(register) == "view 'mine' is registered twice: by file plugins/a.py and by file plugins/b.py"


def test_a_blueprint_of_the_core(register, write):
    write(
        "mine.py",
        "from wger_flask.api import Endpoints\ndef register(registry): registry.add_blueprint(Endpoints('muscle'))",
    )
    assert refusal(register) == "blueprint 'muscle' is registered twice: by wger_flask and by file plugins/mine.py"


def test_listening_to_what_does_not_exist(registry, register, write):
    write("mine.py", "def register(registry): registry.listen('nothing', created=print)")
    register()
    assert refusal(registry.listeners) == "file plugins/mine.py listens to resource 'nothing', which does not exist"


def test_a_schema_that_does_not_fit_the_model(prepare, register, write):
    write(
        "mine.py", RESOURCE.format(name="mine", table="plugin_mine_thing").replace("size = fields", "weight = fields")
    )
    register()
    told = "resource 'mine' of file plugins/mine.py cannot be shown: Thing has no column 'weight' to show"
    assert refusal(prepare) == told


def test_origins_do_not_leak(registry, register, write):
    write("mine.py", "def register(registry): raise ValueError")
    refusal(register)
    assert registry.origin == "wger_flask"
    assert Registry().origin == "wger_flask"


# -- as a person meets it --------------------------------------------------------------------------
def test_the_command_ends_with_one_line(tmp_path, installed):
    installed("bad-luck", "broken", "raise OSError('no disk')")
    environment = {
        "PYTHONPATH": f"{tmp_path}/site-bad-luck",
        "WGER_INSTANCE_PATH": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "wger_flask", "migrate"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert ended.stderr == "Error: plugin 'broken' (package bad-luck) is broken: OSError: no disk\n"


def test_without_plugins_nothing_of_theirs_is_there(built):
    from dataclasses import replace

    settings = replace(built.extensions["wger_flask"].settings, WGER_PLUGINS=())
    with with_app(settings) as app:
        registry = app.extensions["wger_flask"].registry
    assert "water" not in registry
    assert "needs_nothing" not in registry.get("exercise").filter_set.by_param
    assert not [model for model in registry.models if model._meta.table_name.startswith("plugin_")]
