"""Build plans with few words."""

from __future__ import annotations

import pytest

from wger_flask.domain.exercises.models import Exercise


class Builder:
    """Post to the API as one person and hand back what it answered; anything but success fails the test."""

    def __init__(self, client, exercise: int):
        self.client, self.exercise = client, exercise

    def post(self, resource: str, **body) -> dict:
        answer = self.client.post(f"{resource}/", body)
        assert answer.status_code == 201, (resource, body, answer.data)
        return answer.json

    def patch(self, resource: str, row: dict, **body) -> dict:
        answer = self.client.patch(f"{resource}/{row['id']}/", body)
        assert answer.status_code == 200, (resource, body, answer.data)
        return answer.json

    def get(self, path: str):
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.data)
        return answer.json

    def routine(self, start: str = "2024-01-01", end: str = "2024-01-14", **more) -> dict:
        return self.post("routine", start=start, end=end, **more)

    def day(self, routine: dict, **more) -> dict:
        return self.post("day", routine=routine["id"], **more)

    def slot(self, day: dict, **more) -> dict:
        return self.post("slot", day=day["id"], **more)

    def entry(self, slot: dict, **more) -> dict:
        return self.post("slot-entry", **{"slot": slot["id"], "exercise": self.exercise, **more})

    def config(self, quantity: str, entry: dict, value, iteration: int = 1, **more) -> dict:
        return self.post(f"{quantity}-config", slot_entry=entry["id"], iteration=iteration, value=value, **more)

    def log(self, **more) -> dict:
        return self.post("workoutlog", **{"exercise": self.exercise, "repetitions": 8, "weight": 60, **more})

    def whole(self, days: int = 1, exercises: int = 1) -> tuple[dict, list[dict]]:
        """Return a routine with so many days of so many exercises, and their entries."""
        routine, entries = self.routine(), []
        for order in range(days):
            day = self.day(routine, order=order + 1)
            for _ in range(exercises):
                entries.append(entry := self.entry(self.slot(day)))
                self.config("weight", entry, 50)
                self.config("weight", entry, 5, 2, operation="+", repeat=True, requirements={"rules": ["weight"]})
                self.config("sets", entry, 3)
        return routine, entries


@pytest.fixture
def exercise(app) -> int:
    """The key of an exercise."""
    return Exercise.select().order_by(Exercise.id).first().id


@pytest.fixture
def grace(api, exercise):
    """Grace at work."""
    return Builder(api("grace"), exercise)


@pytest.fixture
def linus(api, exercise):
    """Linus at work."""
    return Builder(api("linus"), exercise)
