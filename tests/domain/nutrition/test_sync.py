"""A client that walks through all foods sees each of them once."""

from __future__ import annotations

from base64 import b64encode

import pytest

from wger_flask.api import delete, transaction
from wger_flask.domain.nutrition.models import Ingredient


def walk(api, path: str, direction: str = "next") -> list[list[int]]:
    """Follow the links from ``path``; returns the keys page by page."""
    pages = []
    while path:
        answer = api().get(path)
        assert answer.status_code == 200, answer.json
        assert list(answer.json) == ["next", "previous", "results"]
        pages.append([row["id"] for row in answer.json["results"]])
        path = (answer.json[direction] or "").partition("/api/v2/")[2]
    return pages


@pytest.mark.parametrize("size", [1, 7, 38, 76, 77])
def test_each_food_comes_once(api, size):
    keys = [row.id for row in Ingredient.select().order_by(Ingredient.id)]
    pages = walk(api, f"ingredient-sync/?page_size={size}")
    assert [key for page in pages for key in page] == keys
    assert all(len(page) == size for page in pages[:-1]) and pages[-1]


def test_the_way_back_gives_the_same_pages(api):
    forth = walk(api, "ingredient-sync/?page_size=10")
    path = "ingredient-sync/?page_size=10"
    for _ in forth[1:]:
        path = api().get(path).json["next"].partition("/api/v2/")[2]
    assert walk(api, path, "previous")[::-1] == forth


def test_links_keep_the_query_in_the_order_of_its_names(api):
    answer = api().get("ingredient-sync/?page_size=2&language__code=en").json
    last = answer["results"][-1]["id"]
    cursor = b64encode(f"p={last}".encode()).decode().replace("=", "%3D")
    assert answer["next"] == f"http://localhost/api/v2/ingredient-sync/?cursor={cursor}&language__code=en&page_size=2"
    assert answer["previous"] is None
    back = api().get(answer["next"].partition("/api/v2/")[2]).json["previous"]
    assert "cursor=cj0xJnA9" in back  # r=1&p=


def test_rows_that_come_and_go_shift_nothing(api, make_food):
    first = api().get("ingredient-sync/?page_size=5").json
    with transaction():
        delete(Ingredient, [first["results"][0]["id"]])
    second = api().get(first["next"].partition("/api/v2/")[2]).json
    assert second["results"][0]["id"] == first["results"][-1]["id"] + 1


@pytest.mark.parametrize("size", ["0", "-3", "abc", "", "2.5", "9" * 40])
def test_sizes_that_make_no_sense_are_replaced(api, size):
    answer = api().get(f"ingredient-sync/?page_size={size}&limit=1&offset=3").json
    assert len(answer["results"]) == 76 and answer["next"] is None


@pytest.mark.parametrize("cursor", ["x", "%", "cD0", "cD1hYmM=", "cT0x", b64encode(b"p=" + b"9" * 40).decode()])
def test_bad_cursors_are_refused(api, cursor):
    answer = api().get(f"ingredient-sync/?cursor={cursor}")
    assert answer.status_code == 404 and answer.json == {"detail": "Invalid cursor"}


def test_a_cursor_beyond_the_end_leads_back(api):
    beyond = b64encode(b"p=999999").decode()
    answer = api().get(f"ingredient-sync/?cursor={beyond}&page_size=3").json
    assert answer["results"] == [] and answer["next"] is None
    pages = walk(api, answer["previous"].partition("/api/v2/")[2])
    assert pages == [[74, 75, 76], []]


def test_order_is_not_asked_for(api):
    assert walk(api, "ingredient-sync/?page_size=50&ordering=-name") == walk(api, "ingredient-sync/?page_size=50")
