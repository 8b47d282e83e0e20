"""Tell whether what a label says of a food can be true.

Databases that are open to all writers hold slips: kilojoules in the place of kilocalories, the
values of a whole packet as those of 100 g, a figure in the wrong row.  A user who plans meals by
them is misled without a chance to notice.  Here a label is held against itself: a part is not
more than its whole, 100 g hold no more than 100 g, and energy comes from somewhere.  The limits
leave room for rounding (labels round to a gram from 10 g on, Regulation (EU) No 1169/2011 and
its guidance on tolerances), for values of 100 ml of something dense, and for what nutrients of
one kind really give.

Everything that brings foods in from outside asks here: barcodes that are looked up, imports of
food databases.  A dump, a restore or another wger's catalogue are data of their owner: they are
taken as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .nutrition import ENERGY_PER_GRAM
from .units import KJ_PER_KCAL

MOST_IN_100_GRAMS = 105
"""Grams that the contents of 100 g may add up to."""

_PART_OVER_WHOLE = Decimal("0.5")  # the whole rounded to a gram, the part to a tenth; below 0.5 g "0" may be said
_PARTS = (("fat_saturated", "fat"), ("carbohydrates_sugar", "carbohydrates"))
_SALT_PER_SODIUM = Decimal("2.5")

# Kilocalories in a gram (Annex XIV of the Regulation); alcohol is stated as percent of the volume.
_FIBER, _POLYOLS, _ALCOHOL = 2, Decimal("2.4"), 7
_GRAMS_PER_VOLUME = Decimal("0.789")
_STRONGEST = 96
# "Sugar free" may be said up to here (Regulation (EC) No 1924/2006); sweets of that kind are of polyols.
_NO_SUGAR = Decimal("0.5")

_SHARE = Decimal("0.2")
# Above: acids and a little alcohol, of which labels say nothing.  Below: what is next to nothing is stated as nothing.
_ABOVE, _BELOW = 25, 15
_SURE = 2  # a second reading of a number is believed only this near
_MOST_ENERGY = Decimal(ENERGY_PER_GRAM["fat"] * MOST_IN_100_GRAMS)


@dataclass(frozen=True, slots=True)
class Label:
    """Hold what is said of 100 g (or 100 ml) of a food: grams, alcohol in percent of the volume, None if not said.

    ``kcal`` and ``kj`` are the two fields for energy as they were filled.  ``alcoholic`` is
    whether the food is known to be a drink with alcohol, however much.
    """

    protein: Decimal
    carbohydrates: Decimal
    fat: Decimal
    kcal: Decimal | None = None
    kj: Decimal | None = None
    carbohydrates_sugar: Decimal | None = None
    fat_saturated: Decimal | None = None
    fiber: Decimal | None = None
    sodium: Decimal | None = None
    polyols: Decimal | None = None
    alcohol: Decimal | None = None
    alcoholic: bool = False


def contradiction(label: Label) -> str | None:
    """Return in what a label contradicts itself, for the log; None if it does not."""
    for part, whole in _PARTS:
        value, of = getattr(label, part), getattr(label, whole)
        if value is not None and value > of + _PART_OVER_WHOLE:
            return f"{_short(value)} g {part} of {_short(of)} g {whole}"
    grams = _grams(label)
    if grams > MOST_IN_100_GRAMS:
        return f"{_short(grams)} g in 100 g"
    if energy_of(label) is None:
        lowest, highest = _energy_range(label)
        stated = ((label.kcal, "kcal"), (label.kj, "kJ"))
        said = " and ".join(f"{_short(number)} {unit}" for number, unit in stated if number is not None)
        return f"{said or 'no energy'} beside nutrients of {lowest:.0f} to {highest:.0f} kcal"
    return None


def energy_of(label: Label) -> Decimal | None:
    """Return the energy (kcal) of 100 g, from whichever field its nutrients agree with; None if with none.

    Where both fields do and yet differ, the nearer one counts.  A number in the field for kcal
    that can only be kJ is taken as that.
    """
    lowest, highest = _energy_range(label)
    said = [label.kcal, None if label.kj is None else label.kj / KJ_PER_KCAL]
    possible = [one for one in said if one is not None and _within(one, lowest, highest, _BELOW, _ABOVE)]
    if possible:
        return min(possible, key=lambda one: max(lowest - one, one - highest, Decimal(0)))
    if label.kcal is not None:
        converted = label.kcal / KJ_PER_KCAL
        if _within(converted, lowest, highest, _SURE, _SURE):
            return converted
    return None


def _short(number: Decimal) -> str:
    return f"{float(number):g}"


def _within(energy: Decimal, lowest: Decimal, highest: Decimal, below: int, above: int) -> bool:
    return lowest * (1 - _SHARE) - below <= energy <= min(highest * (1 + _SHARE) + above, _MOST_ENERGY)


def _grams(label: Label) -> Decimal:
    """Return what the contents weigh at least.  Fibre is within the carbohydrates in some countries."""
    fiber = label.fiber or 0
    beside = fiber if fiber > label.carbohydrates else 0
    salt, alcohol = (label.sodium or 0) * _SALT_PER_SODIUM, (label.alcohol or 0) * _GRAMS_PER_VOLUME
    return label.protein + label.fat + label.carbohydrates + beside + salt + alcohol


def _energy_range(label: Label) -> tuple[Decimal, Decimal]:
    """Return the least and the most energy (kcal) that the nutrients give."""
    sugar, fiber = min(label.carbohydrates_sugar or 0, label.carbohydrates), label.fiber or 0
    sure = label.protein * ENERGY_PER_GRAM["protein"] + label.fat * ENERGY_PER_GRAM["fat"]
    starch = max(label.carbohydrates - sugar - fiber - (label.polyols or 0), Decimal(0))
    sugar_free = label.carbohydrates_sugar is not None and label.carbohydrates_sugar <= _NO_SUGAR
    per_starch = _POLYOLS if sugar_free and label.polyols is None else ENERGY_PER_GRAM["carbohydrates"]
    lowest = sure + sugar * ENERGY_PER_GRAM["carbohydrates"] + starch * per_starch
    highest = sure + label.carbohydrates * ENERGY_PER_GRAM["carbohydrates"] + fiber * _FIBER
    volume = label.alcohol or 0
    alcohol = volume * _GRAMS_PER_VOLUME * _ALCOHOL
    unsaid = _STRONGEST * _GRAMS_PER_VOLUME * _ALCOHOL if label.alcoholic and not volume else 0
    return Decimal(lowest + alcohol), Decimal(highest + alcohol + unsaid)
