"""Find the existing name that a new one repeats, perhaps with other spacing, case or a slip of the
finger.

A catalogue that is open to all users fills up with "Bench Press", "Bench-press" and "Bench Presss"
unless similar names are shown first. The rule is the one the API documents for databases without trigrams;
it is used on every database, so that the same request gets the same answer everywhere.

Comparing two names properly costs some 50 microseconds, and there are thousands: difflib's upper
bounds, which cost a fraction of that, rule out nearly all of them, and a bound rises to the best
best ratio so far.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

MAX_LENGTH_DIFFERENCE = 4
MIN_RATIO = 0.85

_IGNORED = str.maketrans("", "", " \t\n\r\f\v\u00a0-_")


def normalised(name: str) -> str:
    """Return a name without blanks, hyphens and underscores, in lower case: what makes two names the same."""
    return name.translate(_IGNORED).lower()


def too_similar(name: str, others: Iterable[str]) -> str | None:
    """Return the most similar of the other names if it is too close to be another exercise, else None.

    Only names whose length differs by at most four characters count. Of those, one that is equal once `normalised` is
    taken at once; otherwise the one with the highest `SequenceMatcher` ratio of the lower-case names, at least 0.85.
    The name itself must not be among the others when it is being kept.
    """
    plain = normalised(name)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(name.lower())
    best, best_ratio = None, MIN_RATIO
    for other in others:
        if abs(len(other) - len(name)) > MAX_LENGTH_DIFFERENCE:
            continue
        if normalised(other) == plain:
            return other
        matcher.set_seq1(other.lower())
        if matcher.real_quick_ratio() < best_ratio or matcher.quick_ratio() < best_ratio:
            continue
        ratio = matcher.ratio()
        if ratio >= best_ratio and (best is None or ratio > best_ratio):
            best, best_ratio = other, ratio
    return best
