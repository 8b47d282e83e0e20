"""Hosting the web UI of wger: which files, which addresses, and what stops the start.  The folder here is made up."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.conftest import key_of, settings_for
from tests.web.conftest import HTML
from wger_flask.app import open_app
from wger_flask.options import SettingsError
from wger_flask.testing.server import put_aside, with_app
from wger_flask.web.web_ui import ROOMS, STATIC, build_in

NAME, SHOWN = "grace", {"Accept": "text/html"}


def unpacked(root):
    """Make a folder as the operator unpacked it, with secrets beside ``build``."""
    build = root / "package" / "build"
    for name, text in {
        "main.js": "1;",
        "main.js.map": "{}",
        "assets/index.css": "p {}",
        "locales/de/translation.json": "{}",
        "locales/pt_BR/translation.json": "{}",
        "logo192.png": "x",
        "index.html": "<p>",
        "muscles/SOURCES": "x",
    }.items():
        (build / name).parent.mkdir(parents=True, exist_ok=True)
        (build / name).write_text(text)
    (root / "package" / "package.json").write_text("{}")
    (root / "package" / "secret.js").write_text("2;")
    (build / "assets" / "led-out.js").symlink_to(root / "package" / "secret.js")
    return root


@pytest.fixture
def folder(tmp_path):
    return unpacked(tmp_path / "web-ui")


@pytest.fixture(scope="module")
def hosting(template, tmp_path_factory):
    """An application that hosts it, made once."""
    place = tmp_path_factory.mktemp("web-ui")
    copy = template.copy(place)
    settings = {"WGER_BOOLEAN_FILTERS": "any-spelling", "WGER_WEB_UI": str(unpacked(place / "web-ui"))}
    with with_app(settings_for(copy.url, place / "instance", **settings)) as made:
        pass
    yield made, copy
    copy.drop()


@pytest.fixture
def host(hosting, folder, tmp_path):
    """Make applications that host it, or fail to."""

    def make(**settings):
        settings = {"WGER_BOOLEAN_FILTERS": "any-spelling", "WGER_WEB_UI": str(folder), **settings}
        with with_app(settings_for(hosting[1].url, tmp_path / "instance", **settings)):
            pass

    return make


@pytest.fixture
def client(hosting):
    made, copy = hosting
    with put_aside():
        open_app(made)
        yield made.test_client()


@pytest.fixture
def hers(client):
    """Ask as grace."""
    return lambda path, **more: client.get(path, headers={"Authorization": f"Token {key_of(NAME)}", **SHOWN}, **more)


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("main.js", "text/javascript", False),
        ("assets/index.css", "text/css", False),
        ("locales/de/translation.json", "application/json", False),
        ("main.js.map", "application/json", False),
        ("logo192.png", "image/png", True),
    ],
)
def test_files_of_build_are_served(client, name, kind, kept):
    with client.get(f"{STATIC}/{name}") as answer:
        assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("max-age=86400" in answer.headers["Cache-Control"]) == kept
    assert ("no-cache" in answer.headers["Cache-Control"]) != kept
    with client.get(f"{STATIC}/{name}", headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("name", [
    "", "../package.json", "..%2fpackage.json", "%2e%2e/secret.js", "assets/../../secret.js", "assets/led-out.js",
    "/etc/passwd", "assets", "index.html", "muscles/SOURCES", "a%00b.js", "nonsense.js", "..\\secret.js",
    "x" * 3000 + ".js",
])  # fmt: skip
def test_nothing_else_is(client, name):
    assert client.get(f"{STATIC}/{name}").status_code == 404
    assert client.post(f"{STATIC}/main.js").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/en/dashboard",
        "/de/routine/overview",
        "/pt-br/measurement/",
        "/pt/exercise/9/view/push-up",
        "/en/measurement/category/7c2d3a52-0b9e-4b0e-9a77-2f3c1c0f1a11",
        "/en/weight/overview",
        "/en/nutrition/1/2026-01-01",
    ],
)
def test_one_page_answers_all_routes(hers, path):
    answer = hers(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'<link id="react-css" rel="stylesheet" href="{STATIC}/assets/index.css">' in answer.text
    assert '<div id="react-page-no-shadow-dom"></div>' in answer.text
    assert f'<script type="module" src="{STATIC}/main.js"></script>' in answer.text
    assert f'<html lang="{path.split("/")[1]}">' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert any(cookie.startswith("csrftoken=") for cookie in answer.headers.getlist("Set-Cookie"))


def test_nobody_is_sent_to_log_in_and_back(client):
    answer = client.get("/de/routine/overview?x=1", headers=SHOWN)
    assert answer.status_code == 303
    assert dict(parse_qsl(urlsplit(answer.location).query)) == {"next": "/de/routine/overview?x=1"}


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/routine/overview", "/de/routine/overview"),
        ("/weight/overview?a=b", "/de/weight/overview?a=b"),
        ("/de", "/de/dashboard"),
        ("/de/", "/de/dashboard"),
        ("/dashboard", "/de/dashboard"),
        ("/", "/dashboard"),
        ("/user/preferences", "/api/v2/userprofile/"),
        ("/de/user/preferences", "/api/v2/userprofile/"),
        ("/en/weight/add", "/api/v2/weightentry/#new"),
        ("/software/equipment", "/api/v2/equipment/"),
        ("/de/nutrition/calculator/calories", "/api/v2/userprofile/"),
        ("/de/user/api-key", "/user/api-key"),
        ("/de/nutrition/ingredient/7/view/apple", "/api/v2/ingredientinfo/7/"),
        ("/de/user/login?next=/x", "/user/login?next=%2Fx"),
        ("/de/nutrition/ingredient/overview", "/api/v2/ingredientinfo/"),
        ("/user/registration", "/user/register"),
    ],
)
def test_addresses_that_lead_on(client, path, leads):
    answer = client.get(path, headers={"Authorization": f"Token {key_of(NAME)}", **HTML, "Accept-Language": "de"})
    assert (answer.status_code, answer.location) == (302, leads)


@pytest.mark.parametrize("path", ["/xx/routine/overview", "/en/nonsense", "/routines", "/api/routine/overview"])
def test_other_addresses_are_not_found(hers, path):
    assert hers(path).status_code == 404


def test_it_is_at_the_root_of_a_host_only(host):
    with pytest.raises(SettingsError, match="^WGER_WEB_UI: .* SITE_URL has the path /wger$"):
        host(SITE_URL="http://localhost/wger")


KEY = "7c2d3a52-0b9e-4b0e-9a77-2f3c1c0f1a11"


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("dashboard", "/"),
        ("routine/overview", "/api/v2/routine/"),
        ("routine/7/day/3/add-logs", "/api/v2/routine/7/"),
        ("routine/templates/7/view", "/api/v2/routine/7/"),
        ("exercise/9/view/push-up", "/api/v2/exerciseinfo/9/"),
        (f"measurement/category/{KEY}", f"/api/v2/measurement-category/{KEY}/"),
        ("weight/overview", "/api/v2/weightentry/"),
        (f"nutrition/{KEY}/2026-01-01", f"/api/v2/nutritionplan/{KEY}/"),
        ("trophies", "/api/v2/user-trophy/"),
        ("calendar", "/api/v2/workoutsession/"),
        ("software/api", "/"),
        ("software/equipment", "/api/v2/equipment/"),
        ("weight/add", "/api/v2/weightentry/#new"),
        ("user/preferences", "/api/v2/userprofile/"),
    ],
)
def test_below_a_path_its_addresses_lead_to_pages_of_ours(hers, path, leads):
    """A WSGI server may put the application there; the web UI would look for its API at the root of the host."""
    for language in ("", "/de"):
        answer = hers(f"{language}/{path}", environ_overrides={"SCRIPT_NAME": "/wger"})
        assert (answer.status_code, answer.location) == (302, f"/wger{leads}")


@pytest.mark.parametrize(("path", "leads"), [("/de", "/de/dashboard"), ("/de/user/api-key", "/user/api-key")])
def test_below_a_path_nothing_leads_out_of_it(hers, path, leads):
    assert hers(path, environ_overrides={"SCRIPT_NAME": "/wger"}).location == f"/wger{leads}"


@pytest.mark.parametrize("room", ROOMS)
def test_the_pages_that_stand_in_are_there(hers, room):
    leads = hers(f"/{room}", environ_overrides={"SCRIPT_NAME": "/wger"}).location.removeprefix("/wger")
    assert hers(leads, environ_overrides={"SCRIPT_NAME": "/wger"}).status_code == 200


def test_who_is_not_logged_in_sees_our_first_page(client):
    assert client.get("/", headers=SHOWN).status_code == 200


@pytest.mark.parametrize("missing", ["", "main.js", "assets/index.css"])
def test_a_folder_without_it_stops_the_start(host, folder, tmp_path, missing):
    where = tmp_path / "nowhere"
    if missing:
        (folder / "package" / "build" / missing).unlink()
        where = folder
    with pytest.raises(SettingsError) as wrong:
        host(WGER_WEB_UI=str(where))
    assert str(wrong.value) == f"WGER_WEB_UI: there is no build/main.js in {where}; docs/web-ui.md says how to get it"


@pytest.mark.parametrize("below", ["", "package", "package/build"])
def test_it_is_found_wherever_build_is_named(folder, below):
    assert build_in(str(folder / below)) == (folder / "package" / "build").resolve()


def test_the_log_says_which_filters_it_needs(host, caplog):
    with caplog.at_level(logging.WARNING):
        host(WGER_BOOLEAN_FILTERS="documented")
        assert [record for record in caplog.messages if "WGER_BOOLEAN_FILTERS=any-spelling" in record]
        caplog.clear()
        host()
        assert not caplog.messages


def test_without_the_setting_nothing_of_it_is_there(api):
    for path in ("/en/dashboard", "/routine/overview", "/user/preferences", f"{STATIC}/main.js"):
        assert api("grace").get(path).status_code == 404
