"""Every kept request is answered as it was."""

import os

import pytest

from . import kept, steps

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("WGER_TEST_DATABASE_URL")), reason="kept on SQLite, whose lists begin with what is missing"
)


def test_every_request_is_answered_as_it_was(api):
    """``python -m tests.snapshots`` keeps other answers: look at the difference before you commit it."""
    known = kept("steps.json")["steps"]
    wrong = []
    for step, got in zip(known, steps.answers(api, known), strict=True):
        expected = step["status"], step["type"], step["json"]
        told = f"{step['method']} {step['path']} as {step['as']} {step.get('body', '')}"
        wrong += [f"{told}: {found}" for found in steps.differences(list(expected), list(got))]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:20]])


def test_every_resource_is_asked(registry):
    asked = {step["path"].partition("/")[0] for step in kept("steps.json")["steps"]}
    assert {resource.name for resource in registry} <= asked
