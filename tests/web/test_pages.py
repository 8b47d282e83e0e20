"""Every address of the API is a page too."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.web.conftest import HTML
from tests.weights import weigh
from wger_flask.domain.exercises.models import Exercise
from wger_flask.rest.errors import Throttled
from wger_flask.testing.rows import make
from wger_flask.web.display_names import names_of
from wger_flask.web.tables import pager_of

FETCHED = re.compile(r'<(?:script|img|image|link|video|iframe)[^>]*(?:src|href)="(https?:|//)')


def test_every_resource_has_a_page(resource_name, visitor, registry, people):
    resource = registry.get(resource_name)
    row = make(resource.model, people["ada"], resource.owner.path if resource.owner else ())
    ada = visitor("ada")
    page = ada.see(f"{resource_name}/")
    assert page.status == 200, page.words
    assert page.response.mimetype == "text/html"
    assert resource.about in page.words
    assert f"/api/v2/{resource_name}/?format=json" in page.text
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    shown = ada.see(f"{resource_name}/{row._pk}/")
    assert shown.status in (200, 404), shown.words
    assert len(shown.ids) == len(set(shown.ids))


def test_pages_of_actions_answer_every_safe_method(resource_name, api, registry, people):
    resource = registry.get(resource_name)
    row = make(resource.model, people["ada"], resource.owner.path if resource.owner else ())
    for action in resource.actions:
        path = f"{resource_name}/{row._pk}/" * action.detail or f"{resource_name}/"
        for method in ("OPTIONS", "HEAD", "GET"):
            answer = api("ada").open(method, path + action.path.strip("/") + "/", headers={"Accept": "text/html"})
            assert answer.status_code in (200, 404, 405), (action.path, method, answer.text)
            assert answer.mimetype == "text/html"


def test_every_control_has_a_label(resource_name, visitor):
    page = visitor("ada").see(f"{resource_name}/")
    for name, controls in page.controls.items():
        for control in controls:
            if control["tag"] == "input" and control.get("type") in ("hidden", "checkbox"):
                continue
            assert control.get("id") in page.labelled or control.get("aria-label"), name


def test_no_drop_down_has_more_than_fifty_rows(resource_name, visitor):
    page = visitor("ada").see(f"{resource_name}/")
    assert all(len(options) <= 51 for options in page.options.values())
    assert all(len(controls) <= 52 for controls in page.controls.values())


def test_pages_ask_nothing_of_other_hosts(resource_name, visitor):
    text = visitor().see(f"{resource_name}/").text.replace('"http://localhost/', '"/')
    assert not FETCHED.search(text)


@pytest.mark.parametrize("path", ["/api/v2/muscle.api", "/api/v2/muscle/2.api", "/api/v2/muscle/?format=api"])
def test_a_suffix_or_a_parameter_asks_for_the_page(app, path):
    answer = app.test_client().get(path, headers={"Accept": "*/*"})
    assert answer.mimetype == "text/html"


def test_the_page_of_a_suffix_leads_to_the_json(visitor):
    assert visitor().see("muscle.api").link("JSON") == "/api/v2/muscle/?format=json"


def test_the_page_shows_the_json_itself(visitor):
    page = visitor().see("muscle/2/")
    assert '"name": "Anterior deltoid"' in page.words


def test_values_are_escaped(visitor, people):
    make(Exercise, people["ada"], license_author="<script>alert(1)</script>", id=9999)
    ada = visitor("ada")
    ada.send("weightentry/", date="<script>", weight='"><script>')
    text = ada.see("exerciseinfo/9999/").text + ada.see("exercise/?category=<script>alert(1)</script>").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_headers_of_pages(visitor):
    headers = visitor().see("/").response.headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


# -- lists ---------------------------------------------------------------------------------------
def test_heads_sort_and_keep_the_filters(visitor):
    page = visitor().see("exercise/?category=10&ordering=id&limit=5&offset=5")
    assert 'aria-sort="ascending"' in page.text
    sort = next(url for url, words in page.links if words.startswith("ID"))
    assert sort == "?category=10&limit=5&ordering=-id"
    assert 'aria-sort="descending"' in visitor().see(f"exercise/{sort}").text


def test_columns_that_cannot_be_sorted_by_have_no_link(visitor):
    page = visitor().see("exercise/")
    assert "Sort by Muscles" not in page.text and "Sort by Category" in page.text


def test_pages_lead_to_each_other(visitor):
    page = visitor().see("exercise/?limit=20&offset=20")
    assert "21–40 of 91" in page.words
    assert page.link("← Previous") == "?"
    assert page.link("Next →") == "?offset=40"
    last = visitor().see("exercise/?limit=30&offset=80&category=")
    assert "81–91 of 91" in last.words
    assert last.link("← Previous") == "?category=&limit=30&offset=50"
    assert last.link("20") == "?category="
    assert not any(words == "Next →" for _, words in last.links)


def test_a_list_that_is_walked_by_a_cursor_leads_on(visitor):
    pager = pager_of(None, {"next": "http://localhost/x?cursor=abc&limit=3", "previous": None, "results": [{}]})
    assert (pager.count, pager.previous, pager.next) == (None, "", "?cursor=abc&limit=3")
    assert "0 rows" not in visitor().see("ingredient-sync/").words


def test_filters_are_filled_from_the_address(visitor):
    page = visitor().see("exercise/?category=10&muscles=2&muscles=4")
    assert 'value="10" selected' in page.text
    ticked = [control["value"] for control in page.controls["muscles"] if "checked" in control]
    assert sorted(ticked) == ["2", "4"]
    assert "2 in use" in page.words


def test_a_wrong_filter_is_shown_beside_its_field(visitor):
    page = visitor("ada").see("weightentry/?weight__gte=heavy&date__lt=never")
    assert page.status == 400
    assert "Enter a number." in page.words and "Enter a valid date/time." in page.words
    (weight,) = page.controls["weight__gte"]
    assert (weight["value"], weight["type"], weight["aria-invalid"]) == ("heavy", "text", "true")
    assert weight["aria-describedby"].strip() in page.ids


def test_references_are_links_with_names(visitor):
    page = visitor().see("exercise/1/")
    assert ("/api/v2/exercisecategory/11/", "Chest") in page.links
    assert ("/api/v2/equipment/1/", "Barbell") in page.links


def test_rows_that_others_own_are_not_named(app, people, registry):
    plan = registry.get("nutritionplan")
    row = make(plan.model, people["grace"], ("user",), description="A secret diet")
    with app.test_request_context():
        named = names_of(plan.model, [row._pk], people["grace"])
        assert list(named) == [str(row._pk)] and all(named.values())
        assert names_of(plan.model, [row._pk], people["linus"]) == {}
        assert names_of(plan.model, [row._pk], None) == {}


def test_the_number_of_queries_does_not_grow_with_the_page(visitor, queries):
    guest = visitor()
    guest.see("exercise/?limit=2")
    counts = []
    for limit in (2, 40):
        queries.clear()
        guest.see(f"exercise/?limit={limit}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- rows ----------------------------------------------------------------------------------------
def test_a_row_leads_to_what_belongs_to_it(visitor):
    page = visitor().see("exercise/1/")
    assert page.link("Translations") == "/api/v2/exercise-translation/?exercise=1"
    assert ("/api/v2/exercise/1/alternatives/", "Alternatives") in page.links


def test_an_exercise_is_called_by_its_english_name(visitor):
    assert "Bench Press" in visitor().see("exercise/1/").title
    page = visitor().see("exerciseinfo/1/", **{"Accept-Language": "de"})
    assert "Bankdrücken" in page.words.split("In other languages")[0]


def test_the_body_map_marks_the_muscles_of_an_exercise(visitor):
    page = visitor().see("exerciseinfo/1/")
    assert page.text.count('class="muscle main"') == 1
    assert page.text.count('class="muscle second"') == 2


def test_the_body_map_leads_to_every_muscle(visitor):
    page = visitor().see("muscle/")
    assert page.text.count('class="muscle idle"') == 16


def test_weights_are_drawn_as_a_chart(visitor, people):
    for day in range(30):
        date = datetime(2025, 1, 1, 8, tzinfo=UTC) + timedelta(days=day)
        weigh(people["ada"], Decimal(800 - day) / 10, date)
    ada = visitor("ada")
    page = ada.see("weightentry/?limit=5")
    assert page.text.count("<circle") == 60  # thirty points, drawn for wide and for narrow screens
    assert "between 77.1 and 80, latest 77.1" in page.words
    assert ada.see("weightentry/?weight__gte=79").text.count("<circle") == 22
    assert "<circle" not in ada.see("weightentry/?weight__gte=80").text  # a single point is no line


# -- what is not there -----------------------------------------------------------------------------
def test_strangers_are_asked_to_log_in(visitor):
    page = visitor().see("weightentry/?weight__gte=5")
    assert page.status == 403
    assert ("/user/login?next=%2Fapi%2Fv2%2Fweightentry%2F%3Fweight__gte%3D5", "Log in") in page.links


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/api/v2/nowhere/", 404), ("/api/v2/muscle/77/", 404), ("/api/v2/muscle/?format=xml", 404)],
)
def test_errors_are_pages(visitor, path, status):
    page = visitor().see(path)
    assert page.status == status
    assert page.response.mimetype == ("application/json" if "xml" in path else "text/html")


def test_an_endpoint_that_only_takes_posts_offers_its_form(visitor):
    page = visitor().see("check-language/")
    assert page.status == 200, "a link leads here"
    assert {"input", "language", "language_code"} <= set(page.controls)
    sent = visitor().send("check-language/", input="Lie on the bench and press the bar upwards.", language_code="en")
    assert sent.status_code == 200 and "text/html" in sent.content_type


def test_throttling_is_a_page(app, visitor, monkeypatch):
    def refuse(self, scope, call):
        raise Throttled(7)

    monkeypatch.setattr(type(app.extensions["wger_flask"]), "limit", refuse)
    page = visitor().see("ingredient/")
    assert (page.status, page.response.headers["Retry-After"]) == (429, "7")
    assert "Expected available in 7 seconds" in page.words


def test_programs_get_json_as_ever(app):
    answer = app.test_client().get("/api/v2/muscle/2/", headers={"Accept": "application/json"})
    assert json.loads(answer.data)["name"] == "Anterior deltoid"


# -- the way in -----------------------------------------------------------------------------------
def test_home_leads_everywhere(visitor, registry):
    page = visitor().see("/")
    urls = {url for url, _ in page.links}
    assert {"/api/v2/", "/schema/ui", "/schema/redoc", "/api/v2/schema", "/user/login", "/user/register"} <= urls
    called = {f"/api/v2/{found.name}/": found.label for found in registry if found.label and not found.deprecated}
    assert called.items() <= dict(page.links).items() and len(called) > 15
    assert not {words for _, words in page.links} & {found.name for found in registry}, "people do not speak in names"
    listed = [resource for resource in registry if not resource.deprecated]
    assert {f"/api/v2/{resource.name}/" for resource in listed} <= {url for url, _ in visitor().see("").links}


def test_every_link_of_home_and_of_the_overview_leads_somewhere(visitor):
    ada = visitor("ada")
    for start in ("/", "/api/v2/"):
        for url, words in ada.see(start).links:
            if url.startswith("/"):  # to a page, or to a file
                answer = ada.http.get(url, headers=HTML)
                assert answer.status_code not in (403, 404, 406, 500), (url, words)


def test_registration_is_offered_only_where_it_is_allowed(app, visitor, monkeypatch):
    settings = app.extensions["wger_flask"].settings
    closed = dataclasses.replace(settings, ALLOW_REGISTRATION=False)
    monkeypatch.setattr(app.extensions["wger_flask"], "settings", closed)
    assert not any("register" in url for url, _ in visitor().see("/").links)


def test_the_root_lists_every_resource(app, registry):
    client = app.test_client()
    found = client.get("/api/v2/").json
    assert list(found) == [resource.name for resource in registry if resource.listed and not resource.deprecated]
    assert found["muscle"] == "http://localhost/api/v2/muscle/"
    assert client.get("/api/v2/.json").json["muscle"] == "http://localhost/api/v2/muscle.json"
    assert client.get("/api/v2/?format=json").json["muscle"] == "http://localhost/api/v2/muscle/?format=json"
    assert client.get("/api/v2").status_code == 301
    assert client.post("/api/v2/").status_code == 405
    assert client.get("/api/v2/").headers["Allow"] == "GET, HEAD, OPTIONS"
