"""Walks along a cursor: every row once, in both directions, from either end."""

from __future__ import annotations

from base64 import b64encode

import pytest

LIST = "ingredient-sync/"


@pytest.fixture
def keys(api):
    """The keys of all foods, in their order."""
    return sorted(row["id"] for row in api().get("ingredient/?limit=999").json["results"])


def walk(client, url: str, link: str = "next") -> list[list[int]]:
    """Return the keys on each page from ``url`` on."""
    pages = []
    while url:
        body = client.get(url).json
        pages.append([row["id"] for row in body["results"]])
        url = body[link] and body[link].removeprefix("http://localhost")
    return pages


@pytest.mark.parametrize("size", [7, 20])
@pytest.mark.parametrize("ordering", ["", "&ordering=id", "&ordering=-id"])
def test_pages_cover_everything_once(api, keys, size, ordering):
    pages = walk(api(), f"/api/v2/{LIST}?page_size={size}{ordering}")
    assert [key for page in pages for key in page] == (keys[::-1] if "-id" in ordering else keys)
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("ordering", ["", "&ordering=-id"])
def test_the_way_back_is_the_same_way(api, keys, ordering):
    client, url, links = api(), f"/api/v2/{LIST}?page_size=9{ordering}", []
    pages = walk(client, url)
    while url:
        links.append(url)
        following = client.get(url).json["next"]
        url = following and following.removeprefix("http://localhost")
    assert walk(client, links[-1], "previous") == pages[::-1]


def test_the_first_page_has_no_previous_one(api, keys):
    assert api().get(LIST).json["previous"] is None


@pytest.mark.parametrize(("position", "ordering"), [(10**6, ""), (-5, "&ordering=-id")])
def test_a_cursor_beyond_the_end_leads_back(api, keys, position, ordering):
    client = api()
    cursor = b64encode(f"p={position}".encode()).decode()
    body = client.get(f"{LIST}?page_size=3&cursor={cursor}{ordering}").json
    assert (body["results"], body["next"]) == ([], None)
    back = client.get(body["previous"].removeprefix("http://localhost")).json
    assert [row["id"] for row in back["results"]] == (keys[:3][::-1] if ordering else keys[-3:])


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "cD0",
        "cD14",
        "====",
        "\x00",
        "é",
        b64encode(b"p=" + b"9" * 30).decode(),
        b64encode(b"r=1").decode(),
        b64encode(b"p=").decode(),
        b64encode(b"\xff\xfe").decode(),
        "9" * 5000,
    ],
)
def test_what_is_no_cursor_is_refused(api, cursor):
    answer = api().get(LIST, query_string={"cursor": cursor})
    assert (answer.status_code, answer.json) == (404, {"detail": "Invalid cursor"})


@pytest.mark.parametrize("size", ["0", "-1", "abc", "", "1e3", "9" * 30, "٣"])
def test_senseless_sizes_are_the_usual_one(api, keys, size):
    assert len(api().get(LIST, query_string={"page_size": size}).json["results"]) in (min(len(keys), 200), 3)


def test_other_orders_are_dropped(api, keys):
    assert [row["id"] for row in api().get(f"{LIST}?ordering=-name").json["results"]] == keys
