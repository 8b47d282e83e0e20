"""Which script a text is written in, as far as the languages of the catalogue need it told apart.

A script is named by what it decides: the three that several languages share have names of their
own, the others are called by the one language here that uses them.
"""

from __future__ import annotations

import re

LETTERS = {
    "latin": re.compile("[a-zA-Z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "arabic": re.compile("[\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "he": re.compile("[\u05d0-\u05ea]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "th": re.compile("[\u0e01-\u0e4e]"),
    "ko": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "zh": re.compile("[\u3400-\u9fff]"),
}
SHARED = ("latin", "cyrillic", "arabic")
OTHER = "other"

# One character of these says as much as several letters do.
_WEIGHTS = {"ko": 2, "zh": 3}


def shares(text: str) -> dict[str, float]:
    """Return the share of a text's letters that each script has, from above 0 to 1; empty for a text without letters.

    Letters that none of the languages uses are counted as `OTHER`.
    """
    counts = {}
    for script, letters in LETTERS.items():
        text, found = letters.subn("", text)
        counts[script] = found * _WEIGHTS.get(script, 1)
    counts[OTHER] = sum(map(str.isalpha, text))
    total = sum(counts.values())
    return {script: count / total for script, count in counts.items() if count}
