"""Tell the stories of routines to a server, and keep every request with its answer.

The form is the one that the tests of the engine and of the routines replay.  Keys of rows become names: ``{{R1}}``.
"""

from __future__ import annotations

from wger_flask.domain.exercises.models import Exercise, ExerciseCategory, muscles
from wger_flask.domain.routines import models
from wger_flask.storage.database import database, transaction

from .stories import CASES, EXERCISES
from .story import Story

COMPUTED = ("date-sequence-display", "date-sequence-gym", "stats")
FIRST_KEYS = 10**8  # keys are told from other numbers by their size


def record(fresh) -> dict:
    """Return the document of all cases; ``fresh()`` gives clients on a database of their own."""
    fixtures = {name: {"primary_muscles": keys} for name, keys in EXERCISES.items()}
    return {"header": {"fixtures": fixtures}, "vectors": [_recorded(case, fresh) for case in CASES]}


def _recorded(case, fresh) -> dict:
    story = Story(f"own-{case.__name__.replace('_', '-')}", case.__doc__ or "")
    case(story)
    expect = [{"actor": "A", "method": "GET", "path": f"routine/{{{{R1}}}}/{name}/"} for name in COMPUTED]
    expect += [{"actor": "A", "method": "GET", "path": f"routine/{{{{R1}}}}/{name}/"} for name in ("structure", "logs")]
    with fresh() as client:
        names = _make_exercises()
        _start_keys_high()
        grace = client("grace")
        for step in story.setup + expect:
            answer = grace.open(step["method"], _filled(step["path"], names), _filled(step.get("body"), names))
            step["status"] = answer.status_code
            assert answer.status_code < 300, f"{story.name}: {step}: {answer.text}"
            for name, key in step.get("capture", {}).items():
                names[name] = answer.json[key]
        by_key = {key: f"{{{{{name}}}}}" for name, key in names.items()}
        for step in expect:
            step["body_response"] = _named(grace.get(_filled(step["path"], names)).json, by_key)
    return {"name": story.name, "setup": story.setup, "expect": expect}


def _make_exercises() -> dict[str, int]:
    found = {}
    with transaction():
        first = Exercise.create(id=2 * FIRST_KEYS, category=ExerciseCategory.select().first()).id
        for place, (name, primary) in enumerate(EXERCISES.items(), start=1):
            found[name] = Exercise.create(id=first + place, category=ExerciseCategory.select().first()).id
            muscles.replace(found[name], primary)
    return found


def _start_keys_high() -> None:
    with transaction():
        for place, model in enumerate(models.MODELS, start=3):
            table = model._meta.table_name
            database.obj.execute_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            database.obj.execute_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, place * FIRST_KEYS))


def _filled(value, names: dict):
    """Return ``value`` with keys in place of names; a text that is one name becomes the key itself."""
    if isinstance(value, dict):
        return {key: _filled(item, names) for key, item in value.items()}
    if isinstance(value, str):
        for name, key in names.items():
            if value == f"{{{{{name}}}}}":
                return key
            value = value.replace(f"{{{{{name}}}}}", str(key))
    return value


def _named(value, by_key: dict):
    """Return ``value`` with names in place of keys, and tokens for what differs from run to run."""
    if isinstance(value, dict):
        return {_named_key(key, by_key): _named(item, by_key) for key, item in value.items() if key != "created"} | (
            {"created": "<<datetime>>"} if "created" in value else {}
        )
    if isinstance(value, list):
        return [_named(item, by_key) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= FIRST_KEYS:
        return by_key.get(value, "<<any>>")
    return by_key.get(value, value) if isinstance(value, str) else value


def _named_key(key: str, by_key: dict) -> str:
    return by_key.get(int(key), key) if key.isdigit() and int(key) >= FIRST_KEYS else key
