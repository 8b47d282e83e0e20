"""What the command says of a person's mistakes, before anything is asked or made."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from wger_flask.commands import main


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
