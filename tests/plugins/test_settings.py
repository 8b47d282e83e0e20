"""Settings and rates that plugins declare: typed, checked, and in the generated page."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import settings_for
from wger_flask.app import create_app
from wger_flask.commands import main
from wger_flask.options import SettingsError
from wger_flask.rest.registry import RegistrationError
from wger_flask.testing.server import put_aside, with_app

PLUGIN = """
    from pathlib import Path
    from wger_flask.api import Endpoints, services

    goals = Endpoints("goals")

    @goals.endpoint("goal")
    def goal(call):
        settings = services().settings
        return {"goal": settings.WGER_MINE_GOAL, "units": settings.WGER_MINE_UNITS, "hard": settings.WGER_MINE_HARD}

    def register(registry):
        registry.add_setting("WGER_MINE_GOAL", 2000, "Millilitres a day.", least=1, most=9000)
        registry.add_setting("WGER_MINE_UNITS", ("ml",), "Units that are offered.")
        registry.add_setting("WGER_MINE_HARD", False, "Whether to insist.")
        registry.add_setting("WGER_MINE_FILE", Path("/tmp/x"), "Where it is written down.")
        registry.add_setting("WGER_MINE_KEY", "", "Key of a service.", secret=True, check=even)
        registry.add_blueprint(goals)

    def even(text):
        if len(text) % 2:
            raise ValueError("must have an even number of characters")
"""
GIVEN = {"WGER_MINE_GOAL": "3000", "WGER_MINE_UNITS": "ml, cl", "WGER_MINE_HARD": "yes"}


def goal(app) -> dict:
    return app.test_client().get("/api/v2/goal/").json


def test_defaults_hold_and_given_values_win(served):
    assert goal(served(PLUGIN)) == {"goal": 2000, "units": ["ml"], "hard": False}


def test_given_values_are_read_in_the_type_of_the_default(served):
    assert goal(served(PLUGIN, **GIVEN)) == {"goal": 3000, "units": ["ml", "cl"], "hard": True}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WGER_MINE_GOAL", "0", "WGER_MINE_GOAL must be at least 1, not '0'"),
        ("WGER_MINE_GOAL", "much", "WGER_MINE_GOAL must be a whole number, not 'much'"),
        ("WGER_MINE_HARD", "maybe", "WGER_MINE_HARD must be True or False, not 'maybe'"),
        ("WGER_MINE_KEY", "abc", "WGER_MINE_KEY must have an even number of characters"),
        (
            "WGER_MINE_GOALS",
            "1",
            "WGER_MINE_GOALS is not a setting of the plugin 'mine'; the nearest that is one: WGER_MINE_GOAL",
        ),
        ("WGER_YOURS_GOAL", "1", "WGER_YOURS_GOAL is not a setting; the nearest that is one: "),
    ],
)
def test_what_is_wrong_is_one_line(served, name, value, told):
    with pytest.raises(SettingsError) as refused:
        served(PLUGIN, **{name: value})
    assert str(refused.value).startswith(told) and "\n" not in str(refused.value)


def test_settings_of_a_plugin_that_is_switched_off_are_let_be(served):
    app = served(PLUGIN, WGER_PLUGINS=(), WGER_MINE_GOAL="anything", WGER_MINE_OTHER="1")
    assert app.test_client().get("/api/v2/goal/").status_code == 404


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('"WGER_OTHER_GOAL", 1, "x."', "setting 'WGER_OTHER_GOAL' must be in capitals and begin with 'WGER_MINE_'"),
        ('"WGER_MINE_goal", 1, "x."', "must be in capitals"),
        ('"WGER_MINE_GOAL", 1.5, "x."', "has a default of another type than str, int, bool, Path, tuple"),
        ('"WGER_MINE_GOAL", None, "x."', "has a default of another type"),
        ('"WGER_MINE_GOAL", 1, "x.", lowest=3', "lowest"),
    ],
)
def test_a_senseless_declaration_stops_the_start(served, call, told):
    with pytest.raises(RegistrationError) as refused:
        served(f"def register(registry): registry.add_setting({call})")
    assert told in str(refused.value) and "file plugins/mine.py" in str(refused.value)


def test_a_setting_is_declared_once(served):
    twice = 'registry.add_setting("WGER_MINE_A", 1, "x.")'
    with pytest.raises(RegistrationError, match="setting 'WGER_MINE_A' is registered twice"):
        served(f"def register(registry): {twice}; {twice}")


def test_they_come_from_the_environment_and_a_profile_too(served, tmp_path, monkeypatch):
    served(PLUGIN)
    profile = tmp_path / "profile.py"
    profile.write_text("WGER_MINE_GOAL = 5\nWGER_MINE_HARD = True\n")
    monkeypatch.setenv("WGER_MINE_GOAL", "7")
    for name, value in (("PROFILE", str(profile)), ("INSTANCE_PATH", str(tmp_path)), ("PLUGINS", "mine")):
        monkeypatch.setenv(f"WGER_{name}", value)
    with put_aside():
        assert goal(create_app()) == {"goal": 7, "units": ["ml"], "hard": True}
    with put_aside():
        said = CliRunner().invoke(main, ["settings"]).output
    assert "## Plugin mine" in said and "| `WGER_MINE_GOAL` | number | `2000` | Millilitres a day. |" in said
    assert "| `WGER_MINE_UNITS` | list | `ml` |" in said and "| `TIME_ZONE` |" in said


def test_two_applications_have_their_own(template, tmp_path):
    for given in (3, 5):
        with with_app(settings_for(template.url, tmp_path, WGER_BEGINNERS_ALTERNATIVES=given)) as app:
            assert len(app.test_client().get("/api/v2/exercise/1/alternatives/").json) == given
    assert "WGER_BEGINNERS_ALTERNATIVES" in (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
