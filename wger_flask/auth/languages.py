"""Read which language a client asks for."""

from __future__ import annotations

from flask import Request


def preferred_language(request: Request) -> str:
    """Return the two-letter code of the language that the request wants most, empty for none."""
    best = request.accept_languages.best or ""
    return best.replace("_", "-").partition("-")[0].lower() if best != "*" else ""
