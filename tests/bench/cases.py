"""What is measured: each a request that both servers answer with the same bytes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """A GET of ``path``; ``as_user`` sends the permanent token of that user."""

    name: str
    path: str
    as_user: str = ""

    def headers(self, database: Path) -> dict[str, str]:
        """Return the headers of the request."""
        if not self.as_user:
            return {}
        query = "SELECT key FROM authtoken_token t JOIN auth_user u ON u.id = t.user_id WHERE username = ?"
        held = sqlite3.connect(database)
        try:
            return {"Authorization": f"Token {held.execute(query, (self.as_user,)).fetchone()[0]}"}
        finally:
            held.close()


CASES = (
    Case("exercise list", "/api/v2/exercise/"),
    Case("exercise detail", "/api/v2/exercise/17/"),
    Case("exercise list, filtered", "/api/v2/exercise/?category=10"),
    Case("exerciseinfo list", "/api/v2/exerciseinfo/"),
    Case("a user's weights", "/api/v2/weightentry/", as_user="grace"),
)
