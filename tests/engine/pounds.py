"""What the statistics of a routine are when sets in pounds count, reckoned once more and on another way.

The recorded server left those sets out.  Of the worked cases the ones named here have some; their
statistics differ from the recorded ones, and are held to this.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

CASES = frozenset(
    ["stats-excluded-units", *(f"mixed-{n}" for n in (101, 102, 104, 105, 106, 107, 108, 110, 111, 112, 114, 116, 118))]
)
"""The worked cases in which statistics are asked for and sets were logged in pounds."""

KILOGRAM, POUND, REPETITIONS = 1, 2, 1


def converted(weight: Decimal) -> Decimal:
    """Return pounds in kilograms with four decimals."""
    return (weight * Decimal("0.45359237")).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)


def expected_statistics(sets: list[dict], muscles: dict[int, list[int]], masses=(KILOGRAM, POUND)) -> dict:
    """Return the document of the statistics endpoint.

    ``sets`` are logs in order, with the ``day`` of their session; ``masses`` are the units that count.
    """
    done = [one for one in sets if one["weight_unit"] in masses and one["repetitions_unit"] == REPETITIONS]
    full = [one for one in done if one["weight"] is not None and one["repetitions"] is not None]
    return {
        "intensity": _grouped(full, _intensity, muscles, mean=True),
        "sets": _grouped(done, lambda one: Decimal(1), muscles),
        "volume": _grouped(done, _volume, muscles),
    }


def _volume(one: dict) -> Decimal:
    if one["weight"] is None or one["repetitions"] is None:
        return Decimal(0)
    weight = Decimal(one["weight"])
    return (converted(weight) if one["weight_unit"] == POUND else weight) * Decimal(one["repetitions"])


def _intensity(one: dict) -> Decimal:
    share = Decimal(1.0278) - Decimal(0.0278) * Decimal(one["repetitions"])
    return share if Decimal(one["weight"]) else Decimal(0)


def _grouped(sets, value, muscles, mean=False) -> dict:
    def span(key) -> dict:
        keys = dict.fromkeys(key(one) for one in sets)
        return {name: _cell([one for one in sets if key(one) == name], value, muscles, mean) for name in keys}

    return {
        "iteration": span(lambda one: str(one["iteration"])),
        "weekly": span(lambda one: str(one["day"].isocalendar().week)),
        "daily": span(lambda one: one["day"].isoformat()),
        "mesocycle": _cell(sets, value, muscles, mean),
    }


def _cell(sets, value, muscles, mean) -> dict:
    def total(some) -> Decimal:
        found = sum((value(one) for one in some), Decimal(0))
        return found / len(some) if mean and some else found

    exercises = dict.fromkeys(one["exercise"] for one in sets)
    trained = dict.fromkeys(muscle for exercise in exercises for muscle in muscles.get(exercise, ()))
    return {
        "exercises": {str(key): float(total([one for one in sets if one["exercise"] == key])) for key in exercises},
        "muscle": {
            str(key): float(total([one for one in sets if key in muscles.get(one["exercise"], ())])) for key in trained
        },
        "upper_body": "0.00",
        "lower_body": "0.00",
        "total": str(total(sets).quantize(Decimal("0.01"), ROUND_HALF_EVEN)),
    }
