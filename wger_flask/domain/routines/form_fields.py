"""Which fields of a form matter where a page of training leads to it, and which say what it is about.

The other fields are there too, folded away: a set has sixteen, of which a person types three.
"""

from __future__ import annotations

_PRESCRIBED = ("sets", "repetitions", "weight", "rir", "rest", "weight_gain", "repetitions_gain", "when_reached")
EXERCISE = {"ask": ("exercise", *_PRESCRIBED)}
PRESCRIPTION = {"ask": _PRESCRIBED}
DAY = {"ask": ("name", "is_rest", "need_logs_to_advance", "description"), "tell": ("routine",)}
CHANGED_DAY = {"ask": (*DAY["ask"], "order"), "tell": ("routine",)}
# A day that becomes one of rest loses its exercises and what was logged of them: no tick to brush against.
FILLED_DAY = {"ask": tuple(name for name in CHANGED_DAY["ask"] if name != "is_rest"), "tell": ("routine",)}
SLOT = {"ask": ("order", "comment"), "tell": ("day",)}
ENTRY = {"ask": ("exercise", "type", "comment", "order"), "tell": ("slot",)}
RULE = {"ask": ("iteration", "value", "operation", "step", "repeat", "requirements"), "tell": ("slot_entry",)}
SESSION = {"ask": ("datetime_start", "datetime_end", "impression", "notes"), "tell": ("routine", "day")}
END = {"ask": ("datetime_end", "impression", "notes"), "tell": ("routine", "day", "datetime_start")}
LOG = {"ask": ("repetitions", "weight", "rir"), "tell": ("exercise", "iteration")}
COPY = {"ask": ("name", "start")}
