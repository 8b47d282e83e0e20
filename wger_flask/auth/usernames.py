"""Spell and judge the names of accounts.

Names are kept as Django keeps them, in Unicode's form NFKC: letters that are composed in another
way or drawn wider make no other name.  A name that is looked for is spelled so too; see
:func:`spellings`.  What a new name must not be is for :func:`problems` to say; an operator, and
accounts that exist, are not asked.
"""

from __future__ import annotations

import re

from ..storage.unicode_names import normalized, spellings
from . import confusables
from .models import User

__all__ = ["LONGEST", "is_printable", "normalized", "problems", "spellings"]

LONGEST = 150
RESERVED = ("root", "admin", "administrator")
CONTROL, RESERVED_CODE = "invalid", "username_blacklisted"  # the codes of the headless protocol
NOT_PRINTABLE = "Control characters, line breaks and invisible characters are not allowed."
LIKE_STAFF = "This name looks like that of an administrator. Please choose another one."

# Code points that leave no trace on the screen but count as letters and marks, not as control characters:
# fillers, variation selectors and the like (Default_Ignorable_Code_Point of the Unicode Character Database).
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def is_printable(name: str) -> bool:
    """Tell whether everything in ``name`` is seen: no control characters, no line breaks, nothing invisible."""
    return name.isprintable() and not _INVISIBLE.search(name)


def problems(name: str) -> list[tuple[str, str]]:
    """Return what speaks against the new name ``name``, in form NFKC, as pairs of a code and a sentence."""
    if not is_printable(name):
        return [(CONTROL, NOT_PRINTABLE)]
    looks = confusables.skeleton(name)
    staff = User.select(User.username).where(User.is_staff | User.is_superuser).scalars()
    if any(looks == confusables.skeleton(other) for other in (*RESERVED, *staff)):
        return [(RESERVED_CODE, LIKE_STAFF)]
    return []
