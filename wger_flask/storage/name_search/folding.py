"""Compare words however they are spelled: without case and accents, and with a slip of the finger.

No database in here: :mod:`.index` keeps what these functions make of names, :mod:`.search`
asks with what they make of a typed text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Letters that no decomposition turns into their plain neighbours.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "þ": "th", "ŧ": "t"}
)
# Chinese and Japanese put no blanks between words: each of their signs is one here.
_SIGN = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORDS = re.compile(rf"[{_SIGN}]|[^\W_{_SIGN}]+")
GAP = "  "


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` in lower case, without accents and punctuation."""
    if text.isascii():
        return tuple(_WORDS.findall(text.lower()))
    bare = text
    for _ in range(2):  # what a letter decomposes into may have a case of its own
        bare = unicodedata.normalize("NFKD", bare.casefold())
    return tuple(_WORDS.findall("".join(c for c in bare if not unicodedata.combining(c)).translate(_PLAIN)))


def folded(words: Iterable[str]) -> str:
    """Return ``words`` with two blanks before, between and behind them.

    So every word, even one of a single letter, begins with three characters of its own.
    """
    return GAP + "".join(f"{word}{GAP}" for word in words)


def other_numbers(word: str) -> tuple[str, ...]:
    """Return what the singular of ``word`` may be, or a plural that does not begin with it; most are no words.

    English and German endings: whether one of them is a word, only the known words can tell.
    """
    variants = [
        word[: -len(ending)] + other
        for ending, (least, others) in _ENDINGS.items()
        if len(word) >= least and word.endswith(ending)
        for other in others
    ]
    return tuple(dict.fromkeys(variants)) if not word.endswith("ss") else ()


# An ending, how long a word must be at least for it to be one, and what may stand in its place.
_ENDINGS = {
    "s": (3, ("",)), "es": (5, ("",)), "ies": (5, ("y",)), "ves": (5, ("f", "fe")),
    "y": (4, ("ies",)), "f": (4, ("ves",)), "fe": (4, ("ves",)),
    "n": (5, ("",)), "en": (6, ("",)), "e": (6, ("",)),
}  # fmt: skip


def halves(word: str) -> list[tuple[str, str]]:
    """Return the ways to take ``word`` for two words that were joined."""
    return [(word[:at], word[at:]) for at in range(1, len(word))] if 4 <= len(word) <= 30 else []


def slips_allowed(word: str) -> int:
    """Return how many slips of the finger a word of that length may hide."""
    return 0 if not 4 <= len(word) <= 30 else 1 if len(word) < 8 else 2


def slips(typed: str, word: str) -> tuple[int, int]:
    """Return by how many slips ``typed`` differs from the nearest beginning of ``word``, and from all of it.

    A slip is a letter too many, too few, wrong, or swapped with its neighbour (optimal string
    alignment).
    """
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(word, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row), row[-1]


def nearest(typed: str, words: Iterable[str]) -> list[str]:
    """Return those of ``words`` that ``typed`` may be meant to be: as few slips as possible, eight at most."""
    allowed = slips_allowed(typed)
    ranked: list[tuple[int, int, str]] = []
    for word in words:
        begun, whole = slips(typed, word)
        if word != typed and begun <= allowed:
            ranked.append((begun, whole, word))
    least = min((begun for begun, _, _ in ranked), default=0)
    return [word for begun, _, word in sorted(ranked) if begun == least][:8]
