"""The requests of one worked case, written as short as a person would tell them."""

from __future__ import annotations

from collections import Counter

PREFIXES = {
    "routine": "R",
    "day": "D",
    "slot": "SL",
    "slot-entry": "E",
    "workoutsession": "S",
    "workoutlog": "L",
}


class Story:
    """Requests of one case; every method returns the name of the row that it makes."""

    def __init__(self, name: str, note: str):
        self.name, self.note = name, note
        self.setup: list[dict] = []
        self.numbers: Counter[str] = Counter()

    def add(self, resource: str, **body) -> str:
        prefix = PREFIXES.get(resource, "C")
        self.numbers[prefix] += 1
        name = f"{prefix}{self.numbers[prefix]}"
        capture = {name: "id", **({f"OF{name}": "session"} if resource == "workoutlog" else {})}
        step = {"actor": "A", "method": "POST", "path": f"{resource}/", "body": body, "capture": capture}
        self.setup.append(step)
        return f"{{{{{name}}}}}"

    def routine(self, start="2024-03-04", end="2024-03-24", **more) -> str:
        return self.add("routine", name="Plan", start=start, end=end, **more)

    def day(self, routine: str, order: int = 1, **more) -> str:
        return self.add("day", routine=routine, order=order, **{"name": f"Day {order}", **more})

    def entry(self, day: str, exercise="X1", slot: str = "", order: int = 1, **values) -> str:
        """Plan an exercise; ``values`` are the first values of its configs: ``weight=50``."""
        slot = slot or self.add("slot", day=day, order=order)
        made = self.add("slot-entry", slot=slot, exercise=f"{{{{{exercise}}}}}", order=order)
        for name, value in values.items():
            self.rule(made, name, 1, value)
        return made

    def rule(self, entry: str, name: str, iteration: int, value, **more) -> str:
        return self.add(f"{name.replace('_', '-')}-config", slot_entry=entry, iteration=iteration, value=value, **more)

    def log(self, routine: str, entry: str | None, day: str, weight, repetitions, iteration=1, **more) -> str:
        body = {
            "exercise": "{{X1}}",
            "routine": routine,
            "slot_entry": entry,
            "iteration": iteration,
            "weight": weight,
            "repetitions": repetitions,
            "date": f"{day}T17:30:00Z",
        }
        return self.add("workoutlog", **{**body, **more})
