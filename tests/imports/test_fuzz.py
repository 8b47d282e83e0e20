"""Whatever a file holds, it is read, or refused with the line where the reason is; and nothing is half-written."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from inspect import signature
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.imports.mutations import damaged, packed
from tests.imports.reading import zipped
from wger_flask.domain.core.models import License
from wger_flask.domain.nutrition import food_data_central, open_food_facts
from wger_flask.domain.nutrition.models import LogItem, Meal, NutritionPlan
from wger_flask.imports.apps import FORMATS
from wger_flask.imports.choices import RememberedChoices
from wger_flask.imports.errors import ImportRefused
from wger_flask.imports.formats import ImportFormat, recognised
from wger_flask.imports.importing import import_records, person_of, read_file
from wger_flask.imports.models import ImportRun
from wger_flask.imports.options import ImportOptions
from wger_flask.imports.records import Record
from wger_flask.imports.runs import begin
from wger_flask.imports.source import ImportSource
from wger_flask.imports.stores import STORES, diary
from wger_flask.imports.stores.plan import Person
from wger_flask.storage.database import transaction
from wger_flask.takeout import archive as takeout
from wger_flask.takeout import document
from wger_flask.takeout.container import Container
from wger_flask.takeout.errors import Refused
from wger_flask.transfer.errors import ImportFailure
from wger_flask.transfer.importer import import_dump
from wger_flask.transfer.lines import numbered_lines
from wger_flask.transfer.reading import objects
from wger_flask.transfer.unpacking import opened

SAMPLES = sorted((Path(__file__).parent / "samples").iterdir())
OPTIONS = st.builds(
    ImportOptions,
    zone=st.sampled_from([ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Kiritimati")]),
    weight_unit=st.sampled_from([None, "kg", "lb"]),
    distance_unit=st.sampled_from([None, "km", "mi"]),
    decimal_comma=st.sampled_from([None, True, False]),
    day_first=st.sampled_from([None, True, False]),
)
MANY, FEW = 40, 6


def format_of(sample: Path) -> ImportFormat:
    with sample.open("rb") as stream:
        return recognised(FORMATS, ImportSource(stream, sample.name))


def test_every_format_that_ships_has_a_sample():
    assert {format_of(sample).name for sample in SAMPLES} == {format.name for format in FORMATS}


def records_of(format: ImportFormat, data: bytes, options: ImportOptions) -> list[Record]:
    """Return the records of a file; none of one that is refused as it should be."""
    try:
        found = format.records(ImportSource(io.BytesIO(data)), options, most=200)
    except ImportRefused as refused:
        is_packed = data.startswith((b"PK", b"\x1f\x8b"))
        assert is_packed or refused.line is not None and 1 <= refused.line <= data.count(b"\n") + data.count(b"\r") + 2
        assert len(str(refused)) < 500
        return []
    for record in found:
        assert record.line >= 1
        for value in (getattr(record, field.name) for field in fields(record)):
            assert not isinstance(value, Decimal) or value.is_finite()
            assert not isinstance(value, datetime) or value.tzinfo is not None
            assert not isinstance(value, str) or "\x00" not in value
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_damaged_file_is_read_or_refused_by_its_line(sample):
    format, whole = format_of(sample), sample.read_bytes()
    name = format.files[0].replace("*", "x")

    @settings(max_examples=MANY, deadline=None, database=None)
    @given(damaged(whole), OPTIONS, st.sampled_from(["", "", "gzip", "zip"]))
    def reads(data: bytes, options: ImportOptions, how: str) -> None:
        file = packed(data, name, how)
        for each in FORMATS:
            each.fits(ImportSource(io.BytesIO(file)))
        records_of(format, file, options)

    reads()


@pytest.mark.parametrize("how", ["gzip", "zip"])
def test_a_damaged_archive_is_read_or_refused(how):
    sample = next(sample for sample in SAMPLES if sample.name == "fitnotes.csv")
    format, whole = format_of(sample), packed(sample.read_bytes(), sample.name, how)

    @settings(max_examples=2 * MANY, deadline=None, database=None)
    @given(damaged(whole), OPTIONS)
    def reads(data: bytes, options: ImportOptions) -> None:
        format.fits(ImportSource(io.BytesIO(data)))
        records_of(format, data, options)

    reads()


class RolledBack(Exception):
    """Ends a transaction."""


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_is_read_of_a_damaged_file_can_be_stored(sample, app, people):
    format, whole = format_of(sample), sample.read_bytes()
    person = Person(people["grace"].id, (2,))

    @settings(max_examples=FEW, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged(whole), OPTIONS)
    def stores(data: bytes, options: ImportOptions) -> None:
        found = records_of(format, data, options)
        kinds = {type(record) for record in found}
        with pytest.raises(RolledBack), app.app_context(), transaction():
            run = begin(person.id, format.name, "0" * 64)
            for kind in kinds:
                some = [record for record in found if type(record) is kind]
                plan = STORES[kind](person, some, RememberedChoices(person.id))
                plan.write(run)
                again = STORES[kind](person, some, RememberedChoices(person.id))
                assert again.new == 0, "a repeated import adds nothing"
            raise RolledBack

    stores()


# -- the other readers ------------------------------------------------------------------------------
_HUNDRED = {"energy-kcal_100g": 400, "proteins_100g": 10, "carbohydrates_100g": 60, "fat_100g": 12}
_PRODUCTS = b"\n".join(
    json.dumps({"code": f"400000000000{number}", "product_name": "Oats", "lang": "en", "nutriments": _HUNDRED}).encode()
    for number in range(4)
)
_TABLES = {
    "food": b'fdc_id,data_type,description\n1,sr_legacy_food,"Oats, rolled"\n2,branded_food,Jam\n',
    "food_nutrient": b"id,fdc_id,nutrient_id,amount\n1,1,1003,13.5\n2,1,1004,7\n3,1,1005,58.7\n4,1,1008,370\n",
    "branded_food": b"fdc_id,brand_owner,gtin_upc,serving_size,serving_size_unit\n2,Acme,0041234567895,20,g\n",
}
_DUMP = json.dumps(
    [
        {"model": "core.license", "pk": 7, "fields": {"full_name": "A", "short_name": "B", "url": None}},
        {
            "model": "nutrition.nutritionplan",
            "pk": "00000000-0000-7000-8000-000000000001",
            "fields": {"user": 1, "creation_date": "2024-03-01", "start": "2024-03-01", "goal_fat": 5},
        },
        {
            "model": "nutrition.meal",
            "pk": "00000000-0000-7000-8000-000000000002",
            "fields": {"plan": "00000000-0000-7000-8000-000000000001", "order": 1, "time": "07:30:00", "name": "x"},
        },
    ],
    indent=1,
).encode()


_TAKEOUT = json.dumps(
    {
        "format": takeout.FORMAT,
        "version": takeout.VERSION,
        "catalogue": {"exercises.exercise": [{"id": 1, "uuid": "00000000-0000-7000-8000-000000000001"}]},
        "tables": {"weightentry": [{"id": "x", "value": "80.50"}, {"id": "y", "notes": None}], "meal": []},
    },
    indent=1,
).encode()


def in_zip(data: bytes) -> bytes:
    return zipped({takeout.DATA: data})


def read_takeout(data: bytes) -> None:
    with Container(io.BytesIO(data)) as container, container.open(takeout.DATA) as stream:
        list(document.read(stream))


def read_products(data: bytes) -> None:
    lines = numbered_lines(io.BytesIO(data))
    list(open_food_facts.foods_in(lines, open_food_facts.Wanted(frozenset({"en"})), Counter()))


def read_tables(data: bytes, tmp_path: Path) -> None:
    for table in _TABLES:
        files = {f"{name}.csv": rows for name, rows in (_TABLES | {table: data}).items()}
        read_archive_of_tables(zipped(files), tmp_path)


def read_archive_of_tables(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tables.zip"
    path.write_bytes(data)
    with food_data_central.Tables(path) as tables:
        list(food_data_central.foods_in(tables, frozenset(food_data_central.KINDS), frozenset(), Counter()))


def read_dump(data: bytes) -> None:
    list(objects(io.BytesIO(data)))


def read_archive_of_dump(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dump.json.zip"
    path.write_bytes(data)
    with opened(path, progress=False) as stream:
        list(objects(stream))


def read_archive_of_app(data: bytes) -> None:
    hevy = next(format for format in FORMATS if format.name == "hevy")
    hevy.fits(ImportSource(io.BytesIO(data)))
    hevy.records(ImportSource(io.BytesIO(data)), ImportOptions(), 1000)


OTHERS: dict[str, tuple[bytes, Callable[..., None], type[Exception], str]] = {
    "open-food-facts": (_PRODUCTS, read_products, ValueError, r"line \d+"),
    "take-out": (
        _TAKEOUT,
        lambda data: read_takeout(in_zip(data)),
        Refused,
        rf"{takeout.DATA}: (line \d+|the document|this is)",
    ),
    "archive of a take-out": (in_zip(_TAKEOUT), read_takeout, Refused, r"archive|zip|data\.json"),
    "dump": (_DUMP, read_dump, ImportFailure, r"line \d+|this is |a dump is|not UTF-|cannot be read"),
    **{
        f"food-data-central-{name}": (rows, read_tables, ValueError, r"line \d+|is missing|\.csv: ")
        for name, rows in _TABLES.items()
    },
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_readers_refuse_by_the_line(name, tmp_path):
    whole, read, refusal, told = OTHERS[name]

    @settings(max_examples=MANY, deadline=None, database=None)
    @given(damaged(whole))
    def reads(data: bytes) -> None:
        try:
            read(data, *([tmp_path] if read is read_tables else []))
        except refusal as refused:
            assert re.search(told, str(refused))

    reads()


_HEVY = (Path(__file__).parent / "samples" / "hevy.csv").read_bytes()
ARCHIVES: dict[str, tuple[dict[str, bytes], Callable[..., None], type[Exception]]] = {
    "app": ({"workouts.csv": _HEVY}, read_archive_of_app, ImportRefused),
    "take-out": ({takeout.DATA: _TAKEOUT}, read_takeout, Refused),
    "tables": ({f"{name}.csv": rows for name, rows in _TABLES.items()}, read_archive_of_tables, ValueError),
    "dump": ({"dump.json": _DUMP}, read_archive_of_dump, ImportFailure),
}


def _with(data: bytes, place: int, *changed: int) -> bytes:
    return data[:place] + bytes(changed) + data[place + len(changed) :]


def misplaced(files: dict[str, bytes]) -> bytes:
    """Return an archive whose files would begin before itself."""
    data = zipped(files)
    place = data.rindex(b"PK\5\6") + 16
    return _with(data, place, data[place] ^ 0x80, *data[place + 1 : place + 3], 1)


def badly_named(files: dict[str, bytes]) -> bytes:
    """Return an archive that says of a name that it is UTF-8, which it is not."""
    data = zipped(files)
    entry = data.index(b"PK\1\2")
    return _with(_with(data, entry + 8, 0, 8), entry + 46, 0xFF)


def of_unknown_method(files: dict[str, bytes]) -> bytes:
    data = zipped(files)
    for entry in re.finditer(b"PK\1\2", data):
        data = _with(data, entry.start() + 10, 99, 0)
    return data


def damaged_in(method: int) -> Callable[[dict[str, bytes]], bytes]:
    def damage(files: dict[str, bytes]) -> bytes:
        data = zipped(files, method)
        for entry in re.finditer(b"PK\3\4", data):
            start = entry.end() + 22
            start += 4 + int.from_bytes(data[start : start + 2], "little")
            data = _with(data, start + 9 * (method == zipfile.ZIP_LZMA), *[0xFF] * 12)
        return data

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        misplaced,
        badly_named,
        of_unknown_method,
        damaged_in(zipfile.ZIP_DEFLATED),
        damaged_in(zipfile.ZIP_BZIP2),
        damaged_in(zipfile.ZIP_LZMA),
    ],
    ids=["misplaced", "badly named", "of unknown method", "deflated", "bzip2", "lzma"],
)
@pytest.mark.parametrize("name", ARCHIVES)
def test_a_damaged_zip_archive_is_refused_by_whatever_reads_it(name, damage, tmp_path):
    files, read, refusal = ARCHIVES[name]
    more = [tmp_path] if "tmp_path" in signature(read).parameters else []
    read(zipped(files), *more)
    with pytest.raises(refusal) as refused:
        read(damage(files), *more)
    assert not isinstance(refused.value, UnicodeError)


def test_of_a_damaged_dump_all_is_loaded_or_nothing(app, registry):
    def held() -> tuple[int, ...]:
        return tuple(model.select().count() for model in (License, NutritionPlan, Meal))

    @settings(max_examples=4 * FEW, deadline=None, database=None)
    @given(damaged(_DUMP))
    def loads(data: bytes) -> None:
        before = held()
        try:
            import_dump(io.BytesIO(data), registry.models, progress=False)
        except ImportFailure as refused:
            assert str(refused)
            assert held() == before, "nothing is half-written"

    loads()


def test_an_import_that_fails_on_the_way_writes_nothing(app, people, monkeypatch):
    sample = (Path(__file__).parent / "samples" / "cronometer.csv").read_bytes()

    def full(*arguments: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(diary, "note_rows", full)
    with app.app_context():
        person = person_of(people["grace"].id)
        with pytest.raises(OSError, match="full"):
            import_records(person, read_file(io.BytesIO(sample), "servings.csv"), RememberedChoices(person.id))
    assert [model.select().count() for model in (ImportRun, NutritionPlan, Meal, LogItem)] == [0, 0, 0, 0]
