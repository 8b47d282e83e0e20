"""Files that databases keep or write, told by their first bytes."""

FORMATS = (
    (b"SQLite format 3\0", "an SQLite database: serve it as it is with WGER_DATABASE_URL, or dump it with dumpdata"),
    (b"PGDMP", "an archive of pg_dump: restore it and serve that, or dump it with dumpdata"),
    (b"--", "SQL: dump it with dumpdata"),
    (b"BEGIN", "SQL: dump it with dumpdata"),
    (b"PRAGMA", "SQL: dump it with dumpdata"),
)
"""How each begins, and what to tell a user who wants it imported."""
