"""Say to a person how long to wait: programs are told in seconds."""

from __future__ import annotations

import math
import re

_IN_SECONDS = re.compile(r"Request was throttled\. Expected available in (\d+) seconds?\.")
_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


def in_words(seconds: int) -> str:
    """Return a time to wait in its largest unit that is not too coarse, rounded up: ``30 minutes``."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= 2 * size or size == 1)
    count = math.ceil(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def for_people(sentence: str) -> str:
    """Return ``sentence``, in other words where it tells seconds to wait."""
    return _IN_SECONDS.sub(lambda wait: f"That was too often. Please try again in {in_words(int(wait[1]))}.", sentence)
