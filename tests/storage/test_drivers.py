"""A server is spared the drivers of databases that it does not use, whichever module is imported first."""

from __future__ import annotations

import subprocess
import sys

import pytest

DRIVERS = "psycopg", "psycopg2", "pymysql", "MySQLdb"


@pytest.mark.parametrize(
    "first", ["api", "app", "auth.accounts", "commands", "jobs", "rest.filtering.filters", "storage.database"]
)
def test_no_driver_is_imported_before_a_database_is_opened(first):
    looks = (
        f"import sys, wger_flask.{first}; print(sorted(set({DRIVERS}) & {{n for n, m in sys.modules.items() if m}}))"
    )
    done = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
