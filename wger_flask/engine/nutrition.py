"""Add up what is eaten.

Ingredients say what 100 g contain.  Energy and the three macronutrients are always known;
sugar, saturated fat, fibre and sodium often are not, and a database that lacks them as often
holds a zero as a gap.  So for these four zero counts as unknown, and unknown stays None
instead of pretending to be nothing: a sum knows what at least one of its parts knows.

All arithmetic is exact (decimals); floats appear only in :meth:`Nutrients.as_json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext

from .rounding import PRECISION
from .units import kilojoules

ENERGY_PER_GRAM = {"protein": 4, "carbohydrates": 4, "fat": 9}
"""Kilocalories in a gram of each macronutrient, the general Atwater factors."""

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Nutrients:
    """Hold energy (kcal) and contents (g), of 100 g of an ingredient or of anything eaten."""

    energy: Decimal | int = _ZERO
    protein: Decimal = _ZERO
    carbohydrates: Decimal = _ZERO
    carbohydrates_sugar: Decimal | None = None
    fat: Decimal = _ZERO
    fat_saturated: Decimal | None = None
    fiber: Decimal | None = None
    sodium: Decimal | None = None

    def __add__(self, other: Nutrients) -> Nutrients:
        if not isinstance(other, Nutrients):
            return NotImplemented
        with localcontext(PRECISION):
            return Nutrients(
                energy=self.energy + other.energy,
                protein=self.protein + other.protein,
                carbohydrates=self.carbohydrates + other.carbohydrates,
                carbohydrates_sugar=_sum(self.carbohydrates_sugar, other.carbohydrates_sugar),
                fat=self.fat + other.fat,
                fat_saturated=_sum(self.fat_saturated, other.fat_saturated),
                fiber=_sum(self.fiber, other.fiber),
                sodium=_sum(self.sodium, other.sodium),
            )

    @classmethod
    def total(cls, parts: Iterable[Nutrients]) -> Nutrients:
        """Return the sum of ``parts``; nothing eaten has zeros, and None where zero is unknown."""
        return sum(parts, cls())

    @property
    def energy_kilojoule(self) -> Decimal:
        """The energy in kJ."""
        return kilojoules(Decimal(self.energy))

    def as_json(self) -> dict[str, float | None]:
        """Return the eight values as floats, unknown ones as None."""
        return {name: None if (value := getattr(self, name)) is None else float(value) for name in _NAMES}


_NAMES = tuple(f.name for f in fields(Nutrients))


def nutrients_of(ingredient: Nutrients, amount: Decimal, grams_per_unit: int | Decimal | None = None) -> Nutrients:
    """Return what ``amount`` grams, or units of ``grams_per_unit`` grams each, of ``ingredient`` contain."""
    with localcontext(PRECISION):
        weight = amount if grams_per_unit is None else amount * Decimal(grams_per_unit)
        return Nutrients(
            energy=ingredient.energy * weight / 100,
            protein=ingredient.protein * weight / 100,
            carbohydrates=ingredient.carbohydrates * weight / 100,
            carbohydrates_sugar=_scaled(ingredient.carbohydrates_sugar, weight),
            fat=ingredient.fat * weight / 100,
            fat_saturated=_scaled(ingredient.fat_saturated, weight),
            fiber=_scaled(ingredient.fiber, weight),
            sodium=_scaled(ingredient.sodium, weight),
        )


def energy_shares(nutrients: Nutrients) -> dict[str, Decimal | None]:
    """Return the share of the energy (percent, two decimals) that each macronutrient gives; None without energy."""
    with localcontext(PRECISION):
        return {
            name: (getattr(nutrients, name) * factor * 100 / nutrients.energy).quantize(Decimal("0.01"))
            if nutrients.energy
            else None
            for name, factor in ENERGY_PER_GRAM.items()
        }


def _scaled(value: Decimal | None, weight: Decimal) -> Decimal | None:
    """Return what is in ``weight`` grams of something whose 100 g hold ``value``; zero is unknown."""
    return value * weight / 100 if value else None


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
