"""Files that ship are compressed when they are first asked for, with entity tags and Vary that caches can rely on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

import wger_flask
from wger_flask.rest import static_files

CSS = "/static/css/site.css"
PLAIN = (Path(wger_flask.__file__).parent / "static" / "css" / "site.css").read_bytes()
UNPACK = {
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


@pytest.fixture
def ask(app):
    def ask(path: str = CSS, method: str = "GET", **headers: str):
        with app.test_client().open(path, method=method, headers=headers) as answer:
            answer.get_data()
        return answer

    static_files._kept.clear()
    return ask


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_file_is_compressed_once(ask, coding, monkeypatch):
    first = ask(**{"Accept-Encoding": coding})
    monkeypatch.setattr(static_files, "compressed", lambda *_: pytest.fail("it was compressed again"))
    for answer in (first, ask(**{"Accept-Encoding": coding})):
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, coding)
        assert UNPACK[coding](answer.data) == PLAIN and len(answer.data) < len(PLAIN) / 2
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert answer.headers["Vary"] == "Accept-Encoding" and answer.mimetype == "text/css"
        assert "Accept-Ranges" not in answer.headers
    head = ask(method="HEAD", **{"Accept-Encoding": coding})
    assert (head.headers["ETag"], head.headers["Content-Length"]) == (first.headers["ETag"], str(len(first.data)))


def test_who_asks_for_none_gets_the_file(ask):
    for accepted in ("", "identity", "gzip;q=0"):
        answer = ask(**{"Accept-Encoding": accepted})
        assert answer.data == PLAIN and "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_each_form_has_a_tag_of_its_own_and_is_not_sent_again(ask):
    plain, packed, smaller = (ask(**{"Accept-Encoding": coding}) for coding in ("", "gzip", "zstd"))
    tags = [answer.headers["ETag"] for answer in (plain, packed, smaller)]
    assert len(set(tags)) == 3 and not any(tag.startswith("W/") for tag in tags)
    for tag in tags:
        again = ask(**{"Accept-Encoding": "gzip", "If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Vary"] == "Accept-Encoding"
    assert ask(**{"If-None-Match": tags[0]}).status_code == 304
    assert ask(**{"Accept-Encoding": "gzip", "If-None-Match": '"other"'}).status_code == 200


def test_parts_are_of_the_file_itself(ask):
    answer = ask(Range="bytes=0-9", **{"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data) == (206, PLAIN[:10]) and "Content-Encoding" not in answer.headers


def test_pictures_are_left_as_they_are(ask):
    found = next((Path(wger_flask.__file__).parent / "static").rglob("*.png"), None)
    if found is None:
        pytest.skip("no picture ships")
    path = found.relative_to(Path(wger_flask.__file__).parent).as_posix()
    answer = ask(f"/{path}", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers and "Vary" not in answer.headers


def test_no_more_is_kept_than_allowed(ask, monkeypatch):
    monkeypatch.setattr(static_files, "MOST_KEPT", 100)
    assert ask(**{"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert not static_files._kept
