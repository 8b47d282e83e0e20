"""What every resource promises to readers."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from ...rest.context import Context
from ...rest.fields import DateTime, Field
from ...rest.pagination import LimitOffset
from ...storage.model import key_of
from ...storage.query import Selection

GARBAGE = (
    "abc", "-1", "1.5", "99999999999999999999999", "é x", "2024-02-30", "null", "a,b", "\x00", "1e400", "'; --", "%",
)  # fmt: skip
HUGE = ("limit=9223372036854775808", "offset=9223372036854775808", "offset=99999999999999999999")


def number(answer) -> int:
    """Return how many rows a list has; one that is walked by a cursor does not say, but fits on its page."""
    return answer.json.get("count", len(answer.json["results"]))


def test_lists_have_the_envelope(api, resource, visible):
    body = api("grace").get(f"{resource.name}/").json
    assert [key for key in body if key != "count"] == ["next", "previous", "results"]
    assert body.get("count", len(visible)) == len(visible)
    assert ("count" in body) == isinstance(resource.pagination, LimitOffset)
    assert len(body["results"]) == min(len(visible), resource.pagination.default)


def test_pages_link_to_each_other_and_cover_everything(api, resource, visible):
    client, seen, url = api("grace"), [], f"/api/v2/{resource.name}/?limit=2"
    size = max(2, -(-len(visible) // 6))
    url = f"/api/v2/{resource.name}/?limit={size}"
    while url:
        body = client.get(url).json
        seen += [json.dumps(item, sort_keys=True) for item in body["results"]]
        if body["previous"]:
            assert parse_qs(urlsplit(body["previous"]).query)["limit"] == [str(size)]
        url = body["next"] and body["next"].removeprefix("http://localhost")
    assert len(seen) == len(visible)


@pytest.mark.parametrize("query", ["limit=0", "limit=-3", "limit=abc", "limit=", "offset=-1", "offset=x", "limit=2.5"])
def test_senseless_pages_are_the_first_one(api, resource, rows, query):
    client = api("grace")
    assert client.get(f"{resource.name}/?{query}").json["results"] == client.get(f"{resource.name}/").json["results"]


@pytest.mark.parametrize("query", HUGE)
def test_huge_pages_are_answered(api, resource, rows, query):
    assert api("grace").get(f"{resource.name}/?{query}").status_code == 200


def test_a_row_looks_the_same_alone_and_in_the_list(api, resource, visible):
    client = api("grace")
    listed = client.get(f"{resource.name}/?limit=2").json["results"]
    key = key_of(resource.model).name
    for item in listed:
        if key in item:
            assert client.get(f"{resource.name}/{item[key]}/").json == item


def test_raw_values_become_what_fields_make_of_decoded_ones(app, resource, rows):
    with app.test_request_context("/"):
        shown = resource.schema().dump_fields
        selection = Selection(resource.model, (), (key_of(resource.model).name,))
        found = resource.dump.of(selection, Context("http://localhost", None), 50)
        assert all(list(item) == [field.data_key or name for name, field in shown.items()] for item in found)
        for name, field in shown.items():
            if _is_one_column(field):
                values = [value for (value,) in selection.rows((field.attribute or name,), 50)]
                made = [None if value is None else field.wire(value) for value in values]
                assert [item[field.data_key or name] for item in found] == made, name


def _is_one_column(field) -> bool:
    """Tell whether all that a field takes of the database is the value of a column."""
    return type(field).column in (Field.column, DateTime.column)


def test_the_number_of_queries_does_not_grow_with_the_page(api, resource, rows, queries):
    client = api("grace")
    counts = []
    client.get(f"{resource.name}/?limit=1")
    for limit in (1, 3):
        del queries[:]
        client.get(f"{resource.name}/?limit={limit}&offset=0")
        counts.append(len(queries))
    # The last page need not be counted; relations without any row need no query of their own.
    assert counts[1] <= counts[0] + len(_relations(resource.schema))


def _relations(schema) -> list:
    fields = [field for field in schema().fields.values() if not _is_one_column(field)]
    return fields + [inner for field in fields if hasattr(field, "schema") for inner in _relations(field.schema)]


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("application/json", 200, "application/json"),
        ("*/*", 200, "application/json"),
        ("application/*", 200, "application/json"),
        ("text/csv, */*;q=0.5", 200, "application/json"),
        ("text/html;q=0.1, application/json", 200, "application/json"),
        ("text/html", 200, "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200, "text/html"),
        ("application/xml", 406, "application/json"),
    ],
)
def test_the_format_is_negotiated(api, resource, rows, accept, status, content_type):
    answer = api("grace").get(f"{resource.name}/", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (status, content_type)


def test_indented_json_says_the_same(api, resource, rows):
    client = api("grace")
    plain = client.get(f"{resource.name}/")
    indented = client.get(f"{resource.name}/", headers={"Accept": "application/json; indent=4"})
    assert indented.data.startswith(b'{\n    "')
    assert indented.json == plain.json


@pytest.mark.parametrize("suffix", [".json", ".json/"])
def test_a_suffix_chooses_json(api, resource, visible, suffix):
    client = api("grace")
    listed = client.get(f"{resource.name}{suffix}", headers={"Accept": "text/html"})
    assert (listed.status_code, listed.mimetype) == (200, "application/json")
    for key in visible[:1]:
        assert client.get(f"{resource.name}/{key}{suffix}").status_code == 200


@pytest.mark.parametrize("suffix", [".api", ".api/"])
def test_a_suffix_chooses_the_page(api, resource, visible, suffix):
    client = api("grace")
    assert client.get(f"{resource.name}{suffix}").mimetype == "text/html"
    for key in visible[:1]:
        assert client.get(f"{resource.name}/{key}{suffix}").mimetype == "text/html"


def test_unknown_formats_are_not_found(api, resource):
    client = api("grace")
    for path in (f"{resource.name}.xml", f"{resource.name}/?format=xml"):
        answer = client.get(path)
        assert (answer.status_code, answer.json) == (404, {"detail": "Not found."})


def test_format_in_the_query(api, resource, rows):
    client = api("grace")
    assert client.get(f"{resource.name}/?format=json").mimetype == "application/json"
    assert client.get(f"{resource.name}/?format=api").mimetype == "text/html"
    assert client.get(f"{resource.name}/?format=json", headers={"Accept": "text/html"}).status_code == 406


def test_a_missing_slash_is_added_for_readers(api, resource):
    answer = api("grace").get(f"{resource.name}?limit=1&ordering=id")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/api/v2/{resource.name}/?limit=1&ordering=id"


def test_head_is_get_without_a_body(api, resource, rows):
    client = api("grace")
    head, get = client.head(f"{resource.name}/"), client.get(f"{resource.name}/")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_options_describe(api, resource, rows):
    answer = api("ada").options(f"{resource.name}/")
    assert {"name", "description", "renders", "parses"} <= set(answer.json)
    assert ("POST" in answer.json.get("actions", {})) == ("POST" in resource.methods)


def test_unknown_keys_are_not_found(api, resource, rows):
    client = api("grace")
    for key in ("zz", "%20", "1e5", "1_0x"):
        answer = client.get(f"{resource.name}/{key}/")
        assert answer.status_code == 404, key
    for key in ("999999999", "99999999999999999999999", "00000000-0000-4000-8000-00000000dead"):
        answer = client.get(f"{resource.name}/{key}/")
        assert answer.status_code == 404
        assert answer.json["detail"] in ("Not found.", f"No {resource.model.__name__} matches the given query.")


def test_every_order_is_answered(api, resource, rows):
    client = api("grace")
    count = number(client.get(f"{resource.name}/"))
    for name in resource.order.describe():
        for term in (name, f"-{name}"):
            answer = client.get(f"{resource.name}/?ordering={term}")
            assert (answer.status_code, number(answer)) == (200, count), term


def test_unknown_orders_are_dropped(api, resource, rows):
    client = api("grace")
    usual = client.get(f"{resource.name}/").json["results"]
    assert client.get(f"{resource.name}/?ordering=nonsense,--id,pk").json["results"] == usual


@pytest.mark.parametrize("value", GARBAGE)
def test_filters_take_any_text(api, resource, rows, value):
    client = api("grace")
    for param in resource.filter_set.by_param:
        answer = client.get(f"{resource.name}/", query_string={param: value})
        assert answer.status_code in (200, 400), (param, value)
        if answer.status_code == 400:
            assert list(answer.json) == [param]
            assert all(isinstance(message, str) for message in answer.json[param])


@pytest.mark.parametrize("value", GARBAGE)
def test_what_actions_are_asked_takes_any_text(api, resource, visible, value):
    client = api("grace")
    for action in resource.actions:
        if action.query is None or "GET" not in action.methods:
            continue
        for base in [f"{resource.name}/{key}" for key in visible[:1]] if action.detail else [resource.name]:
            for name in action.query().load_fields:
                answer = client.get(f"{base}/{action.path.strip('/')}/", query_string={name: value})
                assert answer.status_code in (200, 400), (name, value)
                # Some say what is wrong without a name, as clients know it.
                assert answer.status_code == 200 or set(answer.json) <= {*action.query().load_fields, "detail"}


def test_all_bad_filters_are_reported_at_once(api, resource, rows):
    client = api("grace")
    bad = {}
    for param in resource.filter_set.by_param:
        if client.get(f"{resource.name}/", query_string={param: "\x00"}).status_code == 400:
            bad[param] = "\x00"
    if bad:
        assert set(client.get(f"{resource.name}/", query_string=bad).json) == set(bad)


def test_empty_and_unknown_filters_narrow_nothing(api, resource, rows):
    client = api("grace")
    count = number(client.get(f"{resource.name}/"))
    single = [parameter.name for parameter in resource.filter_set.describe() if not parameter.several]
    for param in (*single, "nonsense"):
        assert number(client.get(f"{resource.name}/?{param}=")) == count


def test_an_empty_value_is_none_of_several(api, resource, rows):
    client = api("grace")
    for parameter in resource.filter_set.describe():
        if parameter.several:
            answer = client.get(f"{resource.name}/?{parameter.name}=")
            assert (answer.status_code, answer.json) == (400, {parameter.name: ["“” is not a valid value."]})


def takes_any_spelling(resource, param: str) -> bool:
    item = resource.filter_set.by_param[param]
    return getattr(getattr(item, "kind", item), "spelling", "") == "any"


@pytest.mark.parametrize("spelling", ["true", "false", "1", "0", "yes"])
def test_booleans_are_true_or_false_and_nothing_else(api, resource, rows, spelling):
    client = api("grace")
    count = number(client.get(f"{resource.name}/"))
    for parameter in resource.filter_set.describe():
        if parameter.kind != "boolean":
            continue
        halves = [number(client.get(f"{resource.name}/?{parameter.name}={half}")) for half in ("True", "False")]
        assert max(halves) <= count
        expected = count
        if takes_any_spelling(resource, parameter.name) and spelling != "yes":
            expected = halves[spelling in ("false", "0")]
        assert number(client.get(f"{resource.name}/?{parameter.name}={spelling}")) == expected
