"""Pages: how large, how linked, and that nothing senseless is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from wger_flask.rest.pagination import LimitOffset, Page

FLASK = Flask(__name__)
LARGEST = 2**63 - 1


def links(query: str, count: int, path: str = "/api/v2/equipment/", **environ):
    """Return the window of ``query``, and the links of its page."""
    with FLASK.test_request_context(f"{path}?{query}", **environ):
        limit, offset = LimitOffset().window(request.args)
        body = Page([], count, limit, offset).envelope([], request)
        assert list(body) == ["count", "next", "previous", "results"]
        return (limit, offset), body["next"], body["previous"]


@pytest.mark.parametrize(
    ("query", "window"),
    [
        ("", (20, 0)),
        ("limit=5", (5, 0)),
        ("limit=5&offset=7", (5, 7)),
        ("offset=7", (20, 7)),
        ("limit=0", (20, 0)),
        ("limit=-1", (20, 0)),
        ("limit=abc", (20, 0)),
        ("limit=2.5", (20, 0)),
        ("limit=", (20, 0)),
        ("limit=%202", (2, 0)),
        ("limit=1&limit=3", (3, 0)),
        ("limit=1000", (999, 0)),
        ("limit=" + "9" * 5000, (20, 0)),
        ("limit=" + "9" * 40, (999, 0)),
        ("offset=-1", (20, 0)),
        ("offset=x", (20, 0)),
        ("limit=%00", (20, 0)),
        ("limit=%EF%BC%92", (2, 0)),
    ],
)
def test_windows(query, window):
    assert links(query, 0)[0] == window


@pytest.mark.parametrize("offset", [LARGEST, LARGEST + 1, 10**40])
def test_offsets_stay_within_what_databases_count(offset):
    limit, start = LimitOffset().window(MultiDict({"limit": "999", "offset": str(offset)}))
    assert limit == 999 and start + limit <= LARGEST


BASE = "http://localhost/api/v2/equipment/"


@pytest.mark.parametrize(
    ("query", "count", "following", "previous"),
    [
        ("", 20, None, None),
        ("", 21, "?limit=20&offset=20", None),
        ("limit=2", 12, "?limit=2&offset=2", None),
        ("limit=2&offset=2", 12, "?limit=2&offset=4", "?limit=2"),
        ("limit=2&offset=1", 12, "?limit=2&offset=3", "?limit=2"),
        ("limit=2&offset=5", 12, "?limit=2&offset=7", "?limit=2&offset=3"),
        ("limit=2&offset=10", 12, None, "?limit=2&offset=8"),
        ("offset=9", 12, None, "?limit=20"),
        ("limit=2&offset=99", 12, None, "?limit=2&offset=97"),
        ("limit=5000", 2000, "?limit=999&offset=999", None),
        ("b=2&a=1&limit=1", 2, "?a=1&b=2&limit=1&offset=1", None),
        ("z=1&a=&z=0&limit=1", 2, "?a=&limit=1&offset=1&z=1&z=0", None),
        ("d=2024-01-02T10:00%2B01:00&limit=1", 2, "?d=2024-01-02T10%3A00%2B01%3A00&limit=1&offset=1", None),
        ("ordering=a,-b&limit=1", 2, "?limit=1&offset=1&ordering=a%2C-b", None),
        ("n=%C3%A9%20x&limit=1", 2, "?limit=1&n=%C3%A9+x&offset=1", None),
        ("limit=1&limit=2&offset=9&offset=2", 9, "?limit=2&offset=4", "?limit=2"),
        ("a[]=1&limit=1", 2, "?a%5B%5D=1&limit=1&offset=1", None),
    ],
)
def test_links(query, count, following, previous):
    _, found_next, found_previous = links(query, count)
    assert (found_next, found_previous) == (following and BASE + following, previous and BASE + previous)


def test_links_keep_the_suffix_the_host_and_the_port():
    _, following, _ = links(
        "limit=1",
        2,
        "/api/v2/language.json",
        base_url="https://wger.example:8443",
    )
    assert following == "https://wger.example:8443/api/v2/language.json?limit=1&offset=1"


@given(st.integers(0, 300), st.integers(1, 40), st.text(max_size=8))
def test_walking_the_links_covers_everything_once(count, limit, other):
    seen, query = [], MultiDict({"limit": str(limit), "q": other})
    while True:
        with FLASK.test_request_context("/x/", query_string=query):
            limit_now, offset = LimitOffset().window(request.args)
            following = Page([], count, limit_now, offset).envelope([], request)["next"]
            assert request.args["q"] == other
        seen += range(count)[offset : offset + limit_now]
        if following is None:
            break
        query = MultiDict(parse_qsl(urlsplit(following).query, keep_blank_values=True))
    assert seen == list(range(count))


@given(st.binary(max_size=30))
def test_any_query_can_be_linked(query):
    spelled = "".join(f"%{byte:02X}" for byte in query)
    _, following, _ = links(f"{spelled}={spelled}&limit=1", 2)
    assert following.startswith(BASE) and following.isascii()
