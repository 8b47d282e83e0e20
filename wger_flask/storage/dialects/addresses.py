"""The addresses of a database, as the settings name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a database is: ``url``, and what only some databases know.

    ``direct`` is the address of the server itself where ``url`` leads to a pooler in transaction mode (else ""),
    ``replicas`` are those of its replicas.
    """

    url: str
    direct: str = ""
    replicas: Sequence[str] = ()

    @property
    def parts(self) -> SplitResult:
        """The parts of ``url``; raises ValueError for what is no URL."""
        return urlsplit(self.url)

    def refuse_others(self, what: str) -> None:
        """Raise ValueError where there is more than ``url``; ``what`` is the database, as a sentence begins."""
        if self.direct or self.replicas:
            raise ValueError(
                f"{what} has neither another address nor replicas: leave WGER_DATABASE_DIRECT_URL and "
                "WGER_DATABASE_REPLICAS out"
            )
