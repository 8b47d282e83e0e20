"""Compare the engine with every worked routine case that needs no server to be answered."""

import json
import pathlib

import pytest

from tests.snapshots import kept
from wger_flask.engine import sequence
from wger_flask.engine.errors import EngineError

from . import pounds
from .recorded import TODAY, World, differences

PATH = pathlib.Path(__file__).parents[2] / ".." / "shared" / "spec" / "routine-vectors-2.7.0.json"

needs_shared = pytest.mark.skipif(not PATH.exists(), reason="without ../shared: the recorded cases")

# What a genuine server answered, where it is at hand, and what this one does.
RECORDED = json.loads(PATH.read_text()) if PATH.exists() else {"header": {"fixtures": {}}, "vectors": []}
KEPT = kept("routines.json")
COMPUTED = {
    "date-sequence-display": lambda world, key: sequence.as_json(sequence.display_sequence(world.routine(key), TODAY)),
    "date-sequence-gym": lambda world, key: sequence.as_json(sequence.gym_sequence(world.routine(key), TODAY)),
    "stats": lambda world, key: world.statistics(key).as_json(),
}


def action(step):
    """Return routine and name of the computed answer that a step asks for, if it got one."""
    parts = step["path"].strip("/").split("/")
    asked = step["method"] == "GET" and parts[0] == "routine" and len(parts) == 3 and parts[2] in COMPUTED
    return (parts[1], parts[2]) if asked and step["status"] in (200, 500) else None


CASES = [case for case in RECORDED["vectors"] if any(action(step) for step in case["expect"])]
BOTH = [(RECORDED, case) for case in CASES] + [(KEPT, case) for case in KEPT["vectors"]]


@pytest.mark.parametrize("document, case", BOTH, ids=[case["name"] for _, case in BOTH])
def test_worked_case(document, case):
    world = World(document["header"]["fixtures"])
    compared = 0
    for step in case["setup"] + case["expect"]:
        asked = action(step)
        if asked and not step.get("quirk"):
            compute = COMPUTED[asked[1]]
            key = int(world.names[asked[0].strip("{}")])
            if step.get("genuine_500"):
                with pytest.raises(EngineError):
                    compute(world, key)
            else:
                expected = world.fill(step["body_response"])
                if asked[1] == "stats" and document is RECORDED:
                    expected = with_pounds(case, world, key, expected)
                wrong = list(differences(expected, compute(world, key)))
                assert not wrong, f"{step['path']}: {wrong[:5]}"
            compared += 1
        elif step["method"] != "GET" and step["status"] < 300:
            world.write(step)
    assert compared


def with_pounds(case, world, key, recorded):
    """Return the statistics that are right where the recorded ones leave sets in pounds out."""
    sets = [
        log | {name: str(log[name]) for name in ("weight", "repetitions") if log[name] is not None}
        for log in world.sets(key)
    ]
    without = pounds.expected_statistics(sets, world.muscles, masses=(pounds.KILOGRAM,))
    assert not list(differences(recorded, without)), "what is recorded is right for the sets in kilograms"
    right = pounds.expected_statistics(sets, world.muscles)
    assert right == without or case["name"] in pounds.CASES
    return right


@needs_shared
def test_the_cases_with_pounds_are_those_that_are_named():
    found = set()
    for case in CASES:
        steps = case["setup"] + case["expect"]
        logged = [step["body"] for step in steps if step["path"] == "workoutlog/" and step["method"] == "POST"]
        if any(body.get("weight_unit") == pounds.POUND for body in logged) and any(
            step["path"].endswith("/stats/") for step in steps
        ):
            found.add(case["name"])
    assert found == pounds.CASES
    page = (pathlib.Path(__file__).parents[2] / "docs" / "compatibility.md").read_text()
    assert all(name in page for name in pounds.CASES)


def test_the_kept_cases_are_many():
    assert len(KEPT["vectors"]) >= 30 and len({case["name"] for case in KEPT["vectors"]}) == len(KEPT["vectors"])


@needs_shared
def test_nothing_is_left_out():
    answers = [step for case in RECORDED["vectors"] for step in case["expect"] if action(step)]
    assert len(CASES) >= 100 and len(answers) >= 200
