"""Rows to look at, for every resource; and the kit's fixtures under shorter names."""

from __future__ import annotations

import pytest

from ...storage import columns
from ...storage.database import transaction
from ...storage.model import columns_of
from ..resources import resource_names
from ..rows import fit, make
from ..short_names import *  # noqa: F403  fixtures are found by their names


def pytest_generate_tests(metafunc):
    """Run each test over the resources that ``--wger-resource`` names, or over all of them."""
    if "resource_name" not in metafunc.fixturenames:
        return
    known = resource_names()
    chosen = metafunc.config.getoption("--wger-resource") or known
    for name in chosen:
        if name not in known:
            raise pytest.UsageError(f"--wger-resource: there is no resource {name!r}; there are: {', '.join(known)}")
    metafunc.parametrize("resource_name", chosen)


@pytest.fixture(autouse=True)
def _is_there(request):
    """Skip what is about a resource that is off on this database, as those of the log of changes may be."""
    if "resource_name" in request.fixturenames:
        name = request.getfixturevalue("resource_name")
        if name not in {resource.name for resource in request.getfixturevalue("registry")}:
            pytest.skip(f"{name} is off on this database")


@pytest.fixture
def resource(registry, resource_name):
    """The resource that a contract test looks at."""
    return registry.get(resource_name)


@pytest.fixture
def client(api, resource):
    """A client that may write: ada, who may do everything, where rows are everybody's, else grace, whose they are."""
    return api("ada" if resource.owner is None else "grace")


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
    number = 1 if path and columns_of(resource.model)[path[0]].unique else number
    flags = {field.name: True for field in columns_of(resource.model).values() if isinstance(field, columns.Boolean)}
    with transaction():
        made = [make(resource.model, grace, path, **how) for _ in range(number)]
        if flags and not resource.visible_to(grace).exists():
            made = [make(resource.model, grace, path, **how, **flags) for _ in range(number)]
        for row in made:
            fit(row, resource.only)
    return [row.get_id() for row in made]


@pytest.fixture
def visible(resource, rows, people, api):
    """The keys of rows that grace sees, as the URL spells them."""
    selection = resource.visible_to(people["grace"])
    return [str(key) for key in selection.keys()]
