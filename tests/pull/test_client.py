"""The client that asks other servers: polite, bounded, and not to be led astray."""

from __future__ import annotations

import gzip
import io

import pytest

from tests.pull.sources import TOKEN, Source, serving
from wger_flask.pull import client as client_module
from wger_flask.pull.client import Client, Missing, PullFailure, site_of


@pytest.fixture
def source():
    with serving(Source()) as source:
        yield source


@pytest.fixture
def slept():
    """How long the client waited, in seconds."""
    return []


@pytest.fixture
def client(source, slept):
    made = Client(source.base, TOKEN, sleep=lambda seconds: slept.append(seconds) if seconds else None)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("said", "site"),
    [
        ("https://wger.de", "https://wger.de"),
        ("wger.de", "https://wger.de"),
        ("https://WGER.de/api/v2/", "https://wger.de"),
        ("http://localhost:8000/wger/", "http://localhost:8000/wger"),
    ],
)
def test_an_address_is_told_in_one_way(said, site):
    assert site_of(said) == site


@pytest.mark.parametrize("said", ["ftp://wger.de", "https://", "https://ada:secret@wger.de", "file:///etc/passwd"])
def test_what_is_no_server_is_refused(said):
    with pytest.raises(ValueError, match="not the address of a server"):
        site_of(said)


def test_it_says_what_asks_and_with_which_token(source, client):
    assert client.get("version/").data == "2.7.0"
    headers = source.asked[0][1]
    assert headers["User-Agent"].startswith("wger_flask/") and headers["Authorization"] == f"Token {TOKEN}"


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told_to(source, client, slept, status):
    waits = iter(["7", "3"])
    source.hook = lambda source, path, headers: next(((status, {"Retry-After": wait}, b"") for wait in waits), None)
    assert client.get("version/").data == "2.7.0"
    assert slept == [7, 3] and len(source.asked) == 3


def test_without_a_time_it_waits_longer_each_time_and_gives_up(source, client, slept):
    source.hook = lambda source, path, headers: (502, {}, b"")
    with pytest.raises(PullFailure, match="answers 502; run this again later"):
        client.get("version/")
    assert slept == [1, 2, 4, 8, 16]


def test_it_does_not_wait_for_hours(source, client, slept):
    source.hook = lambda source, path, headers: (429, {"Retry-After": "7200"}, b"")
    with pytest.raises(PullFailure, match="come back in 120 minutes"):
        client.get("version/")
    assert not slept


def test_requests_lie_apart(source, slept):
    client = Client(source.base, pause=60, sleep=slept.append)
    client.get("version/")
    client.get("version/")
    client.close()
    assert slept[0] == 0 and 50 < slept[1] <= 60


def test_what_has_not_changed_is_not_sent_again(source, client):
    source.has_etags = True
    first = client.get("version/")
    assert first.etag and client.get("version/", first.etag).is_as_it_was


def test_answers_have_a_size(source, client, monkeypatch):
    monkeypatch.setattr(client_module, "MOST_JSON", 1 << 20)
    bomb = gzip.compress(b'"' + b"a" * (2 << 20) + b'"')
    told = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    source.hook = lambda source, path, headers: (200, told, bomb)
    with pytest.raises(PullFailure, match="larger than 1 MB"):
        client.get("version/")


def test_an_answer_that_is_cut_off_is_none(source, client):
    source.hook = lambda source, path, headers: (200, {"Content-Length": "100", "Connection": "close"}, b'"2.7.0"')
    with pytest.raises(PullFailure, match="cut off"):
        client.get("version/")


def test_a_page_is_no_answer(source, client):
    source.hook = lambda source, path, headers: (200, {"Content-Type": "text/html"}, b"<h1>It works!</h1>")
    with pytest.raises(PullFailure, match="no JSON but text/html"):
        client.get("version/")


def test_a_refusal_is_told_in_its_words(source, client):
    source.hook = lambda source, path, headers: (403, {}, b'{"detail": "Invalid token."}')
    with pytest.raises(PullFailure, match="refuses: Invalid token."):
        client.get("version/")


def test_nobody_there(slept):
    client = Client("http://127.0.0.1:9", sleep=slept.append)
    with pytest.raises(PullFailure, match="cannot be reached"):
        client.get("version/")
    client.close()


# -- where the source leads ----------------------------------------------------------------------------------
def _elsewhere(source):
    return source.base.replace("127.0.0.1", "localhost")


def test_files_come_from_the_source(source, client):
    source.files["/media/a.png"] = 200, {}, b"pixels"
    with client.download(f"{source.base}/media/a.png", 100) as file:
        assert file.read() == b"pixels"
    with client.download("/media/a.png", 100) as file:
        assert file.read() == b"pixels"
    assert all(headers["Authorization"] == f"Token {TOKEN}" for _, headers in source.asked)


def test_a_private_address_that_is_not_the_sources_is_not_asked(source, client):
    source.files["/media/a.png"] = 200, {}, b"pixels"
    with pytest.raises(Missing, match="private address"):
        client.download(f"{_elsewhere(source)}/media/a.png", 100)
    assert not source.asked


def test_nor_by_a_redirect(source, client):
    source.files["/media/a.png"] = 302, {"Location": f"{_elsewhere(source)}/media/b.png"}, b""
    source.files["/media/b.png"] = 200, {}, b"pixels"
    with pytest.raises(Missing, match="private address"):
        client.download("/media/a.png", 100)
    assert [path for path, _ in source.asked] == ["/media/a.png"]


def test_a_public_one_gets_no_token(source, client, monkeypatch):
    monkeypatch.setattr("wger_flask.pull.session.is_private", lambda address: False)
    source.files["/media/a.png"] = 302, {"Location": f"{_elsewhere(source)}/media/b.png"}, b""
    source.files["/media/b.png"] = 200, {}, b"pixels"
    for address in (f"{_elsewhere(source)}/media/b.png", "/media/a.png"):
        client.download(address, 100).close()
    assert [headers.get("Authorization") for path, headers in source.asked if path == "/media/b.png"] == [None, None]


def test_redirects_have_an_end(source, client):
    source.files["/media/a.png"] = 302, {"Location": "/media/a.png"}, b""
    with pytest.raises(Missing, match="redirected too often"):
        client.download("/media/a.png", 100)
    assert len(source.asked) < 10


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://127.0.0.1/a.png", "http://", "data:image/png;base64,"]
)
def test_other_addresses_are_none(source, client, address):
    with pytest.raises(Missing):
        client.download(address, 100)


def test_files_have_a_size(source, client):
    source.files["/media/a.png"] = 200, {}, io.BytesIO(b"a" * 200).read()
    with pytest.raises(Missing, match="larger"):
        client.download("/media/a.png", 100)
