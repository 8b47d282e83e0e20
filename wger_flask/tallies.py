"""Count what happens in this process, for any part that asks: numbers that only grow, by name.

Every layer may count, and none need know who reads it.  The metrics of :mod:`wger_flask.operations` do, where they are
on; to count costs some 100 nanoseconds.
"""

from __future__ import annotations

from collections import Counter

_counts: Counter[tuple[str, ...]] = Counter()

CACHE, WEBHOOK = "cache", "webhook"


def count(*name: str) -> None:
    """Count one event.

    Of a cache: ``count(CACHE, "answers", "hit")``, or ``"miss"``; of a webhook's message: ``count(WEBHOOK, "sent")``,
    or ``"failed"``.
    """
    _counts[name] += 1


def counts() -> dict[tuple[str, ...], int]:
    """Return how many events of each name there were since the process began."""
    return dict(_counts)
