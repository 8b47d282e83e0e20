"""What a page may run: nothing of others, nothing in its text; and how its cookies are kept."""

from __future__ import annotations

import re

import pytest

from tests.conftest import settings_for
from wger_flask.rest.registry import Registry
from wger_flask.testing.server import with_app

# The two programs that show the API's document style themselves, as the web UI's page does (tests/web/test_web_ui.py).
STYLES_ITSELF = ("/schema/ui", "/schema/redoc", "/api/v2/schema/ui", "/api/v2/schema/redoc")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def directives(answer) -> dict[str, list[str]]:
    """Return the policy of a page by directive."""
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (part.split() for part in parts) if words}


def assert_strict(answer, styles_itself: bool = False) -> None:
    """Hold a page against what every page promises."""
    policy, told = directives(answer), answer.request.path
    scripts = policy.get("script-src", policy["default-src"])
    styles = policy.get("style-src", policy["default-src"])
    assert all(word == "'self'" or word.startswith("'sha256-") for word in scripts), told
    assert styles == (["'self'", "'unsafe-inline'"] if styles_itself else ["'self'"]), told
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"], told
    assert policy["form-action"] == ["'self'"], told
    for name, words in policy.items():
        assert not {"*", "http:", "https:", "'unsafe-eval'", "'unsafe-hashes'"} & set(words), (told, name)


@pytest.fixture
def pages(app, registry: Registry) -> list[str]:
    """The addresses of all pages without a key in them."""
    found = [rule.rule for rule in app.url_map.iter_rules() if "<" not in rule.rule and "GET" in (rule.methods or ())]
    return list(dict.fromkeys(found)) + ["/nothing", "/api/v2/nothing/", "/media/nothing.png"]


@pytest.mark.parametrize("name", [None, "grace", "ada"])
def test_every_page_has_the_strict_policy(api, pages, name):
    seen = 0
    for path in pages:
        answer = api(name).get(path, headers={"Accept": "text/html"})
        if answer.mimetype == "text/html":
            seen += 1
            assert_strict(answer, path in STYLES_ITSELF)
            assert path in STYLES_ITSELF or not INLINE.search(answer.text), (path, INLINE.findall(answer.text))
    assert seen > 60


@pytest.mark.parametrize(("address", "secure"), [("http://localhost:8000", False), ("https://example.org", True)])
def test_cookies_are_kept_close(template, tmp_path, address, secure):
    with with_app(settings_for(template.url, tmp_path, SITE_URL=address)) as app:
        browser = app.test_client()
        base = {"base_url": address, "headers": {"Referer": f"{address}/user/login"}}
        page = browser.get("/user/login", **base)
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"username": "grace", "password": "ecarg-pass", "csrfmiddlewaretoken": token}
        done = browser.post("/user/login", data=form, **base)
        assert done.status_code in (302, 303), done.text
        lines = [*page.headers.getlist("Set-Cookie"), *done.headers.getlist("Set-Cookie")]
        set_by = {line.partition("=")[0]: line for line in lines}
        assert set(set_by) == {"csrftoken", "sessionid"}
        for name, line in set_by.items():
            assert "SameSite=Lax" in line and ("Secure" in line) is secure and "Domain" not in line, line
            assert ("HttpOnly" in line) is (name == "sessionid"), line  # scripts send the other one as a header
