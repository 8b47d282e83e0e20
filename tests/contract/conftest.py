"""Rows to look at, for every resource."""

from __future__ import annotations

import pytest

from tests.factory import make
from wger_flask.storage import fields as columns
from wger_flask.storage.database import transaction


@pytest.fixture
def resource(registry, resource_name):
    """The resource that a contract test looks at."""
    return registry.get(resource_name)


@pytest.fixture
def rows(resource, people):
    """Three rows of grace's (or of everybody's), as keys in the order of insertion.

    Where plain rows are not shown, they have every flag set.
    """
    path, grace = resource.owner.path if resource.owner else (), people["grace"]
    flags = {field.name: True for field in resource.model._meta.sorted_fields if isinstance(field, columns.Boolean)}
    with transaction():
        made = [make(resource.model, grace, path) for _ in range(3)]
        if flags and not resource.visible_to(grace).exists():
            made = [make(resource.model, grace, path, **flags) for _ in range(3)]
    return [row._pk for row in made]


@pytest.fixture
def visible(resource, rows, people, api):
    """The keys of rows that grace sees, as the URL spells them."""
    selection = resource.visible_to(people["grace"])
    return [str(key) for key in selection.keys()]
