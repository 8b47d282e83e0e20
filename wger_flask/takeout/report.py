"""What came of a take-out that was brought in, or would come of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .document import GivenRow
from .matching import Unmatched

MOST_TOLD = 100


@dataclass(slots=True)
class Report:
    """Numbers of rows by table.

    * ``new``: rows that were not here; ``known``: those that were, and stay as they are; ``changed``: those that there
      is one of for everybody, such as the profile, and that were something else.
    * ``left_out``: rows that cannot be brought in, for ``unmatched`` or for ``problems``, sentences of which
      :data:`MOST_TOLD` are kept.
    * ``derived``: rows that follow from others, and are worked out anew; ``unknown``: rows of tables that are not here.
    * ``loosened``: how many references were emptied, since what they lead to is not brought in.
    * ``is_done``: whether anything was written.
    """

    new: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    derived: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unmatched: list[Unmatched] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    loosened: int = 0
    is_done: bool = False

    def note(self, given: GivenRow, why: str) -> None:
        """Note that a row is left out, and why."""
        self.left_out[given.table] += 1
        if len(self.problems) < MOST_TOLD:
            self.problems.append(f"{given}: {' '.join(why.split())[:300]}")

    @property
    def is_whole(self) -> bool:
        """Whether everything can be brought in."""
        return not (self.left_out or self.unmatched or self.unknown)

    def lines(self) -> list[str]:
        """Return the report in sentences, the numbers first."""
        told = [("new", self.new), ("here already", self.known), ("changed", self.changed)]
        told += [("worked out anew", self.derived), ("left out", self.left_out)]
        told += [("left out, of a table that is not here", self.unknown)]
        found = [f"{name}: {number} {what}" for what, numbers in told for name, number in numbers.items()]
        found += [f"Not here: {one.kind} {one.name!r}, on which {one.times} rows rely" for one in self.unmatched]
        if self.loosened:
            found.append(f"{self.loosened} references are emptied: what they lead to is not brought in")
        return found + self.problems
