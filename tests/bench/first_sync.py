"""Measure the first sync of large accounts: 3,000 rows of the user's own, a catalogue of 10,000.

    python -m tests.bench.first_sync [--rounds 3]

The first phone finds a log with nothing in it, the second one what the first left: the catalogue, rendered.  It needs
the dataset of ``python -m tests.bench``.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
import uuid
from contextlib import closing
from pathlib import Path

from tests.bench.dataset import copied, prepare, token_of
from tests.bench.phones import Phone, ask, cpu_seconds, megabytes, worker_of
from tests.bench.servers import ROOT
from tests.serving.running import Running, running

USERS = ("grace", "linus")
CATALOGUE, OWN = 10_000, 3_000


def enlarge(database: Path) -> None:
    """Add names of exercises, and measurements of the users, up to the sizes that are measured."""
    with closing(sqlite3.connect(database)) as held, held:
        tables = "exercises_exercise exercises_translation exercises_alias exercises_exercisecomment "
        tables += "exercises_exercise_muscles exercises_exercise_muscles_secondary exercises_exercise_equipment"
        there = sum(held.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables.split())
        names = [(uuid.uuid4().hex, f"Name {number}") for number in range(CATALOGUE - there)]
        held.executemany(
            "INSERT INTO exercises_alias (uuid, alias, translation_id) VALUES "
            "(?, ?, (SELECT min(id) FROM exercises_translation))",
            names,
        )
        for user in USERS:
            query = "SELECT c.id FROM measurements_category c JOIN auth_user u ON u.id = c.user_id WHERE username = ?"
            category = held.execute(query, (user,)).fetchone()[0]
            query = (
                "SELECT count(*) FROM measurements_measurement m JOIN measurements_category c ON c.id = m.category_id "
            )
            there = held.execute(query + "JOIN auth_user u ON u.id = c.user_id WHERE username = ?", (user,)).fetchone()[
                0
            ]
            columns = [row[1] for row in held.execute("PRAGMA table_info(measurements_measurement)")]
            like = dict(
                zip(
                    columns,
                    held.execute(
                        "SELECT * FROM measurements_measurement WHERE category_id = ? ORDER BY date LIMIT 1",
                        (category,),
                    ).fetchone(),
                    strict=True,
                )
            )
            for number in range(OWN - there):
                moment = f"{1900 + number // 300}-{1 + number % 12:02}-{1 + number // 12 % 25:02} 08:00:00"
                row = like | {"id": uuid.uuid4().hex, "date": moment, "value": number % 90 + 1, "external_id": None}
                held.execute(
                    f"INSERT INTO measurements_measurement ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                    tuple(row.values()),
                )


async def measure(server: Running, keys: list[str], found: dict[str, list[float]]) -> None:
    process = worker_of(server)
    for key, name in zip((*keys, keys[0]), ("first", "second", "third, of the first user"), strict=True):
        token = ask(server, key, "powersync-token")["token"]
        phone = Phone(server.port, token, name)
        used, began = cpu_seconds(process), time.monotonic()
        following = asyncio.create_task(phone.follow())
        took = await phone.completed(1, 120) - began
        used = cpu_seconds(process) - used
        found.setdefault(name, []).append(used)
        print(
            f"{name}: {phone.operations} rows, {phone.bytes / 2**20:.1f} MiB, {took:.2f} s, {used:.2f} s of CPU; "
            f"{megabytes(process):.0f} MB"
        )
        following.cancel()


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--folder", type=Path, default=ROOT / "instance" / "bench", help="where the database is kept")
    chosen = reader.parse_args()
    database, found = prepare(chosen.folder), {}
    for _ in range(chosen.rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            held = copied(database, folder / "phones.sqlite")
            enlarge(held)
            keys = [token_of(held, user) for user in USERS]
            with running(f"sqlite:///{held}", folder, WGER_WORKERS="1", WGER_RATELIMIT_ENABLED="0") as server:
                ask(server, keys[0], "version/")
                asyncio.run(measure(server, keys, found))
    for name, used in found.items():
        print(f"{name}: {statistics.median(used):.2f} s of CPU at the median")


if __name__ == "__main__":
    main()
