"""Views that subjects and plugins register."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wger_flask import web
from wger_flask.rest.registry import RegistrationError, Registry
from wger_flask.web.views import View, picture


class Call:
    """As much of a call as a view's arguments need."""

    def __init__(self, resource):
        self.resource, self.action = resource, None


def test_a_plugin_draws_its_rows(app, registry):
    def glasses(shown):
        return shown.render_text("<p>{{ shown.args[0] }}: {{ text }}</p>", text="<b>")

    own = Registry()
    own.add_view("glasses", View(rows=glasses))
    resource = replace(registry.get("water"), view="glasses:big")
    with app.test_request_context():
        assert picture(own, Call(resource), [], "rows") == "<p>big: &lt;b&gt;</p>"
        assert picture(own, Call(resource), [], "row") is None
        assert picture(own, Call(replace(resource, view="")), [], "rows") is None


def test_a_name_is_taken_once():
    own = Registry()
    own.add_view("glasses", View())
    with pytest.raises(RegistrationError, match="glasses"):
        own.add_view("glasses", View())


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("tea", "no view 'tea'"),
        ("chart:date", "view 'chart:date' must have the form 'chart:across:up'"),
        ("chart:date:amount:id", "view 'chart:date:amount:id' must have the form 'chart:across:up'"),
        ("chart:date:colour", "no field 'colour'"),
        ("chart:amount:amount", "no column of moments"),
    ],
)
def test_a_view_that_makes_no_sense_stops_the_start(app, registry, view, told):
    own = Registry()
    own.add(replace(registry.get("water"), view=view))
    with pytest.raises(RegistrationError, match=told):
        web.prepare(own)
