"""Import a file: read it, say what it would become, and write that in one transaction."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest
from typing import Any, BinaryIO, cast

from wger_flask.api import Selection, equals, services, zone_of
from wger_flask.domain.core.models import ENGLISH, UserProfile
from wger_flask.storage.upgrades import Progress, no_progress

from .choices import RememberedChoices
from .errors import ImportRefused
from .formats import ImportFormat, recognised
from .models import ImportRun
from .options import ImportOptions
from .records import Record
from .runs import begin
from .source import ImportSource
from .stores import STORES
from .stores.plan import NO_SEARCHES, Person, Plan, Searches

MOST_RECORDS = 500_000


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a file holds: of which format it is, its checksum (SHA-256), its records.

    ``unread`` are the names of the files of an archive that nothing is taken from.
    """

    format: ImportFormat
    checksum: str
    name: str
    records: Sequence[Record]
    unread: Sequence[str] = ()


def formats() -> dict[str, ImportFormat]:
    """Return the formats that there are, by name, in the order of their labels."""
    known: dict[str, ImportFormat] = services().registry.import_formats
    return dict(sorted(known.items(), key=lambda found: found[1].label.lower()))


def person_of(user: int) -> Person:
    """Return what an import has to know of a user: their language, then English."""
    rows = Selection(UserProfile, (equals(UserProfile.user, user),)).rows((UserProfile.notification_language,))
    own = [language for (language,) in rows]
    return Person(user, tuple(dict.fromkeys((*own, ENGLISH))))


def read_file(
    stream: BinaryIO,
    name: str,
    format: str = "",
    options: ImportOptions | None = None,
    most: int = MOST_RECORDS,
    progress: Progress = no_progress,
) -> FileRead:
    """Return what is in a file, which can be rewound; its format is found out unless it is named.

    Raises ImportRefused.
    """
    source = ImportSource(stream, name)
    known = formats()
    if format and format not in known:
        raise ImportRefused(f"there is no format {format}; there are: {', '.join(known)}")
    found = known[format] if format else recognised(known.values(), source)
    size = stream.seek(0, io.SEEK_END)
    records = found.records(
        source, options or ImportOptions(), most, lambda: progress("reading (kB)", stream.tell() >> 10, size >> 10)
    )
    unread = found.unread(source)
    stream.seek(0)
    return FileRead(found, file_digest(cast(Any, stream), "sha256").hexdigest(), name, records, unread)


def options_for(user: int, **given: str | bool | None) -> ImportOptions:
    """Return how a file of ``user`` is read: in their time zone and unit of weights, and as ``given`` says."""
    rows = Selection(UserProfile, (equals(UserProfile.user, user),)).rows((UserProfile.weight_unit,))
    given["weight_unit"] = given.get("weight_unit") or next((unit for (unit,) in rows), None)
    return ImportOptions(zone_of(user), **given)  # type: ignore[arg-type]  # by name, as the class declares them


def plans_for(
    person: Person, records: Sequence[Record], choices: RememberedChoices, searches: Searches = NO_SEARCHES
) -> list[Plan]:
    """Return what ``records`` would become, a plan a kind of them; nothing is written."""
    kinds = dict.fromkeys(type(record) for record in records)
    return [
        STORES[kind](person, [one for one in records if type(one) is kind], choices, searches)
        for kind in kinds
        if kind in STORES
    ]


def import_records(
    person: Person,
    file: FileRead,
    choices: RememberedChoices,
    draft: ImportRun | None = None,
    progress: Progress = no_progress,
) -> tuple[ImportRun | None, list[Plan]]:
    """Write what a file holds in one transaction, and remember the choices; ``draft`` ends with it.

    Returns the import, None where there was nothing new, and what was done.
    """
    with services().transaction(person.id):
        plans = plans_for(person, file.records, choices)
        choices.remember(named for plan in plans for named in plan.names)
        run = None
        if any(plan.new for plan in plans):
            run = begin(person.id, file.format.name, file.checksum, file.name)
            for plan in plans:
                plan.write(run, progress)
            services().registry.tell_imported(person.id)
        if draft is not None:
            ImportRun.delete().where(ImportRun.id == draft.id).execute()
    return run, plans
