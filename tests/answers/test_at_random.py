"""Whatever is written by whom, kept answers are those that would be made now: random lives of one database."""

from __future__ import annotations

import random

import pytest

from wger_flask.auth.models import User
from wger_flask.storage.database import database, transaction
from wger_flask.testing.server import nothing_kept

PATHS = tuple(
    (
        "exercise/ exerciseinfo/?limit=3 exerciseinfo/?limit=4 exerciseinfo/1/ ingredientinfo/ muscle/ muscle/1/ "
        "exercisecategory/ weightentry/ weightentry/?ordering=-date measurement/?limit=50 measurement-category/ "
        "workoutlog/ workoutsession/ routine/ nutritionplan/ nutritionplaninfo/ day/ trophy/ user-statistics/ "
        "userprofile/"
    ).split()
)
ZONES = ("Asia/Tokyo", "America/New_York", "UTC", "Europe/Berlin")


class Life:
    """The server's clients, and programs beside it, each of which writes now and then."""

    def __init__(self, seed: int, api, another_process):
        self.random, self.api, self.beside = random.Random(seed), api, another_process
        self.clients = {name: api(name) for name in ("grace", "linus", None)}
        self.keys = {user.username: user.id for user in User.select()}
        self.paths, self.made = list(PATHS), 0

    def read(self, app, path: str) -> None:
        """Ask for something as everybody, and compare with what would be made now."""
        for name in self.random.sample([*self.clients], 3):
            given = _told(self.clients[name].get(path))
            with nothing_kept(app):
                assert _told(self.clients[name].get(path)) == given, (path, name)

    def write(self) -> None:
        self.made += 1
        self.random.choice([self.by_api, self.by_api, self.by_sql, self.by_another])()

    def by_api(self) -> None:
        name, number = self.random.choice(("grace", "linus")), self.made
        client = self.clients[name]
        match self.random.randrange(5):
            case 0:
                body = {"weight": str(50 + number % 60), "date": f"2024-05-01T{number % 24:02}:00:00Z"}
                made = client.post("weightentry/", body).json
                if "id" in made:
                    self.paths.append(f"weightentry/{made['id']}/")
            case 1:
                made = client.post("nutritionplan/", {"description": f"Plan {number}"}).json
                self.paths += [f"nutritionplan/{made['id']}/", f"nutritionplan/{made['id']}/nutritional_values/"]
            case 2:
                days = {"start": "2024-05-01", "end": "2024-06-01"}
                made = client.post("routine/", {"name": f"Routine {number}", **days}).json
                kinds = ("structure", "date-sequence-gym", "logs", "stats")
                self.paths += [f"routine/{made['id']}/{kind}/" for kind in kinds]
            case 3:
                client.post("userprofile/", {"time_zone": self.random.choice(ZONES)})
            case 4:
                rows = client.get("weightentry/").json["results"]
                if rows:
                    client.delete(f"weightentry/{rows[0]['id']}/")

    def by_sql(self) -> None:
        with transaction():
            database.obj.execute_sql(self._statement())

    def by_another(self) -> None:
        self.beside(self._statement())

    def _statement(self) -> str:
        user = self.keys[self.random.choice(("grace", "linus"))]
        return self.random.choice(
            (
                f"UPDATE exercises_muscle SET name_en = 'Muscle {self.made}' WHERE id = 1",
                f"UPDATE core_userprofile SET time_zone = '{self.random.choice(ZONES)}' WHERE user_id = {user}",
                f"UPDATE nutrition_nutritionplan SET description = 'Other {self.made}' WHERE user_id = {user}",
                f"UPDATE manager_routine SET name = 'Other {self.made}' WHERE user_id = {user}",
                f"UPDATE exercises_translation SET name = 'Words {self.made}' WHERE exercise_id = {self.made % 3}",
                "UPDATE measurements_measurement SET value = value + 1",
            )
        )


def _told(answer) -> tuple:
    return (
        answer.status_code,
        sorted((name, value) for name, value in answer.headers if name not in ("Expires", "X-Request-ID")),
        answer.data,
    )


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_would_be_made(app, api, another_process, seed):
    life = Life(seed, api, another_process)
    for _ in range(60):
        path = life.random.choice(life.paths)
        life.read(app, path)
        life.write()
        life.read(app, path)
    assert life.made == 60
