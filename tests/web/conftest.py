"""A browser without a window: it keeps cookies, sends forms, and reads pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from tests.browser.samples import Person
from tests.conftest import key_of

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@dataclass
class Form:
    """A form as far as it is pressed and not filled in: where it goes, what it hides, its buttons."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[dict, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a test asks of a page."""

    VOID = frozenset(("input", "img", "link", "meta", "br", "hr", "use", "path", "image"))

    def __init__(self, response):
        super().__init__()
        self.response, self.status, self.text = response, response.status_code, response.get_data(as_text=True)
        self.links: list[tuple[str, str]] = []
        self.buttons: list[tuple[dict, str]] = []
        self.forms: list[Form] = []
        self.controls: dict[str, list[dict]] = {}
        self.options: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.words = ""
        self._link, self._button, self._select = None, None, ""
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label" and "for" in found:
            self.labelled.add(found["for"])
        if tag == "a":
            self._link = [found.get("href", ""), ""]
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        if tag == "input" and found.get("type") == "hidden" and self.forms:
            self.forms[-1].hidden[found.get("name", "")] = found.get("value", "")
        if tag == "button":
            self._button = [found, ""]
        if tag in ("input", "select", "textarea") and "name" in found:
            self.controls.setdefault(found["name"], []).append({"tag": tag, **found})
            self._select = found["name"] if tag == "select" else ""
        if tag == "option":
            self.options.setdefault(self._select, []).append(found.get("value", ""))
            if "selected" in found and self._select:
                self.controls[self._select][-1]["value"] = found.get("value", "")

    def handle_endtag(self, tag):
        if tag == "a" and self._link:
            self.links.append((self._link[0], self._link[1].strip()))
            self._link = None
        if tag == "button" and self._button:
            self.buttons.append((self._button[0], " ".join(self._button[1].split())))
            if self.forms:
                self.forms[-1].buttons.append(self.buttons[-1])
            self._button = None

    def handle_data(self, data):
        self.words += data
        if self._link:
            self._link[1] += data
        if self._button:
            self._button[1] += data

    def button(self, text: str) -> dict:
        """Return the attributes of the button with this text."""
        return next(found for found, words in self.buttons if words == text)

    def held(self) -> dict[str, list[str]]:
        """Return what the forms of the page would send, as a browser does: hidden values, ticks and all."""
        return {
            name: [
                control.get("value", "")
                for control in found
                if control.get("type") != "checkbox" or "checked" in control
            ]
            for name, found in self.controls.items()
            if name != "csrfmiddlewaretoken"
        }

    def link(self, text: str) -> str:
        """Return where the link with this text leads."""
        return next(url for url, words in self.links if words == text)

    @property
    def title(self) -> str:
        """The page's title."""
        return re.search(r"<title>(.*?)</title>", self.text, re.S)[1]


class Visitor:
    """Somebody at a browser."""

    def __init__(self, app, name: str | None = None):
        self.http = app.test_client()
        if name:
            self.send("/user/login", username=name, password=f"{name[::-1]}-pass")

    def see(self, path: str, **headers) -> Page:
        """Open an address; paths without a slash in front are of the API."""
        url = path if path.startswith("/") else f"/api/v2/{path}"
        return Page(self.http.get(url, headers={**HTML, **headers}))

    def choose(self, page: Page, button: str, **typed) -> Page:
        """Press a button that leads from a form to a list, with something typed, and open the list."""
        pressed = page.button(button)
        held = page.held() | typed
        held["_method"] = [*held.get("_method", []), pressed["value"]]
        answer = self.send(pressed["formaction"], **held)
        assert answer.status_code == 303, answer.text
        return self.see(answer.location)

    def send(self, path: str, method: str = "", token: str | None = None, **fields):
        """Send a form as a page would, with the token against cross-site requests."""
        url = path if path.startswith("/") else f"/api/v2/{path}"
        if token is None:
            self.http.get("/user/login")
            cookie = self.http.get_cookie("csrftoken")
            token = cookie.value if cookie else ""
        data = {**fields, "csrfmiddlewaretoken": token}
        if method:
            data["_method"] = method
        kind = "multipart/form-data" if any(isinstance(value, tuple) for value in fields.values()) else None
        return self.http.post(url, data=data, headers=HTML, content_type=kind)


@pytest.fixture
def visitor(app):
    """Return visitors: ``visitor("ada")`` is logged in, ``visitor()`` is nobody."""
    return lambda name=None: Visitor(app, name)


@pytest.fixture
def person(app):
    """Return people who enter things through the API: ``person("ada").add("weightentry", ...)``."""
    return lambda name: Person(app, key_of(name))
