"""Data that comes in and goes out whole: the starter data, dumps of a wger and for one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..storage.database import address, has_table
from ..storage.tables import check_tables
from .application import application, migrated, note, services_of
from .errors import CommandError
from .progress import ProgressBars


@click.command("load-starter-data")
def load_starter_data() -> None:
    """Load the vocabulary, the common exercises and the basic foods that ship."""
    from ..transfer import starter

    services = services_of(migrated(quiet=False))
    report = starter.load_starter_data(services.registry.models)
    note("load-starter-data")
    click.echo(f"Loaded {sum(report.loaded.values())} rows of starter data.")


@click.command("import-dump")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_dump(file: Path) -> None:
    """Load FILE, a dumpdata document (JSON) of a wger.

    All or nothing. Rows of models that no installed subject knows are counted and named.
    """
    from ..transfer import importer

    services = services_of(migrated(quiet=False))
    try:
        report = importer.import_dump(file, services.registry.models)
    except importer.ImportFailure as wrong:
        raise CommandError(str(wrong)) from None
    note(f"import-dump {file.name}")
    click.echo(f"Loaded {sum(report.loaded.values())} rows of {len(report.loaded)} models.")
    for label, count in sorted(report.unknown.items()):
        click.echo(f"Left out {count} rows of {label}: nothing here knows it.")


@click.command("export-dump")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def export_dump(file: Path) -> None:
    """Write all that a wger knows to FILE, a dumpdata document (JSON) that loaddata of wger 2.7.0 takes.

    FILE ends in .json, or in .json.gz, .json.bz2 or .json.xz and is packed; - is standard output. It is written beside
    its place, and put there when it is whole. The server may go on meanwhile: the document is of one moment.

    Password hashes and tokens are in it: keep it as you keep the database. Pictures are not: copy the media folder.
    """
    from ..transfer import exporter, packing

    models = services_of(application()).registry.models
    check_tables(models)
    if not has_table("auth_user"):
        raise CommandError(f"{address()} has no tables: there is nothing to write")
    is_stream = str(file) == "-"
    if not is_stream and not file.name.endswith(packing.ENDINGS):
        raise CommandError(f"{file}: loaddata takes names that end in {', '.join(packing.ENDINGS)}")
    try:
        with ProgressBars() as bars:
            report = exporter.export_dump(sys.stdout.buffer if is_stream else file, models, bars.show)
    except OSError as wrong:
        raise CommandError(f"{file} cannot be written: {wrong.strerror or wrong}") from None
    note(f"export-dump {file.name}")
    click.echo(f"Wrote {sum(report.written.values())} rows of {len(report.written)} models.", err=is_stream)
    for label, count in sorted(report.left_out.items()):
        click.echo(f"Left out {count} rows of {label}: nothing here knows it.", err=is_stream)
    for name in sorted(report.permissions):
        click.echo(f"Left out the permission {name}: wger 2.7.0 has none of the name.", err=is_stream)


COMMANDS = (load_starter_data, import_dump, export_dump)
