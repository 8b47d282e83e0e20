"""What each field takes, what it says to the rest, and what happens to those that are left out."""

from __future__ import annotations

import pytest

REQUIRED, NULL = "This field is required.", "This field may not be null."
TEXT, BOOLEAN, INTEGER, NUMBER = (
    "Not a valid string.",
    "Must be a valid boolean.",
    "A valid integer is required.",
    "A valid number is required.",
)
DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
MOMENT = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
POSITIVE, MISSING_OR_POSITIVE = (
    "Ensure this value is greater than or equal to 0.",
    "Ensure this value is either NULL or greater than or equal to 0.",
)
WIDEST = "Ensure this value is less than or equal to 2147483647."
RIR = "{} is not a valid RiR option: [None, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]"


def longest(count: int) -> str:
    return f"Ensure this field has no more than {count} characters."


def digits(kind: str, count: int) -> str:
    told = {"whole": "digits before the decimal point", "places": "decimal places", "total": "digits in total"}[kind]
    return f"Ensure that there are no more than {count} {told}."


def choice(value) -> str:
    return f'"{value}" is not a valid choice.'


def absent(key) -> str:
    return f'Invalid pk "{key}" - object does not exist.'


def incorrect(kind: str) -> str:
    return f"Incorrect type. Expected pk value, received {kind}."


class Taken:
    """A value that is accepted, and how it is answered."""

    def __init__(self, answered):
        self.answered = answered


ORDER = [
    (None, NULL),
    (-1, POSITIVE),
    ("2.5", INTEGER),
    (2.5, INTEGER),
    (True, INTEGER),
    ("", INTEGER),
    (2**31, WIDEST),
    (3.0, Taken(3)),
    ("7", Taken(7)),
    (2**31 - 1, Taken(2**31 - 1)),
    (0, Taken(0)),
]
FLAG = [(None, NULL), ("", BOOLEAN), (2, BOOLEAN), ([], BOOLEAN), ("yes", Taken(True)), (0, Taken(False))]
ANYTHING = [(value, Taken(value)) for value in (None, False, 0, "", "x", [1, {"a": None}], {"b": [1.5]}, 10**20)]
AMOUNT = [
    (None, Taken(None)),
    (-1, MISSING_OR_POSITIVE),
    ("-0.01", MISSING_OR_POSITIVE),
    ("", Taken(None)),
    (True, NUMBER),
    ("NaN", NUMBER),
    ("1.005", digits("places", 2)),
    (10000, digits("whole", 4)),
    ("12345.67", digits("total", 6)),
    (9999.99, Taken("9999.99")),
    (0, Taken("0.00")),
    ("1e2", Taken("100.00")),
]
RESERVE = [
    ("1.3", RIR.format("1.3")),
    (5, RIR.format("5.0")),
    (10, digits("whole", 1)),
    ("1.25", digits("total", 2)),
    (".25", digits("places", 1)),
    (100, digits("total", 2)),
    (True, NUMBER),
    (-1, (MISSING_OR_POSITIVE, RIR.format("-1.0"))),
    (0, Taken("0.0")),
    ("4.5", Taken("4.5")),
    (2, Taken("2.0")),
]
SECONDS = [(None, Taken(None)), (-1, POSITIVE), ("1.5", INTEGER), (2**31, WIDEST), (90, Taken(90)), (0, Taken(0))]
UNIT = [
    (None, Taken(None)),
    (99, absent(99)),
    (0, absent(0)),
    ("x", incorrect("str")),
    (True, incorrect("bool")),
    ("2", Taken(2)),
]
EXERCISE = [(None, NULL), (0, absent(0)), (2**63, absent(2**63)), ([], incorrect("list"))]
ROUNDING = [
    (100, digits("whole", 2)),
    ("1.255", digits("places", 2)),
    ("-2.5", Taken("-2.50")),
    ("99.99", Taken("99.99")),
    ("x", NUMBER),
    ("0.001", digits("places", 2)),
]
KEY = [("zz", "Must be a valid UUID."), (None, NULL), (1.5, "Must be a valid UUID."), ("", "Must be a valid UUID.")]
CONFIG = {
    "iteration": ORDER,
    "operation": [(None, NULL), ("", choice("")), ("*", choice("*")), ("-", Taken("-"))],
    "step": [(None, NULL), ("x", choice("x")), (1, choice(1)), ("percent", Taken("percent"))],
    "repeat": FLAG,
}
CAPPED = [
    (None, NULL),
    ("", NUMBER),
    (False, NUMBER),
    (-1, POSITIVE),
    ("3000.01", "Ensure this value is less than or equal to 3000."),
    (10000, digits("whole", 4)),
    ("0.001", digits("places", 2)),
    (3000, Taken("3000.00")),
    ("62.5", Taken("62.50")),
]


def counted(most: int) -> list:
    return [
        (None, NULL),
        ("2.5", INTEGER),
        (True, INTEGER),
        (-1, POSITIVE),
        (3.0, Taken(3)),
        (most, Taken(most)),
        (most + 1, f"Ensure this value is less than or equal to {most}."),
    ]


FIELDS = {
    "routine": {
        "name": [
            (None, NULL),
            ([], TEXT),
            (True, TEXT),
            ("x" * 26, longest(25)),
            ("x" * 25, Taken("x" * 25)),
            (5, Taken("5")),
            ("", Taken("")),
            ("  a ", Taken("a")),
            ("\0", "Null characters are not allowed."),
        ],
        "description": [(None, NULL), ("x" * 1001, longest(1000)), ("", Taken(""))],
        "start": [
            (None, NULL),
            ("", DATE),
            (20240109, DATE),
            ("2024-01-01T10:00", DATE),
            ("2024-02-30", DATE),
            ("2024-1-9", Taken("2024-01-09")),
        ],
        "end": [(None, NULL), (True, DATE), ("x", DATE), ("2024-1-20", Taken("2024-01-20"))],
        "fit_in_week": FLAG,
        "is_template": FLAG,
    },
    "day": {
        "order": ORDER,
        "name": [(None, NULL), ("x" * 21, longest(20)), ("x" * 20, Taken("x" * 20))],
        "description": [(None, NULL), ("x" * 1001, longest(1000))],
        "is_rest": FLAG,
        "need_logs_to_advance": FLAG,
        "type": [(None, NULL), ("", choice("")), ("x", choice("x")), (1, choice(1)), ("amrap", Taken("amrap"))],
        "config": ANYTHING,
    },
    "slot": {"order": ORDER, "comment": [(None, NULL), ("x" * 201, longest(200)), ("", Taken(""))], "config": ANYTHING},
    "slot-entry": {
        "exercise": EXERCISE,
        "type": [(None, NULL), ("x", choice("x")), ("jump", Taken("jump"))],
        "repetition_unit": UNIT,
        "weight_unit": UNIT,
        "repetition_rounding": ROUNDING,
        "weight_rounding": ROUNDING,
        "order": ORDER,
        "comment": [(None, NULL), ("x" * 101, longest(100))],
        "config": ANYTHING,
    },
    "workoutsession": {
        "id": KEY,
        "datetime_start": [
            (None, NULL),
            ("", MOMENT),
            (5, MOMENT),
            ("2024-03-01", Taken("2024-03-01T00:00:00+01:00")),
            ("2024-03-01T23:30:00Z", Taken("2024-03-02T00:30:00+01:00")),
        ],
        "datetime_end": [(None, Taken(None)), ("", MOMENT), ([], MOMENT)],
        "notes": [(None, Taken(None)), ("", Taken("")), ([], TEXT), ("x" * 10000, Taken("x" * 10000))],
        "impression": [(None, NULL), (4, choice(4)), ("", choice("")), (1, Taken("1")), ("3", Taken("3"))],
    },
    "workoutlog": {
        "id": KEY,
        "exercise": EXERCISE,
        "iteration": [(None, Taken(None)), *ORDER[1:]],
        "date": [
            (None, NULL),
            ("", MOMENT),
            (5, MOMENT),
            ("2024-03-01", Taken("2024-03-01T00:00:00+01:00")),
            ("2024-03-01T23:30:00Z", Taken("2024-03-02T00:30:00+01:00")),
        ],
        "session": [("zz", "“zz” is not a valid UUID.")],
        "next_log": [("zz", "“zz” is not a valid UUID."), (None, Taken(None))],
        "repetitions_unit": UNIT[1:],
        "weight_unit": UNIT[1:],
        "repetitions": AMOUNT[1:],
        "weight": AMOUNT,
        "repetitions_target": AMOUNT,
        "weight_target": AMOUNT,
        "rir": [(None, Taken(None)), *RESERVE],
        "rir_target": [(None, Taken(None)), *RESERVE],
        "rest": SECONDS,
        "rest_target": SECONDS,
    },
    "weight-config": {**CONFIG, "value": CAPPED},
    **{f"{name}-config": {"value": CAPPED} for name in ("max-weight", "repetitions", "max-repetitions")},
    **{f"{name}-config": {"value": counted(50)} for name in ("sets", "max-sets")},
    "rest-config": {"value": counted(1800)},
    "max-rest-config": {"value": counted(600)},
    **{f"{name}-config": {"value": [(None, NULL), *RESERVE]} for name in ("rir", "max-rir")},
}


@pytest.fixture
def least(grace):
    """The least that each resource asks for."""
    day = grace.day(grace.routine())
    slot = grace.slot(day)
    entry = grace.entry(slot)
    config = {"slot_entry": entry["id"], "iteration": 2, "value": 1, "operation": "+"}
    return {
        "routine": {"start": "2024-01-01", "end": "2024-01-31"},
        "day": {"routine": day["routine"]},
        "slot": {"day": day["id"]},
        "slot-entry": {"slot": slot["id"], "exercise": grace.exercise},
        "workoutsession": {},
        "workoutlog": {"exercise": grace.exercise, "repetitions": 5, "weight": 50},
        **{name: config for name in FIELDS if name.endswith("-config")},
    }


@pytest.mark.parametrize("resource", FIELDS)
def test_what_fields_take(grace, least, resource):
    for field, cases in FIELDS[resource].items():
        for value, expected in cases:
            answer = grace.client.post(f"{resource}/", {**least[resource], field: value})
            told = f"{field}={value!r}: {answer.status_code} {answer.data[:200]}"
            if not isinstance(expected, Taken):
                messages = [expected] if isinstance(expected, str) else list(expected)
                assert (answer.status_code, answer.json) == (400, {field: messages}), told
                continue
            assert answer.status_code == 201 and answer.json[field] == expected.answered, told
            path = f"{resource}/{answer.json['id']}/"
            for method, body in (("PATCH", {}), ("PUT", least[resource])):
                changed = grace.client.open(method, path, {**body, field: value})
                assert (changed.status_code, changed.json[field]) == (200, expected.answered), told
            grace.client.delete(path)


@pytest.mark.parametrize(
    ("resource", "needed"),
    [
        ("routine", ["start", "end"]),
        ("day", ["routine"]),
        ("slot", ["day"]),
        ("slot-entry", ["slot", "exercise"]),
        ("workoutlog", ["exercise"]),
        ("workoutsession", []),
        *((name, ["slot_entry", "iteration", "value"]) for name in FIELDS if name.endswith("-config")),
    ],
)
def test_what_is_required(grace, least, resource, needed):
    row = grace.post(resource, **least[resource])
    changed = {name: value for name, value in row.items() if name not in ("id", *needed)}
    answers = [grace.client.put(f"{resource}/{row['id']}/", {})]
    if needed:
        answers.append(grace.client.post(f"{resource}/", changed))
        for answer in answers:
            assert (answer.status_code, answer.json) == (400, {name: [REQUIRED] for name in needed})
    else:
        assert (answers[0].status_code, answers[0].json) == (200, row)
    assert grace.client.patch(f"{resource}/{row['id']}/", {}).json == row


@pytest.mark.parametrize("resource", FIELDS)
def test_put_keeps_what_it_does_not_name(grace, least, resource):
    more = {
        "routine": {"name": "a", "description": "b", "fit_in_week": True, "is_template": True, "is_public": True},
        "day": {"order": 4, "name": "a", "need_logs_to_advance": True, "type": "hiit", "config": {"a": 1}},
        "slot": {"order": 4, "comment": "a", "config": [1]},
        "slot-entry": {"type": "myo", "repetition_unit": None, "weight_unit": 2, "order": 9, "weight_rounding": "2.50"},
        "workoutsession": {
            "datetime_start": "2024-05-01T10:00:00+02:00",
            "datetime_end": "2024-05-01T11:00:00+02:00",
            "notes": "a",
            "impression": "3",
        },
        "workoutlog": {
            "rir": "1.5",
            "rest": 90,
            "iteration": 3,
            "date": "2024-03-01T10:00:00+01:00",
            "weight_target": "60.00",
        },
    }.get(resource, {"repeat": True, "step": "percent", "requirements": {"rules": ["rir"], "x": 1}})
    row = grace.post(resource, **least[resource], **more)
    assert {name: row[name] for name in more} == more
    assert grace.client.put(f"{resource}/{row['id']}/", least[resource]).json == row
    ignored = {"user": 2, "class_name": "x", "created": "2000-01-01T00:00:00Z", "unknown": 1}
    assert grace.client.patch(f"{resource}/{row['id']}/", ignored).json == row


def test_what_a_new_row_is_like(grace, least):
    assert grace.post("day", **least["day"]) | {"id": 0} == {
        "id": 0,
        "routine": least["day"]["routine"],
        "order": 1,
        "name": "",
        "description": "",
        "is_rest": False,
        "need_logs_to_advance": False,
        "type": "custom",
        "config": None,
    }
    assert grace.post("slot", **least["slot"]) | {"id": 0} == {
        "id": 0,
        "day": least["slot"]["day"],
        "order": 1,
        "comment": "",
        "config": None,
    }
    config = {"slot_entry": least["weight-config"]["slot_entry"], "iteration": 3, "value": 5}
    assert grace.post("rir-config", **config | {"value": 1}) | {"id": 0} == {
        **config,
        "id": 0,
        "value": "1.0",
        "operation": "r",
        "step": "na",
        "repeat": False,
        "requirements": None,
    }
    log = grace.log(date="2024-03-01")
    assert {name for name, value in log.items() if value is None} == {
        "routine",
        "iteration",
        "slot_entry",
        "next_log",
        "repetitions_target",
        "weight_target",
        "rir",
        "rir_target",
        "rest",
        "rest_target",
    }
    assert (log["repetitions_unit"], log["weight_unit"]) == (1, 1)
