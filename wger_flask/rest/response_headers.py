"""Say with every answer what may be made of it.

Nobody guesses at its type, and what was made for one person, or answers something that was sent
(a token, for instance), is kept by nobody: not by a proxy, nor by the browser of whoever comes next.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from .permissions import SAFE_METHODS


def register(app: Flask) -> None:
    """Mark the application's answers; what one says itself stays."""

    @app.after_request
    def mark(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if g.get("user") is not None or request.method not in SAFE_METHODS:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
