"""Whatever the OpenAPI document allows, and what it does not, is answered without a mistake."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.conftest import key_of
from tests.fuzz.odd import examples
from wger_flask.app import open_app
from wger_flask.testing.server import put_aside

BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(scope="session")
def operations(built):
    """The operations of the document by method and path."""
    with put_aside():
        open_app(built)
        schema = schemathesis.openapi.from_wsgi("/api/v2/schema?format=json", built)
        return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def test_every_operation_answers(key_for, operations, operation_name):
    operation = operations[operation_name]
    key = key_for(operation.path.removeprefix("/api/v2/").partition("/")[0])
    takes_nothing = not (operation.query or operation.path_parameters or operation.body)
    cases = [operation.as_strategy(generation_mode=mode) for mode in (BOTH[:1] if takes_nothing else BOTH)]

    @settings(examples(1 if takes_nothing else 3), phases=[Phase.generate])
    @given(st.one_of(cases), st.sampled_from(["ada", "grace", "ada", "grace", None]), st.sampled_from("yyyn"))
    def ask(case, name, existing):
        if case.path_parameters and key and existing == "y":
            case.path_parameters = {"id": key}
        answer = case.call(headers={"Authorization": f"Token {key_of(name)}"} if name else {})
        assert answer.status_code < 500, (name, case.as_curl_command(), answer.text[:500])

    ask()
