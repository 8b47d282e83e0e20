"""Read files of other apps in tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from zoneinfo import ZoneInfo

from wger_flask.imports.apps import FORMATS
from wger_flask.imports.formats import recognised
from wger_flask.imports.options import ImportOptions
from wger_flask.imports.records import Record
from wger_flask.imports.source import ImportSource

SAMPLES = Path(__file__).parent / "samples"
ZONE = ZoneInfo("Europe/Vienna")
BY_NAME = {format.name: format for format in FORMATS}


def source_of(content: str | bytes, name: str = "file.csv") -> ImportSource:
    """Return a file with this content."""
    return ImportSource(io.BytesIO(content.encode() if isinstance(content, str) else content), name)


def sample(name: str) -> bytes:
    """Return what is in a sample."""
    return (SAMPLES / name).read_bytes()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of files by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def read(content: str | bytes, most: int = 10_000, **options: object) -> tuple[str, list[Record]]:
    """Return the name of the format of a file, and its records."""
    source = source_of(content)
    format = recognised(FORMATS, source)
    return format.name, format.records(source, ImportOptions(ZONE, **options), most)  # type: ignore[arg-type]
