"""Which texts count as booleans in filters.

That follows a setting: the public documentation says ``True`` and ``False`` and ignores the rest, newer servers take
any spelling.
"""

from __future__ import annotations

DOCUMENTED_BOOLEANS = {"True": True, "False": False}
ANY_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_booleans = DOCUMENTED_BOOLEANS


def set_boolean_spellings(spellings: dict[str, bool]) -> None:
    """Choose which texts count as booleans in filters; called once, at start."""
    global _booleans
    _booleans = spellings


def boolean(text: str, spelling: str = "") -> bool | None:
    """Return the truth value that ``text`` spells in a filter, None where no such spelling is known.

    Which are is for the setting to say, unless ``spelling`` is ``"any"``.
    """
    known = ANY_BOOLEANS if spelling == "any" else _booleans
    return known.get(text.lower() if known is ANY_BOOLEANS else text)
