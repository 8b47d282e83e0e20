"""What an import would do: made without writing anything, shown to the person, and then carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from wger_flask.storage.upgrades import Progress, no_progress

from ..models import ImportRun

LEAVE_OUT = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a file that stands for a row here, such as an exercise.

    * ``kind``: what it names ("exercise", "food"); ``times`` is how often, first in ``line``.
    * ``target``: the key of the row as text, :data:`LEAVE_OUT` where the person wants none, None where nothing was
      found and nothing chosen; ``label`` is what that row is called, ``is_chosen`` says whether the person chose it.
    * ``suggestions``: pairs of key and label of rows that it may be.
    """

    kind: str
    name: str
    times: int
    line: int
    target: str | None
    label: str = ""
    is_chosen: bool = False
    suggestions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What a record of a file is not, or not wholly, imported for."""

    line: int
    text: str
    file: str = ""

    @property
    def place(self) -> str:
        """Where it is, as a sentence begins."""
        return f"{self.file}, line {self.line}" if self.file else f"Line {self.line}"


@dataclass
class Plan:
    """What records of one kind would become.

    ``new`` of them would be written, ``known`` were imported before, ``skipped`` are those whose names match nothing
    here or shall be left out; ``remarks`` tell of others that are left out, or lose something.  ``fallback`` says what
    is done with those whose names match nothing, where they are not left out.
    """

    label: str
    new: int = 0
    known: int = 0
    skipped: int = 0
    names: list[Named] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    fallback: str = ""

    @property
    def unmatched(self) -> list[Named]:
        """The names that match nothing, and that nothing was chosen for."""
        return [named for named in self.names if named.target is None]

    def write(self, run: ImportRun, progress: Progress = no_progress) -> None:
        """Write the new rows, within the transaction in which the plan was made, and note them as those of ``run``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Person:
    """Who imports: the key of the user, and the ids of the languages that they read, the nearest first."""

    id: int
    languages: tuple[int, ...]


class Choices(Protocol):
    """What names stand for, as the person has chosen now or at an earlier import."""

    def of(self, kind: str, name: str) -> str | None:
        """Return the key of the chosen row as text, :data:`LEAVE_OUT`, or None where nothing was chosen."""


Searches = Mapping[str, str]
"""What the person looks for instead of a name that nothing was found for."""

NO_SEARCHES: Searches = {}
