"""Measure what is computed of a routine: the first answer after a start, and those that follow.

Nothing is remembered between requests, but a server has to find its feet: SQL is compiled for
each shape of query, pages of the database are read.  Another routine is asked for first, so that
the first answer shows what is paid for a routine that was never asked for.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from tests.bench.dataset import ask, copied, token_of
from tests.bench.load import Connection, Request
from tests.bench.servers import OURS, served

ACTIONS = ("structure", "date-sequence-display", "date-sequence-gym", "logs", "stats")
_LONGEST = """SELECT r.id, u.id, u.username FROM manager_routine r JOIN auth_user u ON u.id = r.user_id
              WHERE u.id IN (SELECT user_id FROM authtoken_token)
              ORDER BY julianday(r."end") - julianday(r.start) DESC,
                       (SELECT count(*) FROM manager_workoutlog l WHERE l.routine_id = r.id) DESC LIMIT 1"""
_OTHER = """SELECT r.id FROM manager_routine r JOIN manager_workoutlog l ON l.routine_id = r.id
            WHERE r.user_id = ? AND r.id <> ? LIMIT 1"""


def requests_of(database: Path) -> dict[str, tuple[Request, Request]]:
    """Return, for each action, the request for the longest routine and one for another of the same user.

    Of routines of the same length the one with the most logs is taken.
    """
    [(routine, user, name)] = ask(database, _LONGEST)
    [(other,)] = ask(database, _OTHER, user, routine)
    headers = {"Authorization": f"Token {token_of(database, name)}"}
    return {
        action: tuple(Request(f"/api/v2/routine/{key}/{action}/", headers) for key in (routine, other))
        for action in ACTIONS
    }


def first_answers(database: Path, folder: Path, rounds: int) -> tuple[float, float, dict[str, float]]:
    """Return the seconds from the start of a server to its first answer, of CPU, and the first ms of each action."""
    starts: list[float] = []
    cpu: list[float] = []
    firsts: dict[str, list[float]] = {action: [] for action in ACTIONS}
    for number in range(rounds):
        copy = copied(database, folder / f"start{number}.sqlite")
        with served(OURS, copy) as server:
            starts.append(server.first_answer)
            cpu.append(server.first_cpu)
            connection = Connection(server.url)
            for action, (longest, other) in requests_of(database).items():
                for _ in range(5):
                    connection.send(other)
                firsts[action].append(connection.milliseconds(longest))
        copy.unlink()
    medians = {action: statistics.median(found) for action, found in firsts.items()}
    return statistics.median(starts), statistics.median(cpu), medians
