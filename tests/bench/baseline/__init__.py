"""The yardstick: what somebody writes who needs these endpoints, on this database, and nothing else.

Flask, sqlite3 and orjson, every query and every key written out.  No negotiation, no filters
but the one that is measured, no ordering, no permissions beyond the token and, for a write,
whose rows it refers to and what its values may be.  It shares nothing with the server.  The benchmark checks that the
bytes are the server's, and that a write leaves the same rows.
"""

from __future__ import annotations

from flask import Flask

from . import body, exercises, nutrition, training

app = Flask(__name__)


@app.get("/constant/")
def constant() -> str:
    """Answer what costs least: a constant."""
    return "{}"


for subject in (body, exercises, nutrition, training):
    app.register_blueprint(subject.endpoints)
