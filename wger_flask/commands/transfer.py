"""Data that comes in: the starter data, dumps of a wger."""

from __future__ import annotations

from pathlib import Path

import click

from .application import migrated, note, services_of
from .errors import CommandError


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


COMMANDS = (load_starter_data, import_dump)
