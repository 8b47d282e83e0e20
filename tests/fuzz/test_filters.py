"""Any value of any parameter, alone and together with others, is answered or refused by its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import key_of
from tests.fuzz.conftest import assert_sound
from tests.fuzz.odd import ANY_TEXT, LIGHTLY
from wger_flask.rest.resource import Resource

ACCEPTS = st.sampled_from(["application/json"] * 4 + ["text/html"])
# what computed endpoints and the pages of the explorer read beside filters
COMPUTED = ("amount", "unit", "ingredient", "date", "day", "iteration", "include_repeatable", "language", "limit")


def parameters(resource: Resource) -> list[str]:
    paging = [item.name for item in resource.pagination.describe()]
    return [*resource.filter_set.by_param, *paging, "ordering", "format", "language__code"]


def value_for(resource: Resource, name: str):
    if name == "ordering":
        terms = st.sampled_from(
            [f"{sign}{term}" for term in ("id", "pk", *resource.order.describe()) for sign in ("", "-")]
        )
        return st.lists(terms | ANY_TEXT, max_size=8).map(",".join)
    kind = {item.name: item.kind for item in resource.filter_set.describe()}.get(name, "")
    fitting = {
        "number": "1",
        "decimal": "70.5",
        "date-time": "2024-05-01T10:00:00Z",
        "date": "2024-05-01",
        "boolean": "True",
        "reference": "1",
        "uuid": "0" * 32,
    }.get(kind, "a")
    return ANY_TEXT | st.just(fitting)


@pytest.fixture
def resource(registry, resource_name):
    return registry.get(resource_name)


def test_any_query(api, key_for, resource):
    key, known = key_for(resource.name), parameters(resource)
    pairs = st.sampled_from(known).flatmap(lambda name: st.tuples(st.just(name), value_for(resource, name)))
    where = st.sampled_from([f"{resource.name}/", f"{resource.name}/{key}/", f"{resource.name}.json"])

    @LIGHTLY
    @given(st.lists(pairs, max_size=6), where, st.sampled_from(["grace", "ada", None]), ACCEPTS)
    def ask(query, path, name, accept):
        answer = api(name).get(path, query_string=query, headers={"Accept": accept})
        assert_sound(answer, query)
        if answer.status_code == 400 and answer.is_json:
            assert set(answer.json) <= {name for name, _ in query}, query
            assert all(isinstance(message, str) for told in answer.json.values() for message in told)

    ask()


def test_every_parameter_at_once(api, key_for, resource):
    key_for(resource.name)
    known = [name for name in parameters(resource) if name != "format"]

    @LIGHTLY
    @given(st.fixed_dictionaries({name: value_for(resource, name) for name in known}))
    def ask(query):
        assert_sound(api("grace").get(f"{resource.name}/", query_string=query), query)

    ask()


def test_any_query_of_what_is_computed(api, key_for, resource):
    if not resource.actions:
        pytest.skip("nothing is computed here")
    key = key_for(resource.name)
    paths = [f"{f'{key}/' if action.detail else ''}{action.path.strip('/')}/" for action in resource.actions]

    @LIGHTLY
    @given(st.sampled_from(paths), st.dictionaries(st.sampled_from(COMPUTED), ANY_TEXT, max_size=4), ACCEPTS)
    def ask(path, query, accept):
        answer = api("grace").get(f"{resource.name}/{path}", query_string=query, headers={"Accept": accept})
        assert_sound(answer, (path, query))

    ask()


def is_told(schema: dict) -> bool:
    """Tell whether the document says what a value must be, so that ``-5x`` is none."""
    one = schema.get("items", schema)
    told = one.get("type") in ("integer", "number", "boolean") or "enum" in one or "format" in one
    return told and {} not in one.get("anyOf", ())


def test_a_value_is_refused_where_the_document_does_not_have_it(app, key_for):
    asked, taken = 0, []
    headers = {"Authorization": f"Token {key_of('ada')}"}
    for path, item in app.test_client().get("/api/v2/schema?format=json").json["paths"].items():
        key = key_for(path.removeprefix("/api/v2/").partition("/")[0]) or "1"
        for parameter in item.get("get", {}).get("parameters", ()):
            if parameter.get("in") != "query" or not is_told(parameter["schema"]):
                continue
            query = {parameter["name"]: "-5x"}
            answer = app.test_client().get(path.replace("{id}", key), query_string=query, headers=headers)
            asked += 1
            if not 400 <= answer.status_code < 500:
                taken.append((path, query, answer.status_code))
    assert not taken and asked > 500
