"""Lists, menus and forms lead on: nothing ends at an empty select, a bare page, or a refusal."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

from tests.browser import samples
from tests.conftest import key_of
from tests.web.conftest import HTML, Page
from tests.weights import weigh
from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.rest.timezone import today
from wger_flask.storage import columns
from wger_flask.testing.rows import fit, make

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}


def heads(page: Page) -> list[str]:
    """Return what the columns of a page's table are called."""
    return [re.sub(r"<[^>]*>|[▲▼↕]", "", head).strip() for head in re.findall(r"<th [^>]*>(.*?)</th>", page.text, re.S)]


def dates(page: Page) -> list[str]:
    """Return the dates of the rows of a list of weights, as the page orders them."""
    return re.findall(r'<a class="first"[^>]*>(\d{4}-\d\d-\d\d)', page.text)


# -- lists of one's own ---------------------------------------------------------------------------------
def test_nobody_is_told_that_their_rows_are_theirs(resource_name, visitor, registry, people):
    resource = registry.get(resource_name)
    if resource.owner is None:
        return
    row = make(resource.model, people["ada"], resource.owner.path)
    fit(row, resource.only)
    page = visitor("ada").see(f"{resource.name}/")
    found = heads(page)
    assert found and not {"ID", "User"} & set(found)
    assert f'href="/api/v2/{resource.name}/{row._pk}/"' in page.text, "the way to the row"


def test_what_was_added_last_comes_first(visitor, person, registry):
    for day in (2, 1, 3):
        person("ada").add("weightentry", date=f"2025-03-0{day}T08:00", weight="80")
    assert dates(visitor("ada").see("weightentry/")) == ["2025-03-03", "2025-03-02", "2025-03-01"]
    assert dates(visitor("ada").see("weightentry/?ordering=date"))[0] == "2025-03-01"
    answer = visitor("ada").http.get("/api/v2/weightentry/")
    assert answer.json["results"][0]["date"].startswith("2025-03-01"), "programs read them as recorded"
    for resource in registry:
        first = (resource.for_people or ("",))[0]
        column = resource.model._meta.fields.get(first.removeprefix("-"))
        if resource.owner is not None and isinstance(column, columns.DateTime | columns.Date):
            assert first.startswith("-"), resource.name


@pytest.mark.parametrize(("day", "offset"), [("2026-01-01", 0), ("2025-01-15", 20), ("2024-12-01", 40)])
def test_a_new_row_is_seen_in_its_list(visitor, people, day, offset):
    for index in range(50):
        moment = f"{date(2025, 1, 1) + timedelta(days=index)}T08:00:00+00:00"
        weigh(people["ada"], 80, moment)
    ada = visitor("ada")
    made = ada.send("weightentry/", date=f"{day}T07:30", weight="81")
    new = Measurement.get(Measurement.value == 81)
    where = f"?offset={offset}" if offset else ""
    assert made.location == f"/api/v2/weightentry/{where}#row-{new.id}"
    page = ada.see(made.location.partition("#")[0])
    assert f"row-{new.id}" in page.ids and "Weight entry was added." in page.words


def test_where_a_new_row_is_worked_on_its_own_page_follows(visitor):
    ada = visitor("ada")
    made = ada.send("routine/", name="Legs", start="2025-01-01", end="2025-02-01")
    assert re.fullmatch(r"/api/v2/routine/\d+/", made.location)
    assert re.fullmatch(
        r"/api/v2/workoutsession/[\w-]+/", ada.send("workoutsession/", datetime_start="2025-03-01").location
    )


def test_a_page_beyond_the_last_says_so_and_leads_there(visitor):
    page = visitor().see("exercise/?offset=99999")
    assert page.status == 200 and "–99999" not in page.words and "91 rows" in page.words
    assert page.link("Go to its last page") == "?offset=80"
    assert "81–91 of 91" in visitor().see("exercise/?offset=80").words
    assert "no rows" in visitor("ada").see("weightentry/?offset=40").words


# -- filters ------------------------------------------------------------------------------------------------
def test_filters_in_use_are_chips_and_the_form_stays_closed(visitor, person):
    page = visitor().see("exerciseinfo/?name__search=press&category=11&muscles=2&muscles=4&offset=0")
    assert '<details class="box" id="filters">' in page.text
    chips = {words: url for url, words in page.links if words.endswith("(remove)")}
    assert len(chips) == 4
    without = next(url for words, url in chips.items() if "Category: Chest" in words)
    assert any("Name search: press" in words for words in chips)
    assert without == "?name__search=press&muscles=2&muscles=4"
    one_less = next(url for words, url in chips.items() if "Anterior deltoid" in words)
    assert "muscles=4" in one_less and "muscles=2" not in one_less and "category=11" in one_less
    assert page.link("Clear all") == "/api/v2/exerciseinfo/"
    assert '<details class="box" id="filters" open>' in visitor("ada").see("weightentry/?weight=x").text


def test_a_chip_names_the_row_that_it_is_about(visitor, person, queries):
    ada = person("ada")
    session = ada.add("workoutsession", datetime_start="2025-03-01")["id"]
    ada.add("workoutlog", session=session, exercise=1, repetitions=5, weight=50, repetitions_unit=1, weight_unit=1)
    page = visitor("ada").see("workoutlog/?exercise=1&weight__gte=40")
    chips = [words for _, words in page.links if words.endswith("(remove)")]
    name = visitor().see("exerciseinfo/1/").title.split(" · ")[0]
    assert any(f"Exercise: {name}" in chip for chip in chips) and any("is at least 40" in chip for chip in chips)
    evil = visitor("ada").see('workoutlog/?weight__gte="><script>alert(1)</script>&date="><script>')
    assert "<script>alert" not in evil.text


# -- where there is nothing yet -----------------------------------------------------------------------------------
def test_somebody_measures_for_the_first_time(visitor, people):
    ada = visitor("ada")
    Category.delete().execute()  # accounts have the official one
    page = ada.see("measurement/")
    assert "There is no category yet." in page.words and "new-category" in page.ids
    asked = ada.choose(page, "Add one… Category", value="92,5", notes="after lunch")
    assert asked.controls["_field"][0]["value"] == "category"
    held = {name: [control.get("value", "") for control in found] for name, found in asked.controls.items()}
    wrong = Page(ada.http.post("/api/v2/measurement-category/", data=held | {"name": "", "unit": "cm"}, headers=HTML))
    held = {name: [control.get("value", "") for control in found] for name, found in wrong.controls.items()}
    made = ada.http.post("/api/v2/measurement-category/", data=held | {"name": "Waist", "unit": "cm"}, headers=HTML)
    assert made.status_code == 303
    back = ada.see(made.location.partition("#")[0])
    assert back.controls["value"][0]["value"] == "92,5" and back.controls["notes"][0]["value"] == "after lunch"
    category = Category.get()
    assert [c["value"] for c in back.controls["category"] if c["id"] == "new-category"] == [str(category.id)]
    done = ada.send("measurement/", category=str(category.id), value="92,5", notes="after lunch")
    assert done.status_code == 303 and Measurement.select().count() == 1


def test_no_select_is_empty_without_a_way_on(visitor, registry):
    ada, seen = visitor("ada"), 0
    for resource in registry:
        if "POST" not in resource.methods or resource.owner is None:
            continue
        page = ada.see(f"{resource.name}/")
        for name, found in page.controls.items():
            if any(c["tag"] == "select" and c.get("id", "").startswith("new-") for c in found):
                assert [value for value in page.options.get(name, ()) if value], f"{resource.name}: {name}"
        seen += page.words.count("yet.")
    assert seen >= 5


@pytest.mark.parametrize("query", ["code=4001234567890", "name__search=4001234567890"])
def test_an_unknown_barcode_leaves_something_to_do(visitor, query):
    page = visitor().see(f"ingredient/?{query}")
    assert "No food with the barcode 4001234567890 is known here" in " ".join(page.words.split())
    assert page.controls["name__search"] and page.link("See all foods") == "/api/v2/ingredient/"
    assert "No food is like that" in visitor().see("ingredient/?name__search=xqzzw").words


def test_a_new_routine_lasts_for_weeks(visitor):
    controls = visitor("ada").see("routine/").controls
    held = {found["id"]: found["value"] for name in ("start", "end") for found in controls[name]}
    start, end = (date.fromisoformat(held[f"new-{name}"]) for name in ("start", "end"))
    assert start == today() and (end - start).days + 1 == 12 * 7


# -- ways -----------------------------------------------------------------------------------------------------------
def test_every_list_for_people_is_in_the_menu(visitor, registry):
    for somebody, may in ((visitor("ada"), True), (visitor(), False)):
        page = somebody.see("/user/login" if not may else "/user/api-key")
        menu = page.text[page.text.index("<nav") : page.text.index("</nav>")]
        for resource in registry:
            if resource.label and resource.deprecated is None:
                reads = may or bool(resource.rules.read(None))
                assert (f'"/api/v2/{resource.name}/"' in menu) is reads, resource.name
    page = visitor("ada").see("/")
    assert "/api/v2/userprofile/" in dict(visitor("ada").see(page.link("ada")).links), "the profile is in the account"


def test_a_thing_has_one_name_in_a_language(visitor, person):
    ada = person("ada")
    session = ada.add("workoutsession", datetime_start="2025-03-01")["id"]
    ada.add("workoutlog", session=session, exercise=1, repetitions=5, weight=50, repetitions_unit=1, weight_unit=1)
    browser = visitor("ada")
    own = browser.see("exerciseinfo/1/", **GERMAN).title.removesuffix(" · wger")
    assert own != browser.see("exerciseinfo/1/").title.removesuffix(" · wger"), "starter data has both languages"
    for path in ("exerciseinfo/?limit=100", "workoutlog/", "exercise/1/", f"workoutsession/{session}/"):
        page = browser.see(path, **GERMAN)
        assert own in page.words, path
    assert own == re.search(r"<h2>([^<]+)</h2>", browser.see("exerciseinfo/1/", **GERMAN).text)[1]


def test_no_link_leads_to_a_refusal(app, visitor, people):
    samples.everything(app, key_of("ada"), today())
    ada, waiting, seen, refused = visitor("ada"), ["/"], set(), []
    while waiting and len(seen) < 400:
        url = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "N", url.partition("#")[0])
        if kind in seen:
            continue
        seen.add(kind)
        answer = ada.http.get(url, headers=HTML)
        refused += [(answer.status_code, url)] if answer.status_code > 400 else []  # 400: a query is missing
        if answer.mimetype == "text/html" and answer.status_code == 200 and not url.startswith("/schema"):
            for found, _ in Page(answer).links:
                parts = urlsplit(found)
                if parts.scheme or parts.netloc or parts.path.startswith(("/media", "/static")):
                    continue
                if found.startswith("#") or any(name in found for name in ("ordering=", "format=", "_for=")):
                    continue
                if parts.query.count("=") > 2:
                    continue
                path = parts.path or urlsplit(url).path
                waiting.append(f"{path}?{parts.query}" if parts.query else path)
    assert not refused and len(seen) > 100
