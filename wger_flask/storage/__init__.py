"""Know databases, so that nothing above has to.

Every file outside this package speaks of models, selections and moments in time; which
database holds them, how it spells a UUID and what it locks is decided here and in
:mod:`wger_flask.storage.dialects`.
"""

import sys

# Peewee imports every driver that is installed: psycopg costs every worker 12 MB and every start a tenth of a second,
# pymysql half of that.  A server is spared those that it does not use; modules of dialects import their own.
_DRIVERS = [name for name in ("psycopg", "pymysql", "MySQLdb") if name not in sys.modules]
for _driver in _DRIVERS:
    sys.modules[_driver] = None  # type: ignore[assignment]  # so importing it fails
import peewee  # noqa: E402, F401

for _driver in _DRIVERS:
    del sys.modules[_driver]
