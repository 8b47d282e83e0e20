"""What a screen reader needs of every page: headings in order, names for all that is used, tables with heads."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest

from tests.browser import samples
from tests.conftest import key_of
from tests.web.conftest import Page
from wger_flask.domain.routines.models import WorkoutSession

TODAY = date(2025, 7, 2)
VOID = Page.VOID | {"rect", "line", "circle", "source"}


class Reader(HTMLParser):
    """Collects what is wrong with a page, in words."""

    def __init__(self, text: str):
        super().__init__()
        self.wrongs: list[str] = []
        self._open: list[list] = []  # tag, attributes, words so far
        self._level, self._ids, self._labels, self._wanted, self._controls = 0, [], set(), [], []
        self._heads = 0
        self.feed(text)
        self._finish()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self._ids.append(found["id"])
        self._wanted += [
            (name, key)
            for name in ("aria-describedby", "aria-labelledby", "aria-controls")
            for key in found.get(name, "").split()
        ]
        if tag == "label" and "for" in found:
            self._labels.add(found["for"])
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            inside = any(parent[0] == "label" for parent in self._open)
            self._controls.append((found, inside))
            if "aria-invalid" in found and not found.get("aria-describedby"):
                self.wrongs.append(f"an error that is not tied to {found.get('name')}")
        if tag == "img" and "alt" not in found:
            self.wrongs.append(f"no words for the picture {found.get('src')}")
        if tag == "img":
            self.handle_data(found.get("alt") or "")
        if tag == "th" and found.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
            self.wrongs.append("a table's head without a scope")
        if tag == "table":
            self._heads = 0
        self._heads += tag == "th"
        if tag == "form" and any(parent[0] in ("form", "p") for parent in self._open):
            self.wrongs.append("a form in a form or in a paragraph")
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            level = int(tag[1])
            if level > self._level + 1 or level == 1 and self._level:
                self.wrongs.append(f"h{level} behind h{self._level}")
            self._level = level
        if tag not in VOID:
            self._open.append([tag, found, ""])

    def handle_data(self, data):
        for parent in self._open:
            parent[2] += data

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        while self._open:
            name, found, words = self._open.pop()
            if name in ("a", "button", "summary", "h1", "h2", "h3", "legend", "label", "th", "caption"):
                if not (words.strip() or found.get("aria-label") or found.get("title") or "aria-hidden" in found):
                    self.wrongs.append(f"an empty {name} {found}")
            if name == "table" and not self._heads:
                self.wrongs.append("a table without heads")
            if name == tag:
                return
        self.wrongs.append(f"</{tag}> closes nothing")

    def _finish(self):
        if not self._level:
            self.wrongs.append("no heading")
        self.wrongs += [f"the id {key} stands twice" for key in set(self._ids) if self._ids.count(key) > 1]
        self.wrongs += [f"{name} means {key}, which is not there" for name, key in self._wanted if key not in self._ids]
        for found, inside in self._controls:
            if not (inside or found.get("id") in self._labels or found.get("aria-label")):
                self.wrongs.append(f"the control {found.get('name')} has no label")


def wrongs(page: Page) -> list[str]:
    """Return what is wrong with a page."""
    return Reader(page.text).wrongs


def test_the_reader_finds_what_is_wrong():
    found = Reader(
        '<h1>x</h1><h3>y</h3><a href="/"></a><input name="n"><table><tr><th>z</th></tr></table><img src="i">'
        '<p><form></form></p><i id="a"></i><i id="a"></i><i aria-describedby="b"></i>'
    ).wrongs
    for words in (
        "h3 behind h1",
        "an empty a",
        "control n has no label",
        "without a scope",
        "no words for the picture",
        "in a paragraph",
        "id a stands twice",
        "means b, which is not there",
    ):
        assert any(words in wrong for wrong in found), words


@pytest.fixture
def paths(app) -> tuple[str, ...]:
    """The pages of somebody who has everything."""
    found = samples.everything(app, key_of("ada"), TODAY)
    routine = f"/api/v2/routine/{found['routine']}/"
    session = WorkoutSession.select().order_by(WorkoutSession.datetime_start).first().id
    return (
        "/",
        "/api/v2/",
        "/user/api-key",
        "/user/password",
        "/user/password/reset",
        "/api/v2/nowhere/",
        routine,
        f"{routine}?_next=/",
        f"{routine}stats/",
        f"{routine}date-sequence-display/",
        f"{routine}date-sequence-gym/",
        f"{routine}logs/",
        f"{routine}structure/",
        f"{routine}copy/",
        f"{routine}copy/?_next=/&_ask=name",
        f"/api/v2/workoutsession/{session}/",
        "/api/v2/day/1/move/",
        "/api/v2/day/1/add-exercise/?_next=/&_ask=exercise,sets&_chosen=exercise:1",
        "/api/v2/slot-entry/1/prescription/",
        "/api/v2/weight-config/1/",
        "/api/v2/slot/1/",
        f"/api/v2/nutritionplan/{found['plan']}/",
        "/api/v2/exerciseinfo/1/",
        "/api/v2/ingredientinfo/9/",
        "/api/v2/gallery/1/",
        "/api/v2/measurement-category/?_next=/",
        "/api/v2/userprofile/",
        "/api/v2/exerciseinfo/?_for=/api/v2/slot-entry/&_field=exercise",
        "/api/v2/weightentry/?weight__gte=heavy",
    )


def test_every_page_can_be_read_aloud(visitor, registry, paths):
    ada, found = visitor("ada"), {}
    for path in (*paths, *(f"/api/v2/{resource.name}/" for resource in registry)):
        if wrong := wrongs(ada.see(path)):
            found[path] = wrong
    assert not found, "\n".join(f"{path}: {sorted(set(wrong))}" for path, wrong in found.items())


def test_the_pages_of_nobody_can_be_read_aloud(visitor):
    for path in ("/", "/user/login", "/user/register", "/user/password/reset", "/api/v2/", "/api/v2/routine/"):
        assert not wrongs(visitor().see(path)), path


@pytest.mark.parametrize(
    "sent",
    [
        ("day/1/add-exercise/", "", {"exercise": "", "sets": "99", "_ask": "sets", "_next": "/"}),
        ("weight-config/", "", {"value": "x", "requirements": ["", "y"]}),
        ("routine/", "", {"start": "x"}),
        ("userprofile/", "PATCH", {"height": "x"}),
        ("/user/login", "", {"username": "x", "password": "y"}),
        ("/user/register", "", {"username": "", "password": "y"}),
    ],
)
def test_a_refusal_is_announced(visitor, person, sent):
    path, method, fields = sent
    person("ada").add("day", routine=person("ada").add("routine", start="2025-01-01", end="2025-01-02")["id"], order=1)
    if path.startswith("day/"):
        path = f"day/{person('ada').get('day/')['results'][0]['id']}/add-exercise/"
    page = Page((visitor() if path.startswith("/user") else visitor("ada")).send(path, method, **fields))
    assert not wrongs(page)
    assert page.title.startswith("Error: ") and 'role="alert"' in page.text
