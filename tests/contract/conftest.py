"""Rows to look at, for every resource."""

from __future__ import annotations

import pytest

from tests.factory import make
from wger_flask.storage import columns
from wger_flask.storage.database import transaction


@pytest.fixture
def resource(registry, resource_name):
    """The resource that a contract test looks at."""
    return registry.get(resource_name)


@pytest.fixture
def rows(resource, people):
    """Three rows of grace's (or of everybody's), as keys in the order of insertion; one where users have one.

    Where plain rows are not shown, they have every flag set.
    """
    return made_of(resource, people["grace"], 3)


@pytest.fixture
def many_rows(resource, people):
    """Like ``rows``, but 21, each of which refers to rows of its own."""
    return made_of(resource, people["grace"], 21, apart=True)


def made_of(resource, grace, number: int, **how) -> list:
    """Make rows of a resource, and return their keys."""
    path = resource.owner.path if resource.owner else ()
    number = 1 if path and resource.model._meta.fields[path[0]].unique else number
    flags = {field.name: True for field in resource.model._meta.sorted_fields if isinstance(field, columns.Boolean)}
    with transaction():
        made = [make(resource.model, grace, path, **how) for _ in range(number)]
        if flags and not resource.visible_to(grace).exists():
            made = [make(resource.model, grace, path, **how, **flags) for _ in range(number)]
    return [row._pk for row in made]


@pytest.fixture
def visible(resource, rows, people, api):
    """The keys of rows that grace sees, as the URL spells them."""
    selection = resource.visible_to(people["grace"])
    return [str(key) for key in selection.keys()]
