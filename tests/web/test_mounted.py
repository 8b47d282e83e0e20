"""Below a path, every address that the server makes leads to itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from tests.browser import samples
from tests.conftest import key_of
from tests.web.conftest import HTML
from wger_flask.app import free_path
from wger_flask.options import SettingsError
from wger_flask.rest.mount import MountedBelow
from wger_flask.rest.timezone import today
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make

HOST, BELOW = "http://localhost", "/wger"
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data-url", "xlink:href")
# What is at the host's root, and not ours: a browser that is led there has left the server.
ELSEWHERE = b"another application"


class Mount:
    """A host of which our application has the paths below ``/wger``, as a WSGI server or a proxy does it."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path != BELOW and not path.startswith(f"{BELOW}/"):
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [ELSEWHERE]
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = BELOW, path[len(BELOW) :]
        return self.app.wsgi_app(environ, start_response)


class Found(HTMLParser):
    """The addresses in a page, each with whether a browser fetches it by GET."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        for name in ADDRESSES:
            if held.get(name):
                sent = name == "formaction" or (name == "action" and held.get("method", "get") == "post")
                self.found.append((held[name], not sent))
        for one in (held.get("srcset") or "").split(","):
            if one.strip():
                self.found.append((one.split()[0], True))


def addresses_in(value) -> list[str]:
    """Return the texts in a JSON answer that are addresses of this host."""
    if isinstance(value, dict):
        return [found for held in value.values() for found in addresses_in(held)]
    if isinstance(value, list):
        return [found for held in value for found in addresses_in(held)]
    return [value] if isinstance(value, str) and value.startswith(f"{HOST}/") else []


class Crawler:
    """Follows what pages and JSON lead to; of addresses that differ in numbers and values alone, the first three."""

    def __init__(self, app):
        self.app, self.http = app, Client(Mount(app))
        self.kinds: dict[str, set[str]] = {}
        self.waiting: list[tuple[str, str]] = []
        self.wrong: list[str] = []
        self.seen: dict[str, int] = {}

    def log_in(self, name: str) -> None:
        """Log in by the page, with the cookies below our path alone."""
        page = self.http.get(f"{BELOW}/user/login", headers=HTML)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        assert all("Path=/wger;" in f"{cookie};" for cookie in page.headers.getlist("Set-Cookie"))
        sent = {"username": name, "password": f"{name[::-1]}-pass", "csrfmiddlewaretoken": token}
        answer = self.http.post(f"{BELOW}/user/login", data=sent, headers=HTML)
        assert (answer.status_code, answer.location) == (303, f"{BELOW}/")
        assert all("Path=/wger;" in f"{cookie};" for cookie in answer.headers.getlist("Set-Cookie"))

    def note(self, page: str, address: str, fetched: bool = True) -> None:
        """Remember an address on ``page``, to be fetched, or to be known to the application where it is sent to."""
        whole = urlsplit(urljoin(HOST + page, address))
        if f"{whole.scheme}://{whole.netloc}" != HOST:
            return
        if whole.path != BELOW and not whole.path.startswith(f"{BELOW}/"):
            self.wrong.append(f"{page} leads out to {address}")
        for name, value in parse_qsl(whole.query):  # where one is led to later
            if value.startswith("/") and not value.startswith(f"{BELOW}/"):
                self.wrong.append(f"{page} leads out by {name}={value}")
        if not fetched:
            self._known(page, whole.path)
            return
        names = sorted({name for name, _ in parse_qsl(whole.query, keep_blank_values=True)})
        asked = self.kinds.setdefault(re.sub(r"[0-9a-f]{8}-[-0-9a-f]{27}|\d+", "#", whole.path), set())
        if "&".join(names) not in asked and len(asked) < 3:
            asked.add("&".join(names))
            self.waiting.append((page, whole.path + (f"?{whole.query}" if whole.query else "")))

    def _known(self, page: str, path: str) -> None:
        try:
            self.app.url_map.bind("localhost").match(path.removeprefix(BELOW) or "/", method="POST")
        except HTTPException as unknown:
            self.wrong.append(f"{page} sends to {path}: {unknown}")

    def walk(self, *begin: str) -> None:
        """Fetch everything from ``begin`` on."""
        for path in begin:
            self.note("/wger/", path)
        while self.waiting:
            page, path = self.waiting.pop()
            if path not in self.seen:
                self.fetch(page, path)

    def fetch(self, page: str, path: str) -> None:
        """Fetch an address that ``page`` leads to, and note what it leads to itself."""
        answer = self.http.get(path, headers=HTML if "format=json" not in path else {})
        is_made_up = path.startswith((f"{BELOW}/media/", f"{BELOW}/static/trophies/"))  # a name without a file
        if answer.status_code >= 404 and answer.status_code != 405 and not (is_made_up and answer.data != ELSEWHERE):
            self.wrong.append(f"{page} leads to {path}: {answer.status_code}")
        if answer.location:
            self.note(path, answer.location)
        if answer.mimetype == "text/html" and "/docs/" not in path:
            for address, fetched in Found(answer.text).found:
                self.note(path, address, fetched)
        elif answer.mimetype == "application/json" and "schema" not in path:
            for address in addresses_in(answer.json):
                self.note(path, address)
        self.seen[path] = answer.status_code
        answer.close()


@pytest.fixture
def lived_in(app, people, registry):
    """Rows of grace's in every resource, as people enter them and as the factory makes them."""
    samples.everything(app, key_of("grace"), today())
    with transaction():
        for resource in registry:
            for _ in range(1 if resource.owner is None else 2):
                try:
                    with transaction():
                        make(resource.model, people["grace"], resource.owner.path if resource.owner else ())
                except Exception:  # one a user
                    continue


def lists(registry) -> list[str]:
    """Return where to begin: every list, as a page and as JSON that goes on."""
    named = [f"{BELOW}/api/v2/{resource.name}/" for resource in registry]
    return [f"{BELOW}/", *named, *(f"{path}?format=json&limit=1&offset=1" for path in named)]


@pytest.mark.parametrize("name", [None, "grace"])
def test_everything_leads_to_itself(app, registry, lived_in, name):
    crawler = Crawler(app)
    if name:
        crawler.log_in(name)
    crawler.walk(*lists(registry), f"{BELOW}/user/register", f"{BELOW}/user/password/reset", f"{BELOW}/user/login")
    assert not crawler.wrong, "\n".join(crawler.wrong[:40])
    assert len(crawler.seen) > 200
    for part in ("static", "schema/assets", *(["media"] if name else [])):
        assert 200 in {code for path, code in crawler.seen.items() if path.startswith(f"{BELOW}/{part}/")}, part


# -- by the setting ---------------------------------------------------------------------------------------
@pytest.fixture
def mounted(app, monkeypatch):
    """A client of the application as ``SITE_URL=https://example.org/wger`` makes it."""
    monkeypatch.setattr(app, "wsgi_app", MountedBelow(app.wsgi_app, BELOW))
    return app.test_client()


@pytest.mark.parametrize("sent", ["", BELOW])  # a proxy cuts the path off, or passes it on
def test_a_proxy_may_cut_the_path_off(mounted, sent):
    page = mounted.get(f"{sent}/api/v2/exercise/?limit=5&offset=5").json
    assert page["next"] == f"{HOST}/wger/api/v2/exercise/?limit=5&offset=10"
    assert page["previous"] == f"{HOST}/wger/api/v2/exercise/?limit=5"
    walked = mounted.get(f"{sent}/api/v2/ingredient-sync/?page_size=1").json
    assert walked["next"].startswith(f"{HOST}/wger/api/v2/ingredient-sync/?cursor=")
    assert mounted.get(f"{sent}/api/v2/").json["muscle"] == f"{HOST}/wger/api/v2/muscle/"
    muscle = mounted.get(f"{sent}/api/v2/muscle/2/").json
    assert muscle["image_url_main"] == f"{HOST}/wger/static/images/muscles/main/muscle-2.svg"
    with mounted.get(f"{sent}/static/images/muscles/main/muscle-2.svg") as picture:
        assert picture.status_code == 200
    for path, successor in (
        ("exercise-base/", "exercise"),
        ("schedule/", "routine"),
        ("video/?exercise_base=1", "video"),
    ):
        link = mounted.get(f"{sent}/api/v2/{path}").headers["Link"]
        assert link == f'</wger/api/v2/{successor}/>; rel="successor-version"'
    moved = mounted.get(f"{sent}/api/v2/exercise?limit=5")
    assert (moved.status_code, moved.location) == (301, "/wger/api/v2/exercise/?limit=5")
    assert mounted.get(f"{sent}/favicon.ico").location == "/wger/static/images/favicon.svg"


@pytest.mark.parametrize("path", ["/wgers/", "/wger.json", "/WGER/"])
def test_what_only_looks_like_the_path_is_none(mounted, path):
    assert mounted.get(path).status_code == 404


def test_the_path_alone_is_the_first_page(mounted):
    assert "A first request" in mounted.get(BELOW).text


def test_the_document_says_below_which_path_its_paths_are(app, mounted):
    assert mounted.get("/api/v2/schema?format=json").json["servers"] == [{"url": BELOW}]
    assert b"\nservers:\n- url: /wger\n" in mounted.get("/api/v2/schema").data
    app.wsgi_app = app.wsgi_app.app
    assert "servers" not in app.test_client().get("/api/v2/schema?format=json").json


def test_scripts_of_the_documentation_ask_below_the_path(mounted):
    for page, program in (("ui", "swagger"), ("redoc", "redoc")):
        text = mounted.get(f"/schema/{page}").text
        assert 'data-url="/wger/api/v2/schema?format=json"' in text
        assert f'"/wger/schema/assets/{program}/' in text
    script = mounted.get("/schema/assets/redoc/javascripts/redoc.standalone.js").data
    assert b"/wger/static/images/logo.svg" in script


def test_where_one_is_sent_to_and_back(mounted):
    assert mounted.get("/user/").location == "/wger/user/login?next=/wger/user/"
    page = mounted.get("/wger/api/v2/weightentry/?limit=5", headers=HTML).text
    assert 'href="/wger/user/login?next=%2Fwger%2Fapi%2Fv2%2Fweightentry%2F%3Flimit%3D5"' in page
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', mounted.get("/user/login").text)[1]
    for wanted, led in (("/wger/api/v2/", "/wger/api/v2/"), ("/api/v2/", "/wger/"), ("/wger/../x", "/wger/")):
        sent = {"username": "grace", "password": "ecarg-pass", "next": wanted, "csrfmiddlewaretoken": token}
        answer = mounted.post("/wger/user/login", data=sent)
        assert (answer.status_code, answer.location) == (303, led)
        token = mounted.get_cookie("csrftoken", path=BELOW).value
    ways = ("/wger/user/", "/wger/user/"), ("/other/", "/wger/api/v2/weightentry/#row-")
    for day, (wanted, led) in enumerate(ways, 1):
        sent = {"date": f"2025-03-0{day}", "weight": "80", "_next": wanted, "csrfmiddlewaretoken": token}
        answer = mounted.post("/wger/api/v2/weightentry/", data=sent, headers=HTML)
        assert answer.status_code == 303
        assert answer.location.startswith(led)
    gone = mounted.post("/wger/user/logout", data={"csrfmiddlewaretoken": token})
    assert gone.location == "/wger/"
    assert re.search(r"sessionid=;.*Path=/wger", str(gone.headers))


# -- without a path ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/api", "/media", "/user/wger", "/docs"])
def test_a_path_may_not_look_like_an_address_of_the_server(app, path):
    with pytest.raises(SettingsError, match="SITE_URL"):
        free_path(app, path)
    assert free_path(app, "/apis/v2") == "/apis/v2"


def test_at_the_root_nothing_is_in_between(app):
    assert not isinstance(app.wsgi_app, MountedBelow)
    http = app.test_client()
    assert all("Path=/;" in f"{cookie};" for cookie in http.get("/user/login").headers.getlist("Set-Cookie"))
    sent = {"X-Forwarded-Prefix": BELOW, "X-Script-Name": BELOW, "Script-Name": BELOW}
    assert BELOW not in http.get("/", headers=sent).text
    assert http.get("/api/v2/exercise/?limit=1", headers=sent).json["next"].startswith(f"{HOST}/api/v2/")
