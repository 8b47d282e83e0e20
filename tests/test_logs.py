"""One event is one line in the log, whatever clients sent."""

from __future__ import annotations

import io
import logging

import pytest

from wger_flask.logs import LineFormatter, printable


@pytest.fixture
def lines():
    """What the log of the package says, as it is written to the console."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LineFormatter("%(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("wger_flask")
    log.addHandler(handler)
    yield lambda: written.getvalue().splitlines()
    log.removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a b", "a b"),
        ("Bankdrücken 💪", "Bankdrücken 💪"),
        ("a\nb", "a\\nb"),
        ("\r\t", "\\r\\t"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x85\u2028", "\\x85\\u2028"),
        ("\u202e", "\\u202e"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("\udc80", "\\udc80"),
    ],
)
def test_what_cannot_be_printed_is_spelled_out(text, line):
    assert printable(text) == line


def test_a_path_forges_no_line(api, lines, monkeypatch):
    from wger_flask.rest.resource import Resource

    def fail(*arguments):
        raise RuntimeError("a mistake\nERROR wger_flask: of ours")

    monkeypatch.setattr(Resource, "by_key", fail)
    assert api().get("muscle/1%0AERROR wger_flask: forged%1B[2J/").status_code == 500
    first, *rest = lines()
    assert first == "ERROR wger_flask: GET /api/v2/muscle/1\\nERROR wger_flask: forged\\x1b[2J/ failed"
    assert rest and all(line.startswith("    ") for line in rest)


def test_a_recipient_forges_no_line(lines):
    from wger_flask.mail.outbox import Outbox

    def refuse(message):
        raise ValueError("no\nway")

    Outbox(refuse)._send({"To": "a@example.org\nERROR wger_flask: forged"})
    told = "a@example.org\\nERROR wger_flask: forged: ValueError: no\\nway"
    assert lines() == [f"ERROR wger_flask.mail: no e-mail to {told}"]


def test_the_package_writes_its_log_in_this_way(app):
    assert {type(handler.formatter) for handler in logging.getLogger("wger_flask").handlers} == {LineFormatter}
