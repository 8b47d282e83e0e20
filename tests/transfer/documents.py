"""Documents as wgers of several releases write them, of any size."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest

from .conftest import GENERATOR

Document = list[dict[str, Any]]
# Rows that were numbered until 2.5, and what their fields refer to.
NUMBERED: dict[str, dict[str, str]] = {
    "manager.workoutlog": {"session": "manager.workoutsession", "next_log": "manager.workoutlog"},
    "manager.workoutsession": {},
    "nutrition.logitem": {"plan": "nutrition.nutritionplan", "meal": "nutrition.meal"},
    "nutrition.mealitem": {"meal": "nutrition.meal"},
    "nutrition.meal": {"plan": "nutrition.nutritionplan"},
    "nutrition.nutritionplan": {},
    "measurements.measurement": {"category": "measurements.category"},
    "measurements.category": {},
}
GONE = {"show_english_ingredients": True, "ro_access": False, "show_comments": True}
"""Fields of profiles that 2.5 had and no later release has."""


@cache
def generator() -> ModuleType:
    """Return the program that makes documents, as a module."""
    if not GENERATOR.is_file():
        pytest.skip("without ../shared: the generator of dumps")
    spec = spec_from_file_location("make_dataset", GENERATOR)
    assert spec is not None and spec.loader is not None
    sys.modules[spec.name] = made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def of_2_7_0_alpha(seed: int = 1, *sizes: int) -> Document:
    """Return the rows of an alpha of 2.7; ``sizes``: how many users, exercises, foods, routines, plans, weights."""
    rows: Document = generator().build(seed, *sizes)
    return rows


def of_2_7_0(seed: int = 1, *sizes: int) -> Document:
    """Return the same rows as 2.7.0 writes them."""
    rows: Document = generator().Final(seed, of_2_7_0_alpha(seed, *sizes)).rows
    return rows


def of_2_5(seed: int = 1, *sizes: int) -> Document:
    """Return the same rows as 2.5 writes them."""
    return numbered(of_2_7_0_alpha(seed, *sizes))[0]


def numbered(rows: Document) -> tuple[Document, dict[str, dict[str, int]]]:
    """Return rows of an alpha as 2.5 wrote them, and what numbers became of UUIDs, by label."""
    numbers: dict[str, dict[str, int]] = {label: {} for label in NUMBERED}
    for one in sorted(rows, key=lambda one: str(one["pk"])):
        if one["model"] in NUMBERED:
            numbers[one["model"]][one["pk"]] = len(numbers[one["model"]]) + 1
    older = []
    for one in rows:
        label, fields = one["model"], dict(one["fields"])
        fields.pop("uuid", None) if label == "weight.weightentry" else None
        if label == "core.userprofile":
            fields |= GONE
        for name, to in NUMBERED.get(label, {}).items():
            fields[name] = numbers[to].get(fields[name])
        older.append({"model": label, "pk": numbers.get(label, {}).get(one["pk"], one["pk"]), "fields": fields})
    return older, numbers


RELEASES: dict[str, Callable[..., Document]] = {
    "2.5": of_2_5,
    "2.7.0a2": of_2_7_0_alpha,
    "2.7.0": of_2_7_0,
}
