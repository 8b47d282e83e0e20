"""Remember what a person said that a name in a file is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wger_flask.api import Selection, equals

from .folding import folded
from .models import ImportChoice
from .stores.plan import Named

_LONGEST = 200


class RememberedChoices:
    """The choices of ``user``: those of earlier imports, and before them ``given``, keys as text by kind and name."""

    def __init__(self, user: int, given: Mapping[tuple[str, str], str] | None = None):
        self.user = user
        rows = Selection(ImportChoice, (equals(ImportChoice.user, user),)).rows(("kind", "name", "target"))
        self._held = {(kind, name): target for kind, name, target in rows}
        self._given = {(kind, _spelled(name)): target for (kind, name), target in (given or {}).items()}

    def of(self, kind: str, name: str) -> str | None:
        """Return the key of what was chosen for a name as text, empty to leave it out, None for nothing."""
        asked = kind, _spelled(name)
        return self._given.get(asked, self._held.get(asked))

    def remember(self, names: Iterable[Named]) -> None:
        """Keep what was given and is there, for the next import; within the transaction that runs.

        ``names`` are those of the plans that were made with these choices.
        """
        taken = {(named.kind, _spelled(named.name)) for named in names if named.is_chosen}
        for (kind, name), target in self._given.items():
            if (kind, name) not in taken:
                continue
            asked = {"user": self.user, "kind": kind, "name": name}
            if (kind, name) not in self._held:
                ImportChoice.create(**asked, target=target)
            elif self._held[kind, name] != target:
                of_name = (ImportChoice.user == self.user) & (ImportChoice.kind == kind) & (ImportChoice.name == name)
                ImportChoice.update(target=target).where(of_name).execute()


def _spelled(name: str) -> str:
    return folded(name)[:_LONGEST]
