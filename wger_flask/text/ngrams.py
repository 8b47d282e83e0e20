"""The table of letter statistics: for an n-gram, how much less probable it is in each language than
where it is commonest.

36,000 n-grams as a dictionary of Python objects would take 5 MB. So the keys of a script are one
sorted array of 64-bit numbers, four 16-bit characters each, and the values one column of bytes a
language; a look-up is a binary search. The file `ngrams.bin` has them in this form, compressed
(`tests/tools/make_ngrams.py` makes it), and is read once, when the first text is checked.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("ngrams.bin")
LONGEST = 4  # letters of an n-gram
STEPS_PER_NAT = 4  # the unit of the bytes: a quarter of a nat


def key_of(ngram: str) -> int:
    """Return an n-gram of at most four characters as a number that orders as the n-grams do.

    Characters beyond 16 bits are no letters of the languages here; they are cut, and miss or hit at random.
    """
    key = 0
    for character in ngram.ljust(LONGEST, "\0"):
        key = key << 16 | ord(character) & 0xFFFF
    return key


def ngrams_of(words: Iterable[str]) -> set[str]:
    """Return the different runs of one to four letters inside the words."""
    return {
        word[start : start + size]
        for word in words
        for size in range(1, LONGEST + 1)
        for start in range(len(word) - size + 1)
    }


@dataclass(frozen=True, slots=True)
class Table:
    """The statistics of the languages that share a script."""

    languages: tuple[str, ...]
    keys: array[int]
    columns: tuple[bytes, ...]

    def totals(self, ngrams: Iterable[str]) -> tuple[dict[str, float], int]:
        """Return each language's distance from an imagined best one, in nats, and how many n-grams were in the table.

        The distance is the sum over the n-grams of the logarithm of how much less probable each is in that language.
        """
        size, rows = len(self.keys), []
        for ngram in ngrams:
            key = key_of(ngram)
            row = bisect_left(self.keys, key)
            if row < size and self.keys[row] == key:
                rows.append(row)
        sums = (sum(map(column.__getitem__, rows)) / STEPS_PER_NAT for column in self.columns)
        return dict(zip(self.languages, sums, strict=True)), len(rows)


@cache
def tables() -> dict[str, Table]:
    """Read the file: the table of each script that languages share."""
    header, _, packed = zlib.decompress(FILE.read_bytes()).partition(b"\n")
    result, at = {}, 0
    for entry in json.loads(header):
        count = entry["ngrams"]
        key_bytes = bytearray(8 * count)
        for place in range(8):
            key_bytes[place::8] = packed[at : at + count]
            at += count
        keys = array("Q", bytes(key_bytes))
        if sys.byteorder == "little":
            keys.byteswap()
        columns = []
        for _ in entry["languages"]:
            columns.append(packed[at : at + count])
            at += count
        result[entry["script"]] = Table(tuple(entry["languages"]), keys, tuple(columns))
    return result
