"""The pages around the API: where a newcomer begins, and the API's documentation.

The OpenAPI document is read by two programs that run in the browser, Swagger UI and ReDoc.
Their builds come from Python packages and are served from here: no page asks another host for
anything.  The documentation of the server is served beside them, where it is built.
"""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from . import docs_site, documents, home

__all__ = ["register"]


def register(app: Flask, api: Api) -> None:
    """Register the pages with the application."""
    app.register_blueprint(home.pages)
    app.register_blueprint(documents.pages_for(api))
    app.register_blueprint(docs_site.pages)
