"""What must work through a proxy that is set up as config/deploy says; ``make test-proxies`` runs it."""

from __future__ import annotations

import http.client
import io
import json
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image as Pillow

from tests.media.samples import picture
from wger_flask.sync.app_client import ask

from .running import LARGEST, PROXIES, Site, proxied

NAME, PASSWORD = "grace", "a-pass-of-grace-7"
PLAN = {"description": "one", "start": "2026-03-01"}
WALK = {"clock", "login", "token", "liveness", "stream", "upload", "live"}  # of the doctor, where all is well
BUFFERING = {  # what makes them hold answers back; nothing was found that makes Apache
    "nginx.conf": lambda text: text.replace("proxy_read", "proxy_ignore_headers X-Accel-Buffering; proxy_read"),
    "Caddyfile": lambda text: text.replace("flush_interval -1", "buffer_responses"),
}


@pytest.fixture(scope="module", params=[(proxy, path) for proxy in PROXIES for path in (False, True)], ids=str)
def site(request, tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("proxied")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # the proxy may run as somebody else
    with proxied(*request.param, folder) as running:
        made = running.command("create-user", NAME, "--password", PASSWORD)
        assert made.returncode == 0, made.stderr
        yield running


@pytest.fixture
def browser(site) -> Iterator[requests.Session]:
    """Somebody without any credentials, who trusts our certificate."""
    with requests.Session() as made:
        made.trust_env, made.verify = False, str(site.certificate)
        yield made


@pytest.fixture(scope="module")
def key(site) -> str:
    return site.command("create-token", NAME).stdout.strip()


@pytest.fixture
def client(browser, key) -> requests.Session:
    browser.headers["Authorization"] = f"Token {key}"
    return browser


def test_addresses_in_answers_have_scheme_port_and_path(site, client):
    page = client.get(f"{site.url}/api/v2/exercisecategory/?limit=1").json()
    assert page["next"].startswith(f"{site.url}/api/v2/exercisecategory/?")
    second = client.get(page["next"]).json()
    assert second["previous"].startswith(f"{site.url}/api/v2/exercisecategory/?")
    root = client.get(f"{site.url}/api/v2/").json()
    assert all(str(address).startswith(f"{site.url}/api/v2/") for address in root.values())
    document = client.get(f"{site.url}/api/v2/schema?format=json").json()
    assert document.get("servers", [{"url": site.url}])[0]["url"] in (site.url, urlsplit(site.url).path or "/")


def test_redirects_stay_on_the_site(site, browser):
    for path in ("/api/v2/exercisecategory", "/user/sync"):
        answer = browser.get(f"{site.url}{path}", allow_redirects=False)
        assert answer.status_code in (301, 302, 303, 307, 308), path
        target = requests.compat.urljoin(answer.url, answer.headers["Location"])
        assert target.startswith(f"{site.url}/"), target
        assert browser.get(target).status_code == 200
    assert browser.get(site.url, headers={"Accept": "text/html"}).status_code == 200  # with or without a slash


def test_plain_http_leads_to_https(site):
    if site.url.endswith("/wger"):
        pytest.skip("is the other site's")
    connection = http.client.HTTPConnection("127.0.0.1", site.plain, timeout=20)
    try:
        connection.request("GET", "/api/v2/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        assert answer.status in (301, 308) and answer.headers["Location"].startswith("https://localhost/")
    except ConnectionRefusedError:
        pytest.skip("Caddy does it by itself, on port 80 alone")
    finally:
        connection.close()


def test_somebody_logs_in_on_a_page_and_writes_there(site, browser):
    """Cookies are of the path and for https, and forms are taken: the server knows at which port it is."""
    page = browser.get(f"{site.url}/user/login")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"csrfmiddlewaretoken": token, "username": NAME, "password": PASSWORD}
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(site.url))
    answer = browser.post(page.url, form, headers={"Origin": origin, "Referer": page.url}, allow_redirects=False)
    assert answer.status_code in (302, 303), answer.text[:500]
    assert requests.compat.urljoin(answer.url, answer.headers["Location"]).startswith(f"{site.url}/")
    cookie = next(one for one in browser.cookies if one.name == "sessionid")
    assert cookie.secure and cookie.path == (urlsplit(site.url).path or "/")
    page = browser.get(f"{site.url}/api/v2/nutritionplan/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"csrfmiddlewaretoken": token, **PLAN}
    headers = {"Origin": origin, "Referer": page.url, "Accept": "text/html"}
    made = browser.post(page.url, form, headers=headers)
    assert made.status_code in (200, 201) and made.url.startswith(site.url), (made.status_code, made.url)
    refused = browser.post(page.url, form, headers=headers | {"Origin": "https://elsewhere.example"})
    assert refused.status_code == 403


def test_pictures_go_up_and_come_back(site, client):
    """One that is larger than what proxies let through by themselves: a megabyte, with nginx."""
    written = io.BytesIO()
    noise = random.Random(7).randbytes(3 * 1100 * 1100)
    Pillow.frombytes("RGB", (1100, 1100), noise).save(written, "PNG")
    for content in (picture("PNG"), written.getvalue()):
        answer = client.post(f"{site.url}/api/v2/gallery/", {"date": "2026-03-01"}, files={"image": ("a.png", content)})
        assert answer.status_code == 201, answer.text[:300]
        address = answer.json()["image"]
        assert address.startswith(f"{site.url}/media/")
        shown = client.get(address)
        assert shown.status_code == 200 and shown.headers["Content-Type"] == "image/png"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_too_large_for_the_server_is_told_by_it(site, client):
    """Not by the proxy, which would answer with a page."""
    files = {"image": b"x" * (LARGEST + 1)}
    try:
        answer = client.post(f"{site.url}/api/v2/gallery/", {"date": "2026-03-01"}, files=files)
    except requests.ConnectionError:
        assert site.proxy == "Caddyfile"
        pytest.skip("Caddy cuts off who goes on sending what is refused already")
    assert answer.status_code == 413 and answer.json()


def test_events_arrive_as_they_happen(site, client):
    headers = {"Accept": "text/event-stream"}
    with client.get(f"{site.url}/api/v2/events/", headers=headers, stream=True, timeout=(10, 10)) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        assert next(lines).startswith("retry:")
        made = client.post(f"{site.url}/api/v2/nutritionplan/", PLAN).json()["id"]
        told = next(json.loads(line[5:]) for line in lines if line.startswith("data:"))
        assert (told["resource"], told["key"]) == ("nutritionplan", made)


def test_an_address_with_letters_of_all_scripts_arrives_as_it_was_sent(site, client):
    for name in ("ö ü+/%", "a%2Fb", "水"):
        answer = client.get(f"{site.url}/api/v2/nutritionplan/", params={"description": name})
        assert answer.status_code == 200
    assert client.get(f"{site.url}/api/v2/nutritionplan/a%2Fb/").status_code == 404


def test_the_client_is_known_by_its_address_and_not_by_what_it_says(site, client):
    """What the client itself puts into the header is not believed: only the last entry is the proxy's."""
    for name in ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded"):
        value = {"X-Forwarded-Proto": "http", "Forwarded": "host=evil.example;proto=http"}.get(name, "evil.example")
        page = client.get(f"{site.url}/api/v2/exercisecategory/?limit=1", headers={name: value}).json()
        assert page["next"].startswith(f"{site.url}/"), name


def findings(site: Site) -> dict[str, dict[str, Any]]:
    told = json.loads(site.command("doctor", "--json", site.url).stdout)
    return {one["check"]: one for one in (told["findings"] if isinstance(told, dict) else told)}


def test_the_doctor_finds_nothing(site):
    found = findings(site)
    assert found.keys() >= WALK
    assert {check: found[check] for check in WALK if found[check]["status"] != "ok"} == {}
    assert [one for one in found.values() if one["status"] == "problem"] == []


@pytest.mark.parametrize("proxy", BUFFERING)
def test_the_doctor_finds_answers_that_are_held_back(proxy, tmp_path):
    tmp_path.chmod(0o755)
    with proxied(proxy, False, tmp_path, BUFFERING[proxy]) as site:
        assert ask("GET", f"{site.behind}/ps/probes/liveness").status == 200
        wrong = [one for one in findings(site).values() if one["status"] == "problem"]
    assert wrong and wrong[0]["check"] in ("stream", "live")
    assert "proxy" in wrong[0]["advice"]
