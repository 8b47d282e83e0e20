"""Names that are nearly the same: the documented rule, and that shortcuts never change its answer."""

from __future__ import annotations

from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wger_flask.text.similarity import MAX_LENGTH_DIFFERENCE, MIN_RATIO, normalised, too_similar

names = st.text(alphabet="abAB -_", max_size=12)


@pytest.mark.parametrize(
    ("name", "others", "found"),
    [
        ("Bench Press", [], None),
        ("Bench Press", ["Leg Press", "Bench Dips"], None),
        ("Bench Press", ["Squat", "bench-press"], "bench-press"),
        ("Bench_Press", ["Bench Press"], "Bench Press"),
        ("Reverse Trap-Bar Snatchs", ["Reverse Trap-Bar Snatch"], "Reverse Trap-Bar Snatch"),
        ("Bench Presss", ["Bench Presser", "Bench Press", "Bench Pre ss"], "Bench Press"),
        ("Bench Pres", ["Bench Presses", "Bench Press"], "Bench Press"),
        ("Curl", ["Curls"], "Curls"),
        ("Curl", ["C u r l s"], None),
        ("Bench Press", ["Bench Press With Chains"], None),
        ("A", ["A     "], None),
        ("A", ["A  "], "A  "),
    ],
)
def test_the_rule(name, others, found):
    assert too_similar(name, others) == found


@settings(deadline=None)
@given(names, st.lists(names, max_size=8))
def test_shortcuts_change_nothing(name, others):
    near = [other for other in others if abs(len(other) - len(name)) <= MAX_LENGTH_DIFFERENCE]
    same = [other for other in near if normalised(other) == normalised(name)]
    ratios = {other: SequenceMatcher(None, other.lower(), name.lower(), autojunk=False).ratio() for other in near}
    found = too_similar(name, others)
    if same:
        assert found == same[0]
    elif not ratios or max(ratios.values()) < MIN_RATIO:
        assert found is None
    else:
        assert ratios[found] == max(ratios.values())


def test_two_thousand_names_are_few_comparisons(monkeypatch):
    compared = []
    ratio = SequenceMatcher.ratio
    monkeypatch.setattr(SequenceMatcher, "ratio", lambda self: compared.append(1) or ratio(self))
    parts = (
        "Incline",
        "Seated",
        "Reverse",
        "Cable",
        "Barbell",
        "Curl",
        "Press",
        "Row",
        "Raise",
        "Pulldown",
        "Fly",
        "Dip",
    )
    others = [f"{a} {b} {c}" for a in parts for b in parts for c in parts]
    assert too_similar("Standing Calf Stretch", others) is None
    assert len(compared) < len(others) / 20
