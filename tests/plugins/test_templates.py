"""Templates that a plugin brings are found by their names, and no name has two."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Client
from tests.web.conftest import HTML
from wger_flask.rest.registry import RegistrationError

BRINGS = """
    from pathlib import Path

    from wger_flask.api import Action, View, anyone, Access

    def show(call):
        return [{"name": "<b>one</b>"}]

    def register(registry):
        registry.add_templates(Path(__file__).parent / "templates")
        registry.add_view("glasses", View(rows=lambda shown: shown.render("mine/glasses.html")))
        registry.extend("exercise", actions=(
            Action("glasses", show, detail=False, many=True, view="glasses", access=Access(), about="Show."),
        ))
"""


@pytest.fixture
def write(folder):
    """Write a template of the plugin."""

    def written(name: str, text: str) -> None:
        path = folder / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return written


def test_a_view_renders_one(served, write):
    write("mine/glasses.html", "{% for row in shown.rows %}<p>{{ row.name }}!</p>{% endfor %}")
    page = Client(served(BRINGS)).get("exercise/glasses/", headers=HTML)
    assert page.status_code == 200 and "<p>&lt;b&gt;one&lt;/b&gt;!</p>" in page.text


@pytest.mark.parametrize("name", ["base.html", "nutrition/food.html"])
def test_a_name_that_is_taken_stops_the_start(served, write, name):
    write(name, "mine")
    with pytest.raises(RegistrationError, match=f"^template '{re.escape(name)}' is registered twice"):
        served(BRINGS)


def test_a_folder_that_is_not_there_stops_the_start(served):
    with pytest.raises(RegistrationError, match="^file plugins/mine.py adds templates from .*, which is no folder$"):
        served(BRINGS)
