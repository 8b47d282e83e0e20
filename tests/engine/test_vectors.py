"""Compare the engine with every worked routine case that needs no server to be answered."""

import json
import pathlib

import pytest

from wger_flask.engine import sequence
from wger_flask.engine.errors import EngineError

from .recorded import TODAY, World, differences

PATH = pathlib.Path(__file__).parents[2] / ".." / "shared" / "spec" / "routine-vectors.json"

if not PATH.exists():
    pytest.skip("the worked cases lie outside of the repository", allow_module_level=True)

DOCUMENT = json.loads(PATH.read_text())
COMPUTED = {
    "date-sequence-display": lambda world, key: sequence.as_json(
        sequence.display_sequence(world.routine(key), TODAY)
    ),
    "date-sequence-gym": lambda world, key: sequence.as_json(sequence.gym_sequence(world.routine(key), TODAY)),
    "stats": lambda world, key: world.statistics(key).as_json(),
}


def action(step):
    """Return routine and name of the computed answer that a step asks for, if it got one."""
    parts = step["path"].strip("/").split("/")
    asked = step["method"] == "GET" and parts[0] == "routine" and len(parts) == 3 and parts[2] in COMPUTED
    return (parts[1], parts[2]) if asked and step["status"] in (200, 500) else None


CASES = [case for case in DOCUMENT["vectors"] if any(action(step) for step in case["expect"])]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_worked_case(case):
    world = World(DOCUMENT["header"]["fixtures"])
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
                wrong = list(differences(world.fill(step["body_response"]), compute(world, key)))
                assert not wrong, f"{step['path']}: {wrong[:5]}"
            compared += 1
        elif step["method"] != "GET" and step["status"] < 300:
            world.write(step)
    assert compared


def test_nothing_is_left_out():
    answers = [step for case in DOCUMENT["vectors"] for step in case["expect"] if action(step)]
    assert len(CASES) >= 100 and len(answers) >= 200
