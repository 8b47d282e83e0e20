"""Formats: declared, found out, and added by plugins."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from wger_flask.imports.errors import ImportRefused
from wger_flask.imports.formats import ImportFormat, recognised
from wger_flask.imports.options import ImportOptions
from wger_flask.imports.records import BodyMeasurement
from wger_flask.rest.registry import RegistrationError, Registry

from .reading import BY_NAME, read, sample, source_of

ROOT = Path(__file__).resolve().parents[2]
HEVY = BY_NAME["hevy"]


def test_the_format_that_the_reference_shows_works_as_one_of_a_plugin():
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "reference" / "imports.md").read_text(), re.DOTALL)
    names: dict[str, ImportFormat] = {}
    exec(code[1], names)
    registry = Registry()
    with registry.registering("file plugins/scale.py", "scale"):
        registry.add_import_format(names["FORMAT"])
    source = source_of("day;kilos\n31.12.2024;80,5\n01.01.2025;\n")
    found = recognised(registry.import_formats.values(), source)
    [record] = found.records(source, ImportOptions(), 10)
    assert (record.line, str(record.value), str(record.moment)) == (2, "80.5", "2024-12-31 00:00:00+00:00")


def test_a_name_that_is_taken_names_both():
    registry = Registry()
    registry.add_import_format(HEVY)
    with registry.registering("file plugins/other.py", "other"), pytest.raises(RegistrationError, match="other.py"):
        registry.add_import_format(HEVY)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"columns": ()}, "neither columns"), ({"options": ("x",)}, "unknown options: x"), ({"kinds": (int,)}, "int")],
)
def test_a_declaration_that_cannot_be_is_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        replace(HEVY, **wrong)


@pytest.mark.parametrize("name", ["hevy.csv", "strong.csv", "strong-semicolons.csv", "fitnotes.csv", "liftosaur.csv"])
def test_a_sample_is_read_however_it_is_packed_and_spelled(name):
    content = sample(name)
    expected = read(content)
    for spelled in (
        gzip.compress(content),
        b"\xef\xbb\xbf" + content,
        content.decode().encode("utf-16"),
        content.decode().encode("cp1252"),
    ):
        assert read(spelled) == expected
    assert read(content.replace(b"two\nlines", b"").replace(b"\n", b"\r\n"))[0] == expected[0]


def test_a_file_is_found_in_an_archive_by_how_its_name_ends():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("__MACOSX/workouts.csv", "a,b\n")
        packed.writestr("readme.txt", "x")
        packed.writestr("export/workouts.csv", sample("hevy.csv"))
    assert read(archive.getvalue()) == read(sample("hevy.csv"))


def test_a_file_that_says_what_is_between_its_cells():
    text = sample("strong-semicolons.csv").decode()
    whole = read(f"sep=;\n{text}")[1]
    assert [replace(record, line=record.line - 1) for record in whole] == read(text)[1]


def test_a_format_that_was_named_and_is_another_tells_what_is_missing():
    with pytest.raises(ImportRefused, match="line 1: this is no file of Hevy: there is no column title"):
        HEVY.records(source_of(sample("strong.csv")), ImportOptions(), 10)


def test_what_reads_a_file_is_called_with_what_was_chosen():
    asked = []

    def look(source, options):
        asked.append(options.day_first)
        yield BodyMeasurement(1, None, "custom", None, "")

    format = replace(HEVY, read=look)
    format.records(source_of(sample("hevy.csv")), ImportOptions(day_first=True), 10)
    assert asked == [True]
