"""Pages ask the database no more than their JSON plus a constant, however much they show."""

from __future__ import annotations

import pytest

HTML = {"Accept": "text/html"}

# What a page may ask beside its JSON: who may do what, what rows are called, what a form and the filters offer.
CEILING = 10
# Pages that show more than their rows, by the view that does.
OF_VIEWS = {"routine": 22}


@pytest.fixture
def asked(api, queries):
    """Return how many statements an address takes as JSON and as a page, without those that count."""
    client = api("grace")

    def count(path: str) -> tuple[int, int]:
        numbers = []
        for headers in ({}, HTML):
            assert client.get(path, headers=headers).status_code == 200
            del queries[:]
            client.get(path, headers=headers)
            numbers.append(len([sql for sql in queries if "COUNT(" not in sql]))  # the last page need not be counted
        return tuple(numbers)

    return count


def test_lists_ask_as_much_for_many_rows_as_for_few(resource, many_rows, asked):
    few, many = (asked(f"{resource.name}/?limit={limit}")[1] for limit in (2, 20))
    assert few == many


def test_pages_ask_little_more_than_their_json(resource, many_rows, asked, people):
    ceiling = OF_VIEWS.get(resource.view.split(":")[0], CEILING)
    keys = resource.visible_to(people["grace"]).keys()
    for path in (f"{resource.name}/", *(f"{resource.name}/{key}/" for key in keys[-1:])):
        json, page = asked(path)
        assert page <= json + ceiling, path
