"""The filters that a plugin declares: what they take, and what pages offer of them."""

from __future__ import annotations

import pytest

from tests.conftest import Client
from tests.web.conftest import HTML, Page

PLUGIN = """
    from wger_flask.api import (
        WRITE, BooleanFilter, Model, Resource, Schema, User, columns, exact, fields, gte, one_of, owned_by,
    )

    class Nap(Model):
        id = columns.Auto()
        user = columns.ForeignKey(User)
        minutes = columns.Integer()
        kind = columns.Char(max_length=1, default="s", choices=(("s", "short"), ("l", "long"), ("p", "power")))
        loud = columns.Boolean(default=False)
        class Meta:
            table_name = "plugin_mine_nap"

    class NapSchema(Schema):
        id = fields.Integer(dump_only=True)
        minutes = fields.Integer(required=True)
        kind = fields.Choice({"s": "short", "l": "long", "p": "power"}, load_default="s")
        loud = fields.Boolean(load_default=False)

    def is_long(wanted):
        return Nap.minutes >= 60 if wanted else Nap.minutes < 60

    nap = Resource("nap", Nap, NapSchema, methods=WRITE, owner=owned_by("user"), filters={
        "minutes": gte, "kind": one_of, "loud": exact,
        "long": BooleanFilter("long", is_long, label="an hour or more"),
    })

    def register(registry):
        registry.add_models(Nap)
        registry.add(nap)
"""


@pytest.fixture
def naps(served):
    """Return a function that makes a client of grace, who took three naps, on a server with some settings."""

    def naps(**settings):
        client = Client(served(PLUGIN, **settings), "grace")
        for minutes, kind in ((20, "s"), (60, "l"), (90, "p")):
            assert client.post("nap/", {"minutes": minutes, "kind": kind, "loud": minutes == 60}).status_code == 201
        return client

    return naps


def minutes(client, query: str) -> list[int]:
    return [row["minutes"] for row in client.get(f"nap/?{query}").json["results"]]


@pytest.mark.parametrize(
    ("setting", "spelling", "counts"),
    [
        ("documented", "True", True),
        ("documented", "true", False),
        ("any-spelling", "true", True),
        ("any-spelling", "1", True),
        ("any-spelling", "maybe", False),
    ],
)
def test_a_yes_or_no_of_ones_own_follows_the_setting_as_columns_do(naps, setting, spelling, counts):
    client = naps(WGER_BOOLEAN_FILTERS=setting)
    assert minutes(client, f"long={spelling}") == ([60, 90] if counts else [20, 60, 90])
    assert minutes(client, f"loud={spelling}") == ([60] if counts else [20, 60, 90])


def test_no_is_an_answer_too(naps):
    client = naps()
    assert minutes(client, "long=False") == [20]
    assert minutes(client, "long=") == [20, 60, 90]


def test_some_of_a_columns_choices(naps):
    client = naps()
    assert minutes(client, "kind__in=s,p") == minutes(client, "kind__in=s&kind__in=p") == [20, 90]
    assert minutes(client, "kind__in=") == [20, 60, 90]
    refused = client.get("nap/?kind__in=s,x")
    assert (refused.status_code, refused.json) == (
        400,
        {"kind__in": ["Select a valid choice. x is not one of the available choices."]},
    )
    paths = client.get("schema?format=json").json["paths"]
    [said] = [item for item in paths["/api/v2/nap/"]["get"]["parameters"] if item["name"] == "kind__in"]
    assert (said["explode"], said["schema"]) == (
        False,
        {"type": "array", "items": {"type": "string", "enum": ["s", "l", "p"]}},
    )


def test_pages_offer_the_choices_and_say_how_a_lone_value_is_compared(naps):
    client = naps()
    page = Page(client.get("nap/?kind__in=s&kind__in=p&minutes__gte=30", headers=HTML))
    boxes = page.controls["kind__in"]
    assert [(box["value"], "checked" in box) for box in boxes] == [("s", True), ("l", False), ("p", True)]
    chips = {words: url for url, words in page.links if words.endswith("(remove)")}
    assert [words.split(" ×")[0] for words in chips] == ["Minutes is at least 30", "Kind is one of short, power"]
    assert list(chips.values()) == ["?kind__in=s&kind__in=p", "?minutes__gte=30"]
    assert ">Minutes at least</label>" in page.text and ">An hour or more</label>" in page.text
    wrong = Page(client.get("nap/?kind__in=x", headers=HTML))
    assert wrong.status == 400 and len(wrong.controls["kind__in"]) == 3
