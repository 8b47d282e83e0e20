"""The commands that import a file of another app, and take it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from wger_flask.commands import main
from wger_flask.commands.progress import ProgressBars
from wger_flask.domain.nutrition.models import Ingredient, LogItem
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.storage.database import database

from .reading import SAMPLES, sample, zipped

STRONG = str(SAMPLES / "strong.csv")


@pytest.fixture
def told(template, tmp_path, monkeypatch):
    """Run a command on a database with people in it, and return its output."""
    held = template.copy(tmp_path)
    for name, value in (
        ("WGER_PROFILE", "testing"),
        ("WGER_INSTANCE_PATH", str(tmp_path)),
        ("WGER_DATABASE_URL", held.url),
    ):
        monkeypatch.setenv(name, value)

    def run(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == status, (done.output, done.exception)
        return done.output

    yield run
    if database.obj is not None and not database.obj.is_closed():
        database.obj.close()
    held.drop()


def test_a_file_is_imported_and_taken_back(told):
    assert told("import-from", "strong", STRONG, "--user", "grace", "--dry-run").startswith(
        "3 sets would be imported, 0 were imported before.\n"
    )
    assert WorkoutLog.select().count() == 0
    assert told("import-from", "auto", STRONG, "--user", "grace") == "3 sets were imported, 0 were imported before.\n"
    again = told("import-from", "strong", STRONG, "--user", "grace")
    assert again == "0 sets were imported, 3 were imported before.\nNothing was written.\n"
    assert told("undo-import", "--user", "grace").startswith("Took back the import of strong.csv of ")
    assert WorkoutLog.select().count() == 0


def test_what_is_not_read_of_an_archive_is_told(told, tmp_path):
    file = tmp_path / "data.zip"
    file.write_bytes(zipped({"weight.csv": sample("withings.csv"), "sleep.csv": b"", "a/account.csv": b""}))
    assert told("import-from", "auto", str(file), "--user", "grace", "--dry-run").endswith(
        "Not read, of the files in the archive: a/account.csv, sleep.csv.\n"
    )


def test_bars_show_how_far_reading_and_writing_are(told, monkeypatch):
    shown: list[tuple[str, int, int]] = []
    monkeypatch.setattr(ProgressBars, "show", lambda self, *step: shown.append(step))
    told("import-from", "strong", STRONG, "--user", "grace", "--dry-run")
    size = Path(STRONG).stat().st_size >> 10
    assert shown == [("reading (kB)", size, size)] * 3
    told("import-from", "strong", STRONG, "--user", "grace")
    assert shown[6:] == [("writing: workout session", 1, 1), ("writing: workout log", 3, 3)]


def test_what_was_changed_since_is_kept_unless_that_is_asked_for(told):
    told("import-from", "strong", STRONG, "--user", "grace")
    WorkoutLog.update(weight=1).where(WorkoutLog.weight == 80).execute()
    refused = told("undo-import", "--user", "grace", status=1)
    assert "nothing was done" in refused and "1 of manager_workoutlog changed since" in refused
    told("undo-import", "--user", "grace", "--changed", "keep")
    assert [log.weight for log in WorkoutLog.select()] == [1]


def test_names_are_mapped_by_name_or_id_and_listed_where_they_are_not(told, tmp_path):
    file = tmp_path / "hevy.csv"
    file.write_text((SAMPLES / "hevy.csv").read_text().replace("Bench Press", "Odd = Press"))
    output = told("import-from", "hevy", str(file), "--user", "grace", "--dry-run")
    assert "2 were left out" in output or "were left out for their names" in output
    assert "  Odd = Press (1), first in line 5" in output
    output = told(
        "import-from", "hevy", str(file), "--user", "grace", "--map", "Odd = Press=bench press", "--map", "Treadmill="
    )
    assert "Odd" not in output and "Treadmill (1): to be left out, as was chosen" in output
    assert WorkoutLog.get(WorkoutLog.weight == 80).exercise.id == 1


def test_maps_that_mean_nothing_are_refused(told):
    for mapped, said in (("Nobody=1", "the file names no 'Nobody'"), ("Plank=no such thing", "there is no exercise")):
        output = told("import-from", "hevy", str(SAMPLES / "hevy.csv"), "--user", "grace", "--map", mapped, status=1)
        assert said in output and not WorkoutLog.select().count()


def test_a_file_that_cannot_be_read_is_refused_in_one_line(told, tmp_path):
    file = tmp_path / "hevy.csv"
    file.write_text((SAMPLES / "hevy.csv").read_text().replace("28 Mar 2024, 17:29", "noon"))
    output = told("import-from", "hevy", str(file), "--user", "grace", status=1)
    assert output == 'Error: nothing was imported: line 5, column start_time: "noon" is no date\n'
    assert not WorkoutLog.select().count()


def test_foods_that_are_not_known_are_told_and_may_be_chosen(told):
    file = str(SAMPLES / "cronometer.csv")
    output = told("import-from", "auto", file, "--user", "grace", "--dry-run")
    assert output.startswith("4 entries of the food diary would be imported, 0 were imported before.\n")
    assert "names match nothing here, and are noted as protein, carbohydrates, fiber and fat:" in output
    assert "Lentil stew (1), first in line 4" in output
    told("import-from", "auto", file, "--user", "grace", "--map", "Lentil stew=Apple", "--map", "Almonds=")
    output = told("import-from", "cronometer", file, "--user", "grace")
    assert output.startswith("0 entries of the food diary were imported, 3 were imported before.\n")
    assert "1 were left out for their names:\n  Almonds (1): to be left out, as was chosen" in output
    assert LogItem.select().join(Ingredient).where(Ingredient.name == "Apple").count() == 3, "of 1000 g at most"
