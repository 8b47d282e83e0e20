"""The complete files in docs/plugins.md and docs/adding-a-resource.md: they are extracted and run."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import wger_flask.domain
import wger_flask.models
from tests.conftest import ROOT, Client, settings_for
from tests.web.conftest import HTML, Page
from wger_flask import app as application
from wger_flask.rest.registry import RegistrationError
from wger_flask.storage import migrations
from wger_flask.storage.database import database
from wger_flask.testing.server import with_app

TITLED = re.compile(r'^```python title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)


def files(page: str) -> dict[str, str]:
    """Return the files that a page shows, by their titles."""
    return dict(TITLED.findall((ROOT / "docs" / page).read_text()))


def test_the_plugin_in_one_file(served):
    source = files("plugins.md")["water.py"].replace("plugin_water_", "plugin_mine_")  # the one that ships is there
    grace = Client(served(source), "grace")
    made = grace.post("water/", {"amount": 250})
    assert made.status_code == 201 and list(made.json) == ["id", "date", "amount"]
    assert grace.get(f"water/?date__date={made.json['date'][:10]}&amount__gte=200").json["count"] == 1
    grace.post("water/", {"amount": 300, "date": "2025-01-01T12:00:00Z"})
    assert "<svg" in grace.get("water/", headers=HTML).text


def test_the_plugin_that_extends_the_exercises(served):
    app = served(files("plugins.md")["trained.py"])
    grace = Client(app, "grace")
    session = grace.post("workoutsession/", {"date": "2025-03-01"}).json["id"]
    sets = {"session": session, "repetitions": 5, "weight": 50, "repetitions_unit": 1, "weight_unit": 1}
    for exercise in (1, 1, 2):
        assert grace.post("workoutlog/", {**sets, "exercise": exercise}).status_code == 201
    assert [grace.get(f"exercise/{key}/").json["sets"] for key in (1, 2, 3)] == [2, 1, 0]
    assert {row["id"] for row in grace.get("exercise/?trained=True").json["results"]} == {1, 2}
    assert grace.get("exercise/?trained=False").json["count"] == grace.get("exercise/").json["count"] - 2
    assert grace.get("exercise/favourites/?most=1").json == [{"exercise": 1, "sets": 2}]
    assert grace.get("exercise/favourites/?most=0").status_code == 400
    assert Page(grace.get("exercise/", headers=HTML)).link("Favourites") == "/api/v2/exercise/favourites/"


def test_the_kind_of_field_works_everywhere(served):
    source = files("adding-a-resource.md")["stars.py"].replace("plugin_stars_", "plugin_mine_")
    app = served(source)
    grace = Client(app, "grace")
    assert grace.post("film/", {"title": "Alien", "stars": "****"}).json["stars"] == 4
    assert grace.post("film/", {"title": "Cats", "stars": 6}).json == {
        "stars": ["Ensure this value is less than or equal to 5."]
    }
    assert grace.get("film/?stars__gte=4").json["count"] == 1 and grace.get("film/?stars__gte=5").json["count"] == 0
    told = grace.open("OPTIONS", "film/").json["actions"]["POST"]["stars"]
    assert (told["type"], told["max_value"], told["stars"]) == ("stars", 5, [1, 2, 3, 4, 5])
    schemas = grace.get("/api/v2/schema?format=json").json["components"]["schemas"]
    assert schemas["Film"]["properties"]["stars"]["type"] == "integer"
    assert [kind["type"] for kind in schemas["FilmRequest"]["properties"]["stars"]["anyOf"]] == ["integer", "string"]
    page = grace.get("film/", headers=HTML).text
    assert "★★★★" in page and 'type="range"' in page and 'min="1"' in page and 'max="5"' in page
    [row] = grace.get("film/").json["results"]
    own = grace.get(f"film/{row['id']}/", headers=HTML).text
    assert "★★★★" in own and 'value="4"' in own
    sent = grace.http.post("/api/v2/film/", data={"title": "Up", "stars": "5"}, headers=grace.headers)
    assert sent.status_code == 201 and sent.json["stars"] == 5


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('registry.add_widget("stars", slider)', "resource 'film' of .*: field 'stars': there is no widget 'stars'"),
        ('registry.add_cell("stars", drawn)', "resource 'film' of .*: field 'stars': there is no cell 'stars'"),
    ],
)
def test_a_widget_or_cell_that_is_not_there_stops_the_start(served, said, told):
    source = files("adding-a-resource.md")["stars.py"].replace("plugin_stars_", "plugin_mine_")
    with pytest.raises(RegistrationError, match=told):
        served(source.replace(said, "pass"))


def test_a_widget_has_one_maker(served):
    source = """
        def register(registry):
            registry.add_widget("number", print)
    """
    with pytest.raises(RegistrationError, match="widget 'number' is registered twice"):
        served(source)


def test_the_test_that_is_shown_passes(api):
    source = files("plugins.md")["tests/test_water.py"]
    names: dict = {}
    exec(source, names)
    names["test_glasses_are_ones_own"](api)


# -- a resource of the core ------------------------------------------------------------------------------
@pytest.fixture
def subject(tmp_path, monkeypatch):
    """Write the subject that docs/adding-a-resource.md shows where the package finds it; without its migration yet."""
    shown = files("adding-a-resource.md")
    for path, source in shown.items():
        if path.startswith("wger_flask/domain/"):
            target = tmp_path / path.removeprefix("wger_flask/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source)
    monkeypatch.setattr(wger_flask.domain, "__path__", [*wger_flask.domain.__path__, str(tmp_path / "domain")])
    monkeypatch.setattr(application, "SUBJECTS", (*application.SUBJECTS, "naps"))
    monkeypatch.setattr(wger_flask.models, "MODULES", (*wger_flask.models.MODULES, "domain.naps.models"))
    wger_flask.models._all.cache_clear()
    yield shown
    for name in [name for name in sys.modules if "domain.naps" in name or "nap_place" in name]:
        del sys.modules[name]
    wger_flask.models._all.cache_clear()


@pytest.fixture
def ours(subject, template, tmp_path):
    """An application with that subject."""
    copy = template.copy(tmp_path)
    with with_app(settings_for(copy.url, tmp_path)) as app:
        yield app
    copy.drop()


def test_the_resource_of_the_core_and_its_second_version(ours, subject, tmp_path, monkeypatch):
    registry = ours.extensions["wger_flask"].registry
    assert "created table wger_flask_nap" in migrations.migrate(registry.models, registry.plugins)
    grace = Client(ours, "grace")
    made = grace.post("nap/", {"minutes": 70})
    assert made.status_code == 201 and list(made.json) == ["id", "start", "minutes", "is_long"]
    assert made.json["is_long"] is True
    later = datetime.now(UTC).year + 2
    assert grace.post("nap/", {"minutes": 7, "start": f"{later}-01-01T00:00:00Z"}).json == {
        "start": ["This nap is still to come."]
    }
    assert Client(ours, "linus").get("nap/").json["count"] == 0
    assert wger_flask.models.Nap is registry.get("nap").model

    [path] = [path for path in subject if path.startswith("wger_flask/storage/migrations/")]
    steps = tmp_path / "steps"
    steps.mkdir()
    (steps / Path(path).name).write_text(subject[path])
    monkeypatch.setattr(migrations, "__path__", [*migrations.__path__, str(steps)])
    assert f"applied {Path(path).stem}" in migrations.migrate(registry.models, registry.plugins)
    assert database.obj.execute_sql("SELECT minutes, place FROM wger_flask_nap").fetchall() == [(70, "")]


@pytest.mark.parametrize("page", ["plugins.md", "adding-a-resource.md"])
def test_the_commands_and_paths_that_pages_name_are_there(page):
    text = (ROOT / "docs" / page).read_text()
    from wger_flask.commands import main

    for command in re.findall(r"wger-flask ([a-z][a-z-]+)", text):
        assert command in main.commands, command
    for path in re.findall(r"`((?:wger_flask|tests|docs|plugins)/[\w./-]+)`", text):
        assert (ROOT / path).exists() or "naps" in path, path
