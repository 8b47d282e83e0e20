"""Fill a new database: vocabulary whose ids clients rely on, common exercises, basic foods."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.core.models import Language
from ..domain.exercises.models import Exercise
from ..storage.database import advisory_lock, has_table, transaction
from ..storage.model import Model, table_of
from .importer import ImportReport, import_dump
from .shipped import documents


def is_empty() -> bool:
    """Tell whether the database has neither vocabulary nor exercises (accounts may be there), or no tables at all."""
    return not any(has_table(table_of(model)) and model.select().exists() for model in (Language, Exercise))


def load_starter_data(models: Iterable[type[Model]]) -> ImportReport:
    """Load the starter data into the tables of ``models``, all or nothing.

    Rows of subjects that are not installed are left out; loading again restores what ships.
    """
    models = list(models)
    report = ImportReport()
    with transaction():
        advisory_lock("wger_flask starter data")
        for document in documents():
            with document.open("rb") as stream:
                report += import_dump(stream, models, replace_shipped=False)
    return report
