"""Write the kept files anew."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import Client, make_template, settings_for
from wger_flask.app import create_app
from wger_flask.storage.database import database, open_database

from . import descriptions, keep, routines, steps


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with contextlib.redirect_stdout(io.StringIO()):  # messages to the people
            held = make_template(None, folder)
        app = create_app(settings_for(held.url, folder))
        app.testing = False

        @contextmanager
        def fresh():
            """A copy of the prepared database, and a way to make clients on it."""
            with tempfile.TemporaryDirectory() as place:
                copy = held.copy(Path(place))
                open_database(copy.url)
                yield lambda user=None: Client(app, user)
                database.obj.close()

        wanted = sys.argv[1:] or ["tables", "shapes", "routines", "steps"]
        registry = app.extensions["wger_flask"].registry
        if "tables" in wanted:
            keep("tables.json", descriptions.tables())
        if "shapes" in wanted:
            document = app.test_client().get("/api/v2/schema?format=json").json
            keep("shapes.json", descriptions.shapes(document, [resource.name for resource in registry]))
        if "routines" in wanted:
            keep("routines.json", routines.record(fresh))
        if "steps" in wanted:
            keep("steps.json", steps.record(fresh, registry))


if __name__ == "__main__":
    main()
