"""Let pages from other origins call the API; never with cookies."""

from __future__ import annotations

from flask import Flask, Response, request

METHODS = "DELETE, GET, OPTIONS, PATCH, POST, PUT"
HEADERS = (
    "accept, authorization, content-type, idempotency-key, if-match, if-none-match, user-agent, x-csrftoken, "
    "x-requested-with"
)
SHOWN = "ETag, Idempotency-Replayed, Retry-After, X-Request-ID"
"""What scripts may read of an answer besides what browsers show them anyway."""
MAX_AGE = "86400"


def register(app: Flask, origins: tuple[str, ...]) -> None:
    """Answer preflights and mark answers below ``/api/``, and of the sync, for ``origins`` (``*``: all)."""
    if not origins:
        return

    def granted() -> str | None:
        origin = request.environ.get("HTTP_ORIGIN")
        if not origin or not request.path.startswith(("/api/", "/ps/")):
            return None
        if "*" in origins:
            return "*"
        return origin if origin in origins else None

    @app.before_request
    def preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers or not granted():
            return None
        response = Response(status=200, content_type="text/html; charset=utf-8")
        response.headers.update(
            {
                "access-control-allow-headers": HEADERS,
                "access-control-allow-methods": METHODS,
                "access-control-max-age": MAX_AGE,
            }
        )
        return response

    @app.after_request
    def mark(response: Response) -> Response:
        origin = granted()
        if origin:
            response.headers["access-control-allow-origin"] = origin
            response.headers["access-control-expose-headers"] = SHOWN
        return response
