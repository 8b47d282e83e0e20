"""A call within a call, as uploads and actions make them, is let in where a request of its own would be."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from flask import request

from wger_flask.auth.identity import by_id
from wger_flask.rest.call import Call
from wger_flask.rest.errors import ApiError, NotFound, Throttled
from wger_flask.rest.services import services
from wger_flask.rest.views import targets
from wger_flask.storage.model import key_of
from wger_flask.testing.contract.conftest import made_of
from wger_flask.testing.resources import resource_names

WRITES = ("POST", "PUT", "PATCH", "DELETE")
REFUSED = (401, 403, 405)


@pytest.fixture
def within(app, registry):
    """Return the call of a user, from which others are made."""

    @contextmanager
    def call(user):
        with app.test_request_context("/api/v2/upload-powersync-data?format=json", method="PUT"):
            outer = Call(targets(registry.get("weightentry"))[0], request, None, "")
            outer.user = by_id(user.id) if user else None
            yield outer

    return call


def status_within(outer: Call, target, method: str) -> int:
    try:
        outer.on(target, method, {}, "0")
    except ApiError as refused:
        return refused.status
    return 200


@pytest.mark.parametrize("name", resource_names())
def test_who_and_what_is_refused_is_what_a_request_is_refused(api, people, registry, within, name):
    for place, target in zip(("", "0/"), targets(registry.get(name)), strict=True):
        for user in (None, "linus", "ada"):
            for method in WRITES:
                asked = api(*[user] * bool(user)).open(method, f"{name}/{place}", {})
                with within(people[user] if user else None) as outer:
                    got = status_within(outer, target, method)
                told = asked.status_code if asked.status_code in REFUSED else 200
                assert got == told, (place, user, method)


@pytest.mark.parametrize("name", resource_names())
def test_rows_of_others_are_not_there_within_a_call_either(people, registry, within, name):
    resource = registry.get(name)
    if resource.owner is None or not set(resource.detail_methods) & set(WRITES):
        pytest.skip("these have no owner, or are not written")
    row, detail = made_of(resource, people["grace"], 1)[0], targets(resource)[1]
    for method in sorted(set(resource.detail_methods) & set(WRITES)):
        with within(people["linus"]) as outer:
            sent = outer.on(detail, method, {}, str(row))
            with pytest.raises(NotFound):
                detail.handlers[method](sent)
    assert resource.model.get_or_none(key_of(resource.model) == row) is not None


@pytest.mark.parametrize("name", resource_names())
def test_what_is_too_much_for_a_request_is_too_much_within_a_call(people, registry, within, monkeypatch, name):
    resource = registry.get(name)
    written = set(WRITES) & {*resource.list_methods, *resource.detail_methods}
    if not written:
        pytest.skip("these are not written")
    monkeypatch.setitem(resource.__dict__, "throttle", dict.fromkeys(WRITES, "login"))

    def refuse(scope, caller):
        raise Throttled(30)

    for target in targets(resource):
        for method in written & set(target.handlers):
            with within(people["ada"]) as outer:
                assert status_within(outer, target, method) == 200
                with monkeypatch.context() as held:
                    held.setattr(services().throttle, "demand", refuse)
                    assert status_within(outer, target, method) == 429
