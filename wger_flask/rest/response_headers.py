"""Say with every answer what may be done with it.

Browsers do not guess its type. What does not say so itself is kept neither by a proxy nor by the browser, which another
person may use next, where it was made for one user, or answers something that was sent (with a token, for instance).
All else that does not say so is asked for again each time: there are proxies that keep it for minutes otherwise.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from .permissions import SAFE_METHODS


def register(app: Flask) -> None:
    """Mark the application's answers; what one says itself stays."""

    @app.after_request
    def mark(response: Response) -> Response:
        headers = response.headers
        told = {name.lower() for name, _ in headers}  # setdefault() raises and catches where there is none
        if "x-content-type-options" not in told:
            headers.add("X-Content-Type-Options", "nosniff")
        if "cache-control" not in told:
            if g._get_current_object().get("user") is not None or request.method not in SAFE_METHODS:
                headers.add("Cache-Control", "no-store")
            elif not 300 <= response.status_code < 400:
                headers.add("Cache-Control", "no-cache")
        if "vary" not in told and response.status_code >= 400:  # of no target: those say themselves what matters
            headers.add("Vary", "Accept, Authorization, Cookie, Origin")
        return response
