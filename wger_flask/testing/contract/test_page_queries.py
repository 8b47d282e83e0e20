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
        return numbers[0], numbers[1]

    return count


def test_lists_ask_as_much_for_many_rows_as_for_few(resource, many_rows, asked):
    few, many = (asked(f"{resource.name}/?limit={limit}")[1] for limit in (2, 20))
    assert few == many


def test_pages_ask_little_more_than_their_json(resource, many_rows, asked, people):
    for path, view in pages_of(resource, resource.visible_to(people["grace"]).keys()[-1:]):
        json, page = asked(path)
        assert page <= json + OF_VIEWS.get(view.split(":")[0], CEILING), path


def pages_of(resource, keys):
    """Yield the address of each page of a resource, of its actions too, and the view that it shows."""
    reading = [action for action in resource.actions if "GET" in action.methods]
    yield f"{resource.name}/", resource.view
    yield from ((f"{resource.name}/{action.path.strip('/')}/", action.view) for action in reading if not action.detail)
    for key in keys:
        yield f"{resource.name}/{key}/", resource.view
        for action in reading:
            if action.detail:
                yield f"{resource.name}/{key}/{action.path.strip('/')}/", action.view


def test_pages_about_no_row_ask_only_who_is_there(api, queries):
    client = api("grace")
    for path in ("/", "/api/v2/"):
        assert client.get(path, headers=HTML).status_code == 200
        del queries[:]
        client.get(path, headers=HTML)
        assert len(queries) <= 1, path
