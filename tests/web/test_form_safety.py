"""Forms of training from elsewhere, with somebody else's rows, or with markup in them do no harm."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.web.conftest import HTML, Page
from tests.web.test_routine_views import SCRIPT, plan
from wger_flask.domain.routines.models import Day, Routine, Slot, SlotEntry, WeightConfig

# What is posted, by which method a page says it means, and with what.
ACTIONS = (
    ("day/{day}/add-exercise/", "", {"exercise": "1", "sets": "3"}),
    ("slot/{slot}/add-exercise/", "", {"exercise": "1", "sets": "3"}),
    ("slot-entry/{entry}/prescription/", "PATCH", {"weight": "99"}),
    ("routine/{routine}/copy/", "", {"name": "Mine"}),
    ("day/{day}/move/", "", {"direction": "later"}),
    ("slot/{slot}/move/", "", {"direction": "later"}),
    ("slot-entry/{entry}/move/", "", {"direction": "later"}),
)
ELSEWHERE = (
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "https://evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/\nSet-Cookie: x=1",
    "evil.example",
    "///evil.example",
    " //evil.example",
)


@pytest.fixture
def rows(person) -> dict[str, int]:
    """The keys of a routine of ada's and of what stands first in it, each with a neighbour behind it."""
    ada = person("ada")
    routine = plan(ada, days=("Push", "Pull"))
    day = Day.get(Day.order == 1)
    slot = Slot.get(Slot.day == day.id)
    entry = SlotEntry.get(SlotEntry.slot == slot.id)
    ada.add("slot-entry", slot=slot.id, exercise=3)
    return {"routine": routine, "day": day.id, "slot": slot.id, "entry": entry.id}


def state() -> list:
    """Return everything that the actions could change."""
    return [
        [tuple(row) for row in model.select(*columns).order_by(model.id).tuples()]
        for model, columns in (
            (Routine, (Routine.id, Routine.name)),
            (Day, (Day.id, Day.order)),
            (Slot, (Slot.id, Slot.order)),
            (SlotEntry, (SlotEntry.id, SlotEntry.order)),
            (WeightConfig, (WeightConfig.id, WeightConfig.value)),
        )
    ]


@pytest.mark.parametrize(("path", "method", "fields"), ACTIONS)
def test_a_form_of_another_site_is_refused(visitor, rows, path, method, fields):
    ada, before = visitor("ada"), state()
    url = path.format(**rows)
    for token in ("x" * 32, ""):
        refused = ada.send(url, method, token=token, **fields)
        assert refused.status_code == 403 and "CSRF Failed" in refused.text
    foreign = ada.http.post(
        f"/api/v2/{url}",
        headers={**HTML, "Origin": "https://evil.example"},
        data={**fields, "_method": method or "POST", "csrfmiddlewaretoken": ada.http.get_cookie("csrftoken").value},
    )
    assert foreign.status_code == 403
    assert ada.http.post(f"/api/v2/{url}", json=fields).status_code == 403, "a script without the token"
    assert state() == before
    assert ada.send(url, method, _next="/", **fields).status_code == 303
    assert state() != before, "else this test would show nothing"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_an_action_leads_nowhere_else(visitor, rows, elsewhere):
    ada = visitor("ada")
    for path, method, fields in ACTIONS:
        answer = ada.send(path.format(**rows), method, _next=elsewhere, **fields)
        location = answer.headers.get("Location", "/")
        assert answer.status_code < 400 and location.startswith("/api/v2/" if location != "/" else "/"), path
        refused = ada.send(path.format(**rows), method, _next=elsewhere, **dict.fromkeys(fields, "?" * 99))
        assert refused.status_code == 400 and "evil" not in refused.text, path


@pytest.mark.parametrize(("path", "method", "fields"), ACTIONS)
def test_what_is_somebody_elses_is_not_there(visitor, rows, path, method, fields):
    before, url, grace = state(), path.format(**rows), visitor("grace")
    assert grace.send(url, method, **fields).status_code == 404
    assert grace.send(f"{url}?_list=/&_field=exercise", "GET", **fields).status_code == 404, "nor is there its form"
    form = grace.see(f"{url}?_next=/&_ask=weight")
    assert form.status == 404 and not set(fields) & set(form.controls)
    assert visitor().send(url, method, **fields).status_code == 403
    assert state() == before


def test_nothing_typed_becomes_markup(visitor, rows):
    ada, evil = visitor("ada"), f'">{SCRIPT}'
    for path, method, fields in ACTIONS:
        wrong = dict.fromkeys((*fields, "weight", "comment", "name", "start"), evil)
        query = dict.fromkeys((*wrong, "_ask", "_tell"), evil) | {"_next": f"/{evil}"}
        pages = [
            Page(ada.send(path.format(**rows), method, _next=f"/{evil}", _ask=evil, _tell=evil, **wrong)),
            ada.see(f"{path.format(**rows)}?{urlencode(query)}"),
        ]
        for page in pages:
            assert page.status < 500 and SCRIPT not in page.text, path
    ada.send(f"day/{rows['day']}/", "PATCH", name="<b>x</b>", description=evil)
    ada.send(f"slot/{rows['slot']}/", "PATCH", comment=evil)
    choosing = f"exerciseinfo/?{urlencode({'_for': '/' + evil, '_field': evil})}"
    for path in ("routine/{routine}/", "day/{day}/move/", "slot/{slot}/", choosing):
        page = ada.see(path.format(**rows))
        assert SCRIPT not in page.text and "<b>x</b>" not in page.text, path
