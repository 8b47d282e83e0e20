"""The addresses of a database, as the settings name them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


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

    def of_server(self, scheme: str, port: int, options: Set[str]) -> tuple[str, dict[str, Any]]:
        """Return the name of the database on a server, and how to get there.

        That is ``host``, ``port`` (``port`` unless the address has one), ``user`` and ``password`` where there are
        any, and those of ``options`` that the address gives behind its ``?``; what ends with ``_timeout`` is a number.
        Raises ValueError for other options and where no database is named.
        """
        parts = self.parts
        name = unquote(parts.path[1:])
        if not name or "/" in name:
            raise ValueError(f"a database is needed, as in {scheme}://user:password@host/name")
        how: dict[str, Any] = {"host": parts.hostname or "localhost", "port": parts.port or port}
        for option, value in parse_qsl(parts.query, keep_blank_values=True):
            if option not in options:
                raise ValueError(f"{option!r} is no option; there are {', '.join(sorted(options))}")
            how[option] = int(value) if option.endswith("_timeout") else value
        for option, given in (("user", parts.username), ("password", parts.password)):
            if given is not None:
                how[option] = unquote(given)
        return name, how

    def refuse_others(self, what: str) -> None:
        """Raise ValueError where there is more than ``url``; ``what`` is the database, as a sentence begins."""
        if self.direct or self.replicas:
            raise ValueError(
                f"{what} has neither another address nor replicas: leave WGER_DATABASE_DIRECT_URL and "
                "WGER_DATABASE_REPLICAS out"
            )
