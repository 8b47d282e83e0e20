"""Name what a calculation can refuse.

A routine may be well-formed and still have no presentable answer: a rule that doubles a
weight every week leaves the six digits that a prescription can hold.  Callers turn these
errors into an answer that names ``field``; the engine itself knows no status codes.
"""

from __future__ import annotations


class EngineError(ValueError):
    """Say that ``field`` has no presentable value; the message is meant for the person who asks."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field


class TooManyDigits(EngineError):
    """Refuse a computed number that does not fit the digits of its field."""

    def __init__(self, field: str):
        super().__init__(field, "The computed value has too many digits.")


class TooManySets(EngineError):
    """Refuse a sequence that would list an unreasonable number of sets."""

    def __init__(self, limit: int):
        super().__init__("sets", f"The sequence has more than {limit} sets.")
