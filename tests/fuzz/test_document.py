"""What is answered is what the OpenAPI document says, to whoever asks: schemathesis, with all its checks.

Requests are made from the document, right ones and wrong ones, and from what was answered before
(a row that is made is read, changed, deleted and asked for again).  The same few each time;
``make fuzz-api`` makes many more, and every combination of every parameter.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.transport.wsgi import WSGITransport

from tests.conftest import key_of
from wger_flask.storage import server_zone
from wger_flask.storage.database import database

TIMES = int(os.environ.get("DOCUMENT_TIMES", "1"))
PEOPLE = {"anybody": None, "a user": "grace", "an administrator": "ada"}
# One of each kind: everything of it is tried, each value of each parameter alone.
SAMPLES = tuple(
    (
        "weightentry workoutsession copy slot-entry/{id} muscle userprofile get_values token register check-language "
        "auth/login account/email upload-powersync-data"
    ).split()
)
CONFIG = {
    "seed": 1,
    "continue-on-failure": True,
    "checks": {
        # What a reference leads to, and how values go together, no schema can say: such a body may be refused; and
        # what is gone takes nothing; nor does a key of a write that was made before.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "410", "422", "429", "5xx"],
        },
    },
}
# An upload of an offline client is never refused by a status, whatever it sends: it would send it again for ever.
ANSWERED = {("negative_data_rejection", "/api/v2/upload-powersync-data")}


def is_right_on_the_wire(check: str, case: schemathesis.Case) -> bool:
    """Tell whether what was made wrong in a request is right once it is sent.

    All that is in a query is text, so that a number in the place of a text, or of a list of one, is none; what is null
    is left out, and a form without parts is an object without values.
    """
    if check != "negative_data_rejection":
        return False
    lists = {
        parameter["name"] for parameter in case.operation.definition.raw.get("parameters", ()) if _is_list(parameter)
    }
    odd = [
        name
        for name, value in (case.query or {}).items()
        if value is None or isinstance(value, int | float) or name in lists and _is_number(value)
    ]
    return bool(odd) or case.media_type == "multipart/form-data" and not case.body


def _is_list(parameter: dict) -> bool:
    return parameter.get("schema", {}).get("type") == "array"


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False


def has_some_fields(case: schemathesis.Case, message: str) -> bool:
    """Tell whether what is amiss in an answer is a field that the query left out, as the document says beside it."""
    return bool((case.query or {}).get("fields")) and "is a required property" in message


PHASES = ("examples", "coverage", "fuzzing", "stateful")
# The few that are always the same are not made of keys and moments that were answered before, which are not.
SAME = {} if TIMES > 1 else {"extra-data-sources": {"responses": False}, "error-feedback": {"enabled": False}}
MORE = {"fuzzing": SAME, "stateful": {"generation": {"max-examples": 10 * TIMES}}}


@pytest.fixture
def document(app, monkeypatch):
    """Return a function that gives the schema for a person and some phases; requests go into the application itself."""
    if database.obj.dialect.name != "sqlite":
        pytest.skip("requests come from other threads, which do not see what is rolled back here")
    monkeypatch.setattr(server_zone, "_zone", ZoneInfo("UTC"))  # others once had seconds in their offsets

    def send(self, case, *, session=None, **options):
        for name in ("max_redirects", "verify", "cert", "proxies"):  # mean nothing without a socket
            options.pop(name, None)
        return straight(self, case, session=session, **options)

    straight = WSGITransport.send
    monkeypatch.setattr(WSGITransport, "send", send)
    app.teardown_appcontext_funcs.append(lambda error: database.obj.is_closed() or database.obj.close())

    def document(name: str | None, *phases: str):
        sent = {"Accept-Encoding": "identity"}  # nothing unpacks what is compressed where there is no socket
        if name:
            sent["Authorization"] = f"Token {key_of(name)}"
        config = SchemathesisConfig.from_dict(
            {
                **CONFIG,
                "headers": sent,
                "phases": {phase: {"enabled": phase in phases, **MORE.get(phase, {})} for phase in PHASES},
                # generated credentials would go beside those that are given
                "generation": {"max-examples": 2 * TIMES, "with-security-parameters": False},
            }
        )
        return schemathesis.openapi.from_wsgi("/api/v2/schema?format=json", app, config=config)

    yield document
    app.teardown_appcontext_funcs.pop()


def hold(schema) -> Counter:
    """Make the requests; fails with everything that was not as the document says, counts those that were made."""
    wrong, made = {}, Counter()
    for event in from_schema(schema).execute():
        if problem := getattr(event, "value", None) or getattr(event, "exception", None):
            wrong[str(problem)] = f"{getattr(event, 'label', '')}: {problem}"
        recorder = getattr(event, "recorder", None)
        if recorder is None:
            continue
        made[event.phase.value] += len(recorder.cases)
        for number, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is None:
                    continue
                case, failure = recorder.cases[number].value, check.failure_info.failure
                if has_some_fields(case, failure.message):
                    continue
                if (check.name, case.path) not in ANSWERED and not is_right_on_the_wire(check.name, case):
                    told = f"{check.name}: {failure.message}\n{case.as_curl_command()}"
                    wrong.setdefault((check.name, case.method, case.path, failure.title), told)
    assert not wrong, "\n\n".join(wrong.values())
    return made


@pytest.mark.parametrize("who", PEOPLE)
def test_any_request_and_what_follows_from_it(document, who):
    made = hold(document(PEOPLE[who], "examples", "fuzzing", "stateful"))
    print(who, dict(made))
    assert made["fuzzing"] > 200 * TIMES and made["stateful"] > 20 * TIMES, made


@pytest.mark.parametrize("who", PEOPLE)
def test_every_value_of_every_parameter(document, who):
    schema = document(PEOPLE[who], "coverage")
    if TIMES == 1:
        schema = schema.include(path_regex=f"/({'|'.join(SAMPLES)})/?$".replace("{id}", "[^/]+"))
    made = hold(schema)
    print(who, dict(made))
    assert made["coverage"] > 1000, made
