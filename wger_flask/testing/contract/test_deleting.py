"""What a deletion is said to take along is what it takes along, whatever hangs on what."""

from __future__ import annotations

import pytest

from ...rest.deletion import action_of
from ...storage import signals
from ...storage.cascade import look_ahead
from ...storage.database import transaction
from ...storage.links import is_link
from ...storage.model import key_of, references_to
from ..rows import make, pairs


@pytest.fixture
def laden(request, resource, people, registry, monkeypatch):
    """The resource and one of its rows, on which other rows hang, and rows on those.

    They come as those of an import do, of which no listener is told: nothing follows from them yet, such as a trophy
    that their deletion would take back.
    """
    if action_of(resource) is None:
        pytest.skip("nothing hangs on these, or nothing is deleted")
    grace = people["grace"]
    with monkeypatch.context() as untold, transaction():
        untold.setattr(signals, "_listeners", {})
        rows = request.getfixturevalue("rows")
        found = [(resource.model, rows[0])]
        for model, key in found:  # it grows
            for reference, owner in references_to(model).items():
                if owner in registry.models and len(found) < 60:
                    alike = any(unique for _, unique in pairs(owner))
                    made = [make(owner, grace, **{reference.name: key}) for _ in range(1 if alike else 2)]
                    found += [(owner, row._pk) for row in made]
    return resource, rows[0]


def tables(resource, registry) -> dict:
    """Return the keys of every table that can be touched."""
    return {model: set(row[0] for row in model.select(key_of(model)).tuples()) for model in registry.models}


def test_what_is_told_is_what_happens(api, laden, registry):
    resource, key = laden
    client = api("ada" if resource.owner is None else "grace")
    path = f"{resource.name}/{key}/"
    if client.get(path).status_code == 404:
        pytest.skip("the row is not visible")
    told = client.get(f"{path}deletion/")
    assert told.status_code == 200, told.data
    goes, stays = look_ahead(resource.model, [key])
    assert sum(told.json["goes"].values()) == sum(n for model, n in goes.items() if not is_link(model))
    assert told.json["goes"][resource.name] >= 1
    before = tables(resource, registry)
    assert client.delete(path).status_code == 204
    after = tables(resource, registry)
    for model in registry.models:
        gone = before[model] - after[model]
        assert len(gone) == goes.get(model, 0), model
    assert sum(told.json["stays"].values()) == sum(stays.values())


def test_nobody_else_is_told(api, laden):
    resource, key = laden
    path = f"{resource.name}/{key}/deletion/"
    assert api().get(path).status_code == 403
    assert api("linus").get(path).status_code == (403 if resource.owner is None else 404)
