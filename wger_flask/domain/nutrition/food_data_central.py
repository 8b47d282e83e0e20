"""Read USDA FoodData Central as its downloads in CSV give it: a folder of tables, or the zip archive with them.

The tables and columns are those of the field descriptions that come with the downloads: ``food.csv``,
``food_nutrient.csv``, and where they are there ``branded_food.csv`` and ``food_portion.csv``. Values are of 100 g (of
branded foods that are sold by volume, of 100 ml), sodium is in milligrams. What contradicts itself is not taken
(:mod:`wger_flask.engine.plausibility`).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import IO, Any

from wger_flask.archives import BROKEN_ZIP, leads_elsewhere
from wger_flask.engine.plausibility import Label, contradiction, energy_of

from .food_import import Food
from .food_values import bounded, is_barcode, plain_text

SOURCE = "FoodData Central"
KINDS = ("foundation_food", "sr_legacy_food", "survey_fndds_food", "branded_food")
HOME = "united-states"  # where foods without a market of their own are of
_NUTRIENTS = {
    "1003": "protein", "1004": "fat", "1005": "carbohydrates", "2000": "carbohydrates_sugar",
    "1063": "carbohydrates_sugar", "1258": "fat_saturated", "1079": "fiber", "1093": "sodium",
    "1008": "kcal", "2047": "kcal", "2048": "kcal", "1062": "kj",
}  # fmt: skip
_IN_MILLIGRAMS = ("sodium",)
_MOST = {"kcal": 10_000, "kj": 40_000, "sodium": 100_000}  # of others no more than 1,000 g
_LONGEST_CELL = 1 << 20
_MOST_SERVINGS = 10
# Tables pack to a tenth or a thirtieth
_MOST_UNPACKED, _FREE_UNPACKED = 500, 64 << 20


class Tables:
    """The tables of a download; close it, or use it as a context."""

    def __init__(self, path: Path):
        """Open ``path``; raises ValueError where it is neither a folder nor a zip archive, or lacks a table."""
        self._stack = ExitStack()
        if path.is_dir():
            self._files: dict[str, Any] = {file.name: file for file in path.rglob("*.csv")}
            self._archive = None
        else:
            try:
                self._archive = self._stack.enter_context(zipfile.ZipFile(path))
            except BROKEN_ZIP as wrong:
                raise ValueError(f"this is neither a folder nor a zip archive of tables in CSV: {wrong}") from None
            members = self._archive.infolist()
            if reason := _wrong_with(members):
                self.close()
                raise ValueError(reason)
            self._files = {PurePosixPath(info.filename).name: info for info in members}
        for name in ("food", "food_nutrient"):
            if f"{name}.csv" not in self._files:
                self.close()
                raise ValueError(f"{name}.csv is missing")

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the rows of a table, by column, with the number of the line where each ends; none without the table.

        Raises ValueError, with the number of the line, for what is no CSV in UTF-8.
        """
        if f"{name}.csv" not in self._files:
            return
        with self._open(f"{name}.csv") as opened, io.TextIOWrapper(opened, "utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            csv.field_size_limit(_LONGEST_CELL)
            try:
                header = next(reader, [])
                for row in reader:
                    yield reader.line_num, dict(zip(header, row, strict=False))
            except (csv.Error, *BROKEN_ZIP) as wrong:
                raise ValueError(f"{name}.csv cannot be read beyond line {reader.line_num}: {wrong}") from None

    def _open(self, name: str) -> IO[bytes]:
        file = self._files[name]
        try:
            return open(file, "rb") if self._archive is None else self._archive.open(file)
        except BROKEN_ZIP as wrong:
            raise ValueError(f"{name} cannot be opened: {wrong}") from None

    def close(self) -> None:
        """Close what is open."""
        self._stack.close()

    def __enter__(self) -> Tables:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _wrong_with(members: list[zipfile.ZipInfo]) -> str:
    """Return why an archive is none of a download, empty for one that may be; a table is never longer than it says."""
    for info in members:
        if leads_elsewhere(info.orig_filename):
            return "there is a file in the archive whose name leads out of it"
        if info.file_size > max(_FREE_UNPACKED, _MOST_UNPACKED * info.compress_size):
            return f"{info.filename} is packed to less than a {_MOST_UNPACKED}th of its size: no table is"
    return ""


def foods_in(
    tables: Tables, kinds: frozenset[str], countries: frozenset[str], left_out: Counter[str]
) -> Iterator[Food]:
    """Yield the foods of a download whose kind is among ``kinds`` and whose market is among ``countries`` (none: any).

    What is not taken is counted in ``left_out``, by reason. What is known of the foods that are taken is held in memory
    meanwhile: some 700 bytes each. Raises ValueError for tables that cannot be read.
    """
    names = {}
    for number, row in tables.rows("food"):
        if row.get("data_type") in kinds:
            names[_key(row, "food", number)] = _text(row.get("description"))
    brands = _brands(tables, names, countries, left_out)
    said: dict[str, dict[str, Decimal]] = {}
    for number, row in tables.rows("food_nutrient"):
        nutrient = _NUTRIENTS.get(row.get("nutrient_id", ""))
        if nutrient and row.get("fdc_id") in names:
            amount = _number(row.get("amount"), _MOST.get(nutrient, 1000), f"food_nutrient.csv, line {number}")
            if amount is not None:
                said.setdefault(row["fdc_id"], {}).setdefault(nutrient, amount)
    measures = _measures(tables, names)
    for key, name in names.items():
        food = _food(key, name, said.get(key, {}), brands.get(key, {}), measures.get(key, ()))
        if food is None:
            left_out["without a name, or with values that are missing or cannot be"] += 1
        else:
            yield food


def _brands(
    tables: Tables, names: dict[str, str], countries: frozenset[str], left_out: Counter[str]
) -> dict[str, dict[str, str]]:
    """Return what is said of branded foods, by key, and take those of other countries out of ``names``."""
    brands: dict[str, dict[str, str]] = {}
    for _, row in tables.rows("branded_food"):
        key = row.get("fdc_id", "")
        if key not in names:
            continue
        market = _text(row.get("market_country")).lower().replace(" ", "-") or HOME
        if countries and market not in countries:
            left_out["not asked for"] += 1
            del names[key]
        else:
            wanted = "gtin_upc", "brand_owner", "brand_name", "serving_size", "serving_size_unit"
            brands[key] = {column: row[column] for column in wanted if row.get(column)}
    if countries and HOME not in countries:
        for key in names.keys() - brands.keys():
            left_out["not asked for"] += 1
            del names[key]
    return brands


def _measures(tables: Tables, names: dict[str, str]) -> dict[str, tuple[tuple[str, int], ...]]:
    measures: dict[str, tuple[tuple[str, int], ...]] = {}
    for number, row in tables.rows("food_portion"):
        key = row.get("fdc_id", "")
        grams = _number(row.get("gram_weight"), 100_000, f"food_portion.csv, line {number}") if key in names else None
        if grams is None or round(grams) < 1:
            continue
        amount = (row.get("amount") or "").removesuffix(".0")
        name = _text(row.get("portion_description")) or _text(f"{amount} {row.get('modifier') or ''}")
        if name and len(measures.get(key, ())) < _MOST_SERVINGS:
            measures[key] = (*measures.get(key, ()), (name, round(grams)))
    return measures


def _food(
    key: str, name: str, said: dict[str, Decimal], brand: dict[str, str], measures: tuple[tuple[str, int], ...]
) -> Food | None:
    if not name or not {"protein", "carbohydrates", "fat"} <= said.keys():
        return None
    grams: dict[str, Any] = {
        nutrient: round(amount / 1000, 3) if nutrient in _IN_MILLIGRAMS else amount for nutrient, amount in said.items()
    }
    label = Label(**grams)
    energy = energy_of(label)
    if contradiction(label) or energy is None:
        return None
    values: dict[str, Any] = {nutrient: value for nutrient, value in grams.items() if nutrient not in ("kcal", "kj")}
    for nutrient in ("carbohydrates_sugar", "fat_saturated", "fiber", "sodium"):
        values.setdefault(nutrient, None)
    code = brand.get("gtin_upc", "")
    values |= {
        "name": name,
        "energy": round(energy),
        "license_author": "U.S. Department of Agriculture",
        "brand": _text(brand.get("brand_name") or brand.get("brand_owner")) or None,
    }
    serving = _number(brand.get("serving_size"), 2000, "branded_food.csv")
    if serving is not None and round(serving) >= 1 and brand.get("serving_size_unit", "").lower() in ("g", "grm"):
        measures = (*measures, ("Serving", round(serving)))
    page = f"https://fdc.nal.usda.gov/food-details/{key}/nutrients"
    known = code if is_barcode(code) else None
    return Food(SOURCE, key, known, "en", "CC0", page, values, measures)


def _key(row: dict[str, str], table: str, number: int) -> str:
    key = row.get("fdc_id", "")
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise ValueError(f"{table}.csv, line {number}: fdc_id is no number")
    return key


def _text(value: str | None) -> str:
    return plain_text(value or "")


def _number(value: str | None, most: int, place: str) -> Decimal | None:
    """Return a number from 0 to ``most`` with three places, None for none and for more; raises ValueError for text."""
    if not value:
        return None
    try:
        number = Decimal(value)
    except ArithmeticError:
        raise ValueError(f"{place}: {value[:50]!r} is no number") from None
    return bounded(number, most)
