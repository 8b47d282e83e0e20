"""Know databases, so that nothing above has to.

Every file outside this package speaks of models, selections and moments in time; which
database holds them, how it spells a UUID and what it locks is decided here and in
:mod:`wger_flask.storage.dialects`.
"""

import sys

if "psycopg" not in sys.modules:
    # Peewee imports every driver that is installed, and psycopg costs every worker 12 MB and every
    # start a tenth of a second.  A server on SQLite is spared them; dialects.postgresql imports it.
    sys.modules["psycopg"] = None  # type: ignore[assignment]  # so importing it fails
    import peewee  # noqa: F401

    del sys.modules["psycopg"]
