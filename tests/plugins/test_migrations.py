"""A plugin lives on: its second version finds the rows of the first, as docs/plugins.md tells it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.conftest import RESOURCE
from wger_flask.rest.registry import RegistrationError
from wger_flask.testing.databases import prepare

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text().partition("## A second version")[2].partition("\n## ")[0]
FIRST, COLUMN, FIELD, STEP = re.findall(r"```python[^\n]*\n(.*?)```", PAGE, re.DOTALL)
SECOND = FIRST.replace("    minutes = columns.Integer()\n", f"    minutes = columns.Integer()\n{COLUMN}").replace(
    "min=1)\n", f"min=1)\n{FIELD}"
)


@pytest.fixture
def database_file(tmp_path):
    held = prepare(os.environ.get("WGER_TEST_DATABASE_URL"), tmp_path)
    yield held
    held.drop()


@pytest.fixture
def run(tmp_path, database_file):
    """Return a function that runs Python where the distribution ``naps`` is installed."""
    site = tmp_path / "site"
    about = site / "naps-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: naps\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[wger_flask.plugins]\nnaps = naps\n")
    (site / "naps" / "migrations").mkdir(parents=True)
    (site / "naps" / "migrations" / "__init__.py").touch()

    def run(*arguments: str, fails: bool = False) -> str:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{site}:{ROOT}",
            "WGER_INSTANCE_PATH": str(tmp_path),
            "WGER_PROFILE": "testing",
            "WGER_DATABASE_URL": database_file.url,
            "WGER_PLUGINS": "naps",
        }
        done = subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True)
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_the_second_version_finds_the_rows_of_the_first(run, tmp_path):
    plugin = tmp_path / "site" / "naps"
    (plugin / "__init__.py").write_text(FIRST)
    assert "Created or upgraded" in run("-m", "wger_flask", "migrate")
    opened = "from wger_flask.app import create_app; create_app(); from wger_flask.api import User; from naps import *;"
    run("-c", opened + "Nap.create(user=User.create(username='ada', password='!'), minutes=20)")

    (plugin / "__init__.py").write_text(SECOND)
    for command in (["-m", "wger_flask", "migrate"], ["-c", "import wsgi"]):
        assert re.match(r"Error: the database lacks the columns plugin_naps_nap\.note[:,]", run(*command, fails=True))
    said = run("-m", "wger_flask", "make-migration", "naps", "add note")
    written = plugin / "migrations" / "m0001_add_note.py"
    assert said == f"Wrote {written}.\n" and written.read_text() == STEP
    *copied, applied = run("-m", "wger_flask", "migrate").splitlines()
    assert applied == "applied naps.m0001_add_note"
    assert [line[:20] for line in copied] in ([], ["copied the database,"])
    assert run("-m", "wger_flask", "migrate") == ""
    assert (
        run("-c", "import wsgi; from naps import *; print([(nap.minutes, nap.note) for nap in Nap.select()])")
        == "[(20, '')]\n"
    )
    told = run("-m", "wger_flask", "make-migration", "naps", "again", fails=True)
    assert told.startswith("Error: there is nothing to migrate")
    assert "there is no plugin 'nap'; there are: naps" in run(
        "-m", "wger_flask", "make-migration", "nap", "x", fails=True
    )


REFERENCE = "    muscle = columns.ForeignKey(models.Muscle{})\n"


def test_a_reference_to_the_core_is_added_by_what_a_plugin_may_import(run, tmp_path):
    plugin = tmp_path / "site" / "naps"
    step = plugin / "migrations" / "m0001_add_muscle.py"
    (plugin / "__init__.py").write_text(FIRST)
    run("-m", "wger_flask", "migrate")

    def declare(options: str) -> None:
        second = FIRST.replace("import WRITE,", "import WRITE, models,")
        column = "    minutes = columns.Integer()\n"
        (plugin / "__init__.py").write_text(second.replace(column, column + REFERENCE.format(options)))
        step.unlink(missing_ok=True)
        run("-m", "wger_flask", "make-migration", "naps", "add muscle")

    declare("")
    # what a step asks for and cannot be is told in one line, with the name of the step
    refused = "plugin_naps_nap.muscle_id needs null=True: rows that exist have no value for it"
    assert run("-m", "wger_flask", "migrate", fails=True) == f"Error: naps.m0001_add_muscle: {refused}\n"
    declare(', null=True, cascade="null"')
    imports = [line for line in step.read_text().splitlines() if "import" in line]
    assert imports == ["from wger_flask.api import alter, columns, models"]
    assert run("-m", "wger_flask", "migrate").splitlines()[-1] == "applied naps.m0001_add_muscle"


def test_a_package_that_is_not_there(register, write):
    write("mine.py", "def register(registry): registry.add_migrations('nonsense_package')")
    with pytest.raises(
        RegistrationError, match="^file plugins/mine.py adds migrations from 'nonsense_package', which is"
    ):
        register()


def test_what_only_plugins_have(registry):
    with pytest.raises(RegistrationError, match="^wger_flask adds migrations and is no plugin"):
        registry.add_migrations("json")


def test_steps_of_a_plugin_in_the_folder(registry, register, write, folder):
    source = RESOURCE.format(name="mine", table="plugin_mine_thing")
    write("mine/__init__.py", f'{source}        registry.add_migrations(f"{{__name__}}.steps")\n')
    (folder / "mine" / "steps").mkdir()
    (folder / "mine" / "steps" / "__init__.py").touch()
    register()
    mine = registry.plugins["mine"]
    assert mine.steps == "wger_flask_plugin_mine.steps"
    assert [model._meta.table_name for model in mine.models] == ["plugin_mine_thing"]
