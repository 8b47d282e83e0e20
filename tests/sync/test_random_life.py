"""Random writes over REST and from phones, crashes, reconnects: phones equal REST, nothing acknowledged is lost.

``RANDOM_STEPS`` and ``RANDOM_SEED`` choose how long and which (``make sync-random``).
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, key_of
from wger_flask.sync.app_client import Unreachable, ask

from .light_phone import LightPhone, NotYet
from .phone_rows import Row, fresh, parents, rows

STEPS = int(os.environ.get("RANDOM_STEPS", "40"))
PATIENCE = 600.0  # seconds for an answer: what is asked while the server starts is answered after that
SEED = int(os.environ.get("RANDOM_SEED", "7"))
JSON = ("chart_config", "extra_data", "dynamic_params")
SET_BY_SERVER = {"creation_date", "order", "created", "is_official", "has_goal_calories", "comment", "image"}
TEXTS = {"name", "description", "notes"}
RESOURCES = {
    "manager_routine": "routine",
    "measurements_category": "measurement-category",
    "measurements_measurement": "measurement",
    "nutrition_nutritionplan": "nutritionplan",
    "nutrition_meal": "meal",
    "nutrition_mealitem": "mealitem",
    "nutrition_logitem": "nutritiondiary",
    "manager_workoutsession": "workoutsession",
    "manager_workoutlog": "workoutlog",
}
WATER = "plugin_water_glass"  # of a plugin
GO_WITH = {  # references with which a row goes
    "measurements_measurement": {"category"},
    "nutrition_meal": {"plan"},
    "nutrition_mealitem": {"meal"},
    "nutrition_logitem": {"plan"},
    "manager_workoutlog": {"session"},
}


class Server:
    """A server on a database, that can be killed at any moment and started again at the same address."""

    def __init__(self, url: str, folder: Path):
        self.url, self.folder, self.plugins = url, folder, "none"
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def _environment(self) -> dict[str, str]:
        return dict(
            os.environ,
            WGER_DATABASE_URL=self.url,
            WGER_INSTANCE_PATH=str(self.folder),
            WGER_PROFILE="testing",
            WGER_PLUGINS=self.plugins,
            TIME_ZONE="Europe/Berlin",
            WGER_RATELIMIT_ENABLED="0",
            WGER_WORKERS="2",
        )

    def migrate(self) -> None:
        command = [sys.executable, "-m", "wger_flask", "migrate"]
        subprocess.run(command, cwd=ROOT, env=self._environment, check=True, capture_output=True)

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "wsgi:app"]
        command += ["--bind", f"fd://{self._socket.fileno()}"]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                pass_fds=[self._socket.fileno()],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill all processes at once, as a power cut does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(600)
        self._process = None

    def close(self) -> None:
        self.kill()
        self._socket.close()


class Person:
    """Somebody with two phones who also uses REST; ``known`` is what must be there, None for what must not."""

    def __init__(self, server: Server, name: str, chance: random.Random):
        self.server, self.name, self.chance = server, name, chance
        self.credentials = {"Authorization": f"Token {key_of(name)}"}
        self.phones = [LightPhone(server.base, key_of(name)) for _ in range(2)]
        self.keys: Row = {}
        self.known: dict[tuple[str, str], Row | None] = {}
        self.parents: dict[tuple[str, str], Row] = {}
        self.make_parents()

    def _post(self, resource: str, body: Row) -> Row:
        answer = self.rest("POST", resource, body)
        assert answer.status == 201, answer
        made: Row = answer.json()
        return made

    def rest(self, method: str, path: str, body: Row | None = None) -> Any:
        for _ in range(1000):  # a server of a file refuses writers where the machine stands still for seconds
            answer = ask(method, f"{self.server.base}/api/v2/{path}/", body, self.credentials, PATIENCE)
            if answer.status != 503:
                break
            time.sleep(0.1)
        return answer

    # -- what is written ----------------------------------------------------------------------------------------------
    def write(self) -> tuple[str, str, Row]:
        """Choose something to write: verb, table, the row as a phone sends it."""
        table = self.chance.choice([name for name in RESOURCES if name != "manager_routine"])
        there = [key for (name, key), row in self.known.items() if name == table and row is not None]
        kind = self.chance.choice(("PUT", "PUT", "PATCH", "PATCH", "DELETE")) if there else "PUT"
        written = rows(self.keys)[table]
        if kind == "PUT":
            return kind, table, {"id": fresh(), **written.row, **self._text(written.row)}
        key = self.chance.choice(there)
        change = {**written.change, **self._text(written.row)} if kind == "PATCH" else {}
        return kind, table, {"id": key, **change}

    def _text(self, row: Row) -> Row:
        return {name: f"text {self.chance.randrange(10**6)}" for name in TEXTS & set(row)}

    def note(self, verb: str, table: str, data: Row, *, sure: bool = True) -> None:
        """Note what must be there from now on; what is not ``sure`` says nothing."""
        place = table, str(data["id"])
        if not sure:
            self.known.pop(place, None)
        elif verb == "DELETE":
            self.known[place] = None
        elif verb == "PUT" or self.known.get(place) is not None:
            kept = {name: value for name, value in data.items() if name in TEXTS}
            self.known[place] = {**(self.known.get(place) or {}), **kept}
        if verb == "PUT":
            self.parents[place] = {name: str(data[name]) for name in GO_WITH.get(table, ()) if data.get(name)}
        if verb == "DELETE":
            self._note_gone_below(place[1], sure)

    def _note_gone_below(self, key: str, sure: bool) -> None:
        for child in [child for child, of in self.parents.items() if key in of.values()]:
            if self.known.get(child) is not None:
                self.known[child] = None
                if not sure:
                    del self.known[child]
            self._note_gone_below(child[1], sure)

    def make_parents(self) -> None:
        """Make what new rows go below."""
        self.keys = parents(self._post)
        self.parents["nutrition_meal", self.keys["meal"]] = {"plan": self.keys["plan"]}

    def write_over_rest(self) -> None:
        verb, table, data = self.write()
        resource, body = RESOURCES[table], {name: value for name, value in data.items() if name != "id"}
        for name in JSON:
            if name in body:
                body[name] = json.loads(body[name] or "{}")
        for name in ("start", "end"):
            body[name] = body[name][:10] if body.get(name) else body.get(name)
        body = {name: value for name, value in body.items() if name in data}
        try:
            if verb == "PUT":
                answer = self.rest("POST", resource, body)
                if answer.status == 201:
                    self.note("PUT", table, {**data, "id": answer.json()["id"]})
                return
            answer = self.rest(verb, f"{resource}/{data['id']}", body if verb == "PATCH" else None)
            self.note(verb, table, data, sure=answer.status < 300)
        except Unreachable:
            self.note(verb, table, data, sure=False)

    def write_on_phone(self) -> None:
        phone = self.chance.choice(self.phones)
        transaction = []
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            verb, table, data = self.write()
            transaction.append((verb, table, data))
            self.note(verb, table, data, sure=False)  # two phones' queues are sent in whatever order
        phone.queue.append(transaction)

    def replace_a_parent(self) -> None:
        """Delete a plan, a meal, a category or a session with all below it, and make another."""
        name, table = self.chance.choice(
            (
                ("plan", "nutrition_nutritionplan"),
                ("meal", "nutrition_meal"),
                ("category", "measurements_category"),
                ("session", "manager_workoutsession"),
            )
        )
        gone = self.keys[name]
        assert self.rest("DELETE", f"{RESOURCES[table]}/{gone}").status == 204
        self.note("DELETE", table, {"id": gone})
        self.make_parents()

    # -- what is there ------------------------------------------------------------------------------------------
    def over_rest(self, table: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        url = f"{self.server.base}/api/v2/{RESOURCES[table]}/?limit=900"
        while url:
            page = ask("GET", url, None, self.credentials, PATIENCE).json()
            found |= {str(row["id"]): row for row in page["results"]}
            url = page["next"]
        return found

    def differences(self) -> list[str]:
        """Return where a phone differs from REST, or REST from what must be there."""
        wrong = []
        for table in RESOURCES:
            theirs = self.over_rest(table)
            for phone in self.phones:
                mine = phone.of(table)
                wrong += [f"{table} {key}: on one side alone" for key in set(mine) ^ set(theirs)]
                for key in set(mine) & set(theirs):
                    wrong += [f"{table} {key}.{what}" for what in unlike(mine[key], theirs[key])]
            for (name, key), row in self.known.items():
                if name == table and (row is None) != (key not in theirs):
                    wrong.append(f"{table} {key}: {'was deleted' if row is None else 'was acknowledged'}")
                elif name == table and row is not None:
                    wrong += [f"{table} {key}.{field}" for field, value in row.items() if theirs[key][field] != value]
        return wrong


def unlike(mine: Row, theirs: Row) -> list[str]:
    """Return in which columns a row of a phone differs from that of REST."""
    told = []
    for column, value in mine.items():
        name = column if column == "external_id" else column.removesuffix("_id")
        if name in theirs and name not in SET_BY_SERVER and meant(value) != meant(theirs[name]):
            told.append(f"{name}: {value!r} on the phone, {theirs[name]!r} over REST")
    return told


def meant(value: Any) -> Any:
    """Return a value so that those of REST and of phones compare."""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    if value is None or isinstance(value, bool):
        return None if value is None else Decimal(value)
    text = str(value)
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    if text.startswith("{"):
        return json.dumps(json.loads(text), sort_keys=True)
    try:
        return datetime.fromisoformat(text).timestamp() if "T" in text else text
    except ValueError:
        return text


@pytest.fixture
def server(template, tmp_path) -> Iterator[Server]:
    held = template.copy(tmp_path)
    running = Server(held.url, tmp_path)
    running.start()
    yield running
    running.close()
    held.drop()


def crash(server: Server, people: list[Person]) -> None:
    """Kill the server while people write, and start it again."""

    def burst(person: Person) -> None:
        for _ in range(6):
            person.write_over_rest()

    writers = [threading.Thread(target=burst, args=(person,)) for person in people]
    for writer in writers:
        writer.start()
    for person in people:
        for phone in person.phones:
            try:
                phone.upload()
            except (NotYet, Unreachable):
                pass
    server.kill()
    server.start()
    for writer in writers:
        writer.join()


def settle(people: list[Person]) -> None:
    """Let all phones come right, and compare."""
    for _ in range(2):  # what one uploads, the other gets
        for person in people:
            for phone in person.phones:
                phone.sync()
    for person in people:
        assert person.differences() == [], person.name
        assert all(phone.of("nutrition_nutritionplan") and phone.of("core_language") for phone in person.phones)
        assert not [one for phone in person.phones for one in phone.refused if one[3]["error"] == "Unknown table"]


def test_phones_end_equal_to_rest_whatever_happens(server, tmp_path):
    chance = random.Random(SEED)
    people = [Person(server, name, chance) for name in ("grace", "linus")]
    for step in range(1, STEPS + 1):
        person = chance.choice(people)
        phone = chance.choice(person.phones)
        what = chance.choices(
            ("rest", "phone", "upload", "lose", "sync", "cut", "parent", "new phone"), (30, 20, 12, 6, 8, 8, 3, 1)
        )[0]
        try:
            if what == "rest":
                person.write_over_rest()
            elif what == "phone":
                person.write_on_phone()
            elif what in ("upload", "lose"):
                phone.upload(lose_answer=what == "lose")
            elif what == "sync":
                phone.sync()
            elif what == "cut":
                phone.disconnect()
            elif what == "parent":
                person.replace_a_parent()
            else:
                phone.disconnect()
                new = LightPhone(server.base, key_of(person.name))
                new.queue = phone.queue
                person.phones[person.phones.index(phone)] = new
        except (NotYet, Unreachable):
            pass
        if step % 20 == 0:
            crash(server, people)
        if step % 40 == 0 or step == STEPS:
            settle(people)
    assert sum(phone.healed for person in people for phone in person.phones) == 0  # kill -9 breaks no sum


@pytest.mark.skipif(bool(os.environ.get("WGER_TEST_DATABASE_URL")), reason="copies the file of a database")
def test_phones_come_right_by_themselves_whatever_becomes_of_the_database(server, tmp_path):
    people = [Person(server, name, random.Random(SEED)) for name in ("grace", "linus")]
    file, copy = Path(server.url.removeprefix("sqlite:///")), tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    backed_up = [(dict(person.known), dict(person.keys)) for person in people]
    for damage in ("an older backup", "a wiped log", "lost triggers", "a table that joins", "a table that leaves"):
        for person in people:
            for _ in range(8):
                person.write_over_rest()
        settle(people)
        server.kill()
        if damage == "an older backup":
            for name in ("-wal", "-shm"):
                Path(f"{file}{name}").unlink(missing_ok=True)
            shutil.copy(copy, file)
            for person, (known, keys) in zip(people, backed_up, strict=True):
                person.known, person.keys = dict(known), dict(keys)
        elif damage == "a wiped log":
            hurt(file, "table", "DELETE FROM")
        elif damage == "lost triggers":
            hurt(file, "trigger", "DROP TRIGGER")
        elif damage == "a table that joins":
            server.plugins = "water"
            server.migrate()
        else:  # the start finds triggers that were made from another specification
            server.plugins = "none"
        server.start()
        if damage == "a table that joins":
            drink(people)
    for person in people:
        person.write_over_rest()
    settle(people)
    assert not any(phone.of(WATER) for person in people for phone in person.phones)


def drink(people: list[Person]) -> None:
    """Write rows of a plugin's table, and see that each person's phones get theirs, before and after a change."""
    made = {person.name: person.rest("POST", "water", {"amount": 100}).json() for person in people}
    for amount in (100, 250):
        settle(people)
        for person in people:
            row = made[person.name]
            assert all(phone.of(WATER).keys() == {str(row["id"])} for phone in person.phones)
            assert all(phone.of(WATER)[str(row["id"])]["amount"] == amount for phone in person.phones)
            assert person.rest("PATCH", f"water/{row['id']}", {"amount": 250}).status == 200


def hurt(file: Path, kind: str, statement: str) -> None:
    """Run a statement on each table, or trigger, of the log."""
    with closing(sqlite3.connect(file)) as held:
        query = "SELECT name FROM sqlite_master WHERE type = ? AND name LIKE 'wger_flask_sync_%'"
        names = [name for (name,) in held.execute(query, (kind,))]
        assert names, kind
        for name in names:
            held.execute(f'{statement} "{name}"')
        held.commit()
