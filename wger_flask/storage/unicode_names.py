"""Keep names in Unicode's form NFKC, as Django keeps those of users, and find what was stored before that.

In form NFKC a letter is composed in one way and drawn in one width, so that names that look the
same because they are the same text in two encodings are one name.
"""

from __future__ import annotations

import logging
import unicodedata
from collections import defaultdict

import peewee

from .database import database

log = logging.getLogger(__name__)
NAMES = (("auth_user", "username", 150),)  # tables, their columns of unique names, and how long these may be


def normalized(name: str) -> str:
    """Return ``name`` in form NFKC."""
    return unicodedata.normalize("NFKC", name)


def spellings(name: str) -> tuple[str, ...]:
    """Return what a row that a user calls ``name`` may be stored as, the likeliest first.

    As it stands comes first: of names that :func:`normalize` left apart, each is found by its
    exact spelling.
    """
    return tuple(dict.fromkeys((name, normalized(name))))


def normalize() -> int:
    """Bring the names that are stored into form NFKC; returns how many were changed.

    Names that would become one stay as they are, and so does one that would be too long; the log
    tells of them.  Runs in the caller's transaction.
    """
    present = set(database.obj.get_tables())
    return sum(_normalize(*where) for where in NAMES if where[0] in present)


def _normalize(table: str, column: str, longest: int) -> int:
    rows = peewee.Table(table).bind(database.obj)
    names = rows.c[column]
    by_form = defaultdict(list)
    for key, name in rows.select(rows.c.id, names).order_by(rows.c.id).tuples():
        if (form := normalized(name)) != name:
            by_form[form].append((key, name))
    changed = 0
    for form, values in by_form.items():
        held = list(rows.select(rows.c.id, names).where(names == form).tuples())
        if len(values) + len(held) > 1:
            shown = ", ".join(f"{ascii(name)} (id {key})" for key, name in sorted(held + values))
            log.warning("%s: these names are one and stay apart, each found by its exact spelling: %s", table, shown)
        elif len(form) > longest:
            log.warning("%s: %s (id %s) stays as it is: it would be too long", table, ascii(values[0][1]), values[0][0])
        else:
            changed += rows.update({names: form}).where(rows.c.id == values[0][0]).execute()
    return changed
