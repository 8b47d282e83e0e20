"""What the command says: of a person's mistakes, and of what it has done."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from wger_flask.commands import main
from wger_flask.pull.client import PullFailure
from wger_flask.pull.run import Wanted
from wger_flask.pull.state import Report


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://wger.de", "--token", "a"], "--token and --user belong together"),
        (["https://wger.de", "--user", "ada"], "--token and --user belong together"),
        (["https://wger.de", "--only", "training"], "training: these are a user's own"),
        (["https://wger.de", "--only", "exercises,recipes"], "recipes; there are exercises, foods"),
        (["ftp://wger.de"], "not the address of a server"),
    ],
)
def test_a_mistake_is_one_line(arguments, said, monkeypatch):
    monkeypatch.delenv("PULL_TOKEN", raising=False)
    done = CliRunner().invoke(main, ["pull", *arguments])
    assert done.exit_code and said in done.output and "Traceback" not in done.output


@pytest.fixture
def command(app, monkeypatch):
    """Run the command with a copying that reports, or fails with, what is given."""

    def command(outcome: Report | PullFailure, *arguments: str):
        def pull(site, wanted, show, pause):
            asked.append(wanted)
            show("exercises", 1, 2)
            if isinstance(outcome, PullFailure):
                raise outcome
            return outcome

        asked: list[Wanted] = []
        monkeypatch.setattr("wger_flask.commands.pull.migrated", lambda: app)
        monkeypatch.setattr("wger_flask.pull.run.pull", pull)
        return CliRunner().invoke(main, ["pull", "https://wger.example", *arguments]), *asked

    return command


def test_what_was_done_is_told_by_kind(command):
    report = Report()
    report.count("exercises", "new", 3)
    report.count("exercises", "unchanged", 2)
    for number in range(60):
        report.leave_out(f"food {number}", "it has no name")
    done, wanted = command(report, "--only", "exercises", "--language", "DE", "--language", "en")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert "exercises: 3 new, 2 unchanged." in lines and "Left out: food 0: it has no name." in lines
    assert sum(line.startswith("Left out: food") for line in lines) + int(lines[-1].split()[2]) == 60
    assert (wanted.languages, wanted.user) == (("de", "en"), None)


def test_nothing_new_is_told(command):
    report = Report()
    report.count("exercises", "unchanged", 2)
    assert "Nothing has changed since the last time." in command(report)[0].output


def test_what_ends_a_run_is_one_line(command):
    done, _ = command(PullFailure("wger.example: it answers 500"))
    assert done.exit_code and "it answers 500" in done.output and "Traceback" not in done.output


def test_a_token_is_for_an_account_that_there_is(command):
    done, *_ = command(Report(), "--token", "a", "--user", "nobody")
    assert done.exit_code and "nobody" in done.output and "Traceback" not in done.output


def test_pictures_of_foods_come_where_they_are_asked_for(command):
    _, wanted = command(Report())
    assert {"foods", "profile", "gallery"} <= wanted.only and "food-pictures" not in wanted.only
    _, wanted = command(Report(), "--only", "food-pictures")
    assert wanted.only == {"food-pictures"}
