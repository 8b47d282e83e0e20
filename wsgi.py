"""The application for a WSGI server: ``gunicorn wsgi:app``.

Mistakes of a person (a wrong setting, a broken plugin, tables that were not migrated) end the start with one line.
"""

import sys

from wger_flask import sync
from wger_flask.app import create_app
from wger_flask.options import SettingsError
from wger_flask.rest.registry import RegistrationError
from wger_flask.secrets import SecretKeyError
from wger_flask.storage.database import DatabaseURLError
from wger_flask.storage.sync_log.installing import install_at_start
from wger_flask.storage.tables import TablesDiffer, check_tables

GUNICORN_GIVES_UP = 3  # on any other status it would start the process again, for ever

try:
    app = create_app()
    registry = app.extensions["wger_flask"].registry
    check_tables(registry.models)
    install_at_start(registry.nodes)
    sync.tell_what_is_off(app.extensions["wger_flask"].settings)
except (SettingsError, SecretKeyError, RegistrationError, DatabaseURLError, TablesDiffer) as wrong:
    print(f"Error: {wrong}", file=sys.stderr)
    raise SystemExit(GUNICORN_GIVES_UP) from None
