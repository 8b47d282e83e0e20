"""Every route that is no resource's, as each user: no mistake, and nothing of a user's rows for another."""

from __future__ import annotations

import re

import pytest

from ...auth.models import Token, User
from ...auth.passwords import UNUSABLE
from ...storage.database import transaction
from ..rows import make, mark
from ..server import key_of as token_of

MARK = "zq7marked"
PUBLIC = {"/api/v2/schema", "/api/v2/schema/"}  # the same for everybody, and large


@pytest.fixture
def marked(registry, people):
    """Rows of grace's in every resource whose rows have an owner, with a mark in their texts; returns their keys."""
    keys = {}
    with transaction():
        for resource in registry:
            if resource.owner is None:
                continue
            own = resource.visible_to(people["grace"]).instances().first()
            row = own or make(resource.model, people["grace"], resource.owner.path)
            mark(row, MARK, resource.only)
            row.save()
            keys[resource.name] = row.get_id()
        shut_out = User.create(username="inactive", password=UNUSABLE, is_active=False)
        Token.create(key=token_of("inactive"), user=shut_out)
    return keys


def addresses(app, registry, keys: dict) -> list[str]:
    """Return the address of each route that is no resource's, with each key of grace's where it takes something."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in registry or rule.rule in PUBLIC:
            continue
        values = ("1", "elsewhere", *(str(key) for key in list(keys.values())[:2])) if "<" in rule.rule else ("",)
        found += [re.sub(r"<[^>]*>", value, rule.rule) for value in values]
    return found


@pytest.mark.parametrize("name", [None, "inactive", "linus", "ada"])
def test_no_route_tells_of_others_or_fails(app, api, registry, marked, name):
    client = api(name)
    for path in addresses(app, registry, marked):
        for method in ("GET", "POST", "PUT", "DELETE"):
            for accept in ("application/json", "text/html"):
                answer = client.open(method, path, {} if method != "GET" else None, headers={"Accept": accept})
                told = (name, method, path, accept, answer.status_code)
                assert answer.status_code < 500, told
                assert MARK.encode() not in answer.get_data(), told  # bytes: some answers are files
