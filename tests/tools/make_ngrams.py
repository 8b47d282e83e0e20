"""Make `wger_flask/text/ngrams.bin`, the letter statistics that the detection of languages compares a text with. Run
by hand when they shall change.

The source is the last pure-Python release of the detector lingua, a wheel that ``pip download
--no-deps lingua-language-detector==1.3.5`` fetches. It has, for each language, how probable a
letter is after the one to four before it, counted in a million sentences of news (Wortschatz
corpora, Leipzig University): some 150,000 n-grams a language. What tells two languages apart is a
small part of that, the n-grams that are common in one and rare in the other. So each pair of
languages that share a script rates an n-gram by the part it has in the divergence between the two;
given in shares of the pair's whole, that lets Czech and Slovak have as much say as Czech and
Turkish. The n-grams with the highest sums are kept.

Kept of each is, for every language of the script, by how many quarters of a nat it is less probable
than in the language where it is most probable: a comparison needs no more, and small numbers
compress well.

    python -m tests.tools.make_ngrams lingua_language_detector-1.3.5-py3-none-any.whl

takes two minutes and needs the command ``brotli``. The models and what is made of them are under
the Apache License 2.0: see `wger_flask/text/ngrams.NOTICE`.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import zipfile
import zlib
from array import array
from collections import Counter
from itertools import combinations
from pathlib import Path

from wger_flask.text.ngrams import FILE, LONGEST, STEPS_PER_NAT, key_of
from wger_flask.text.scripts import LETTERS

# Norwegian has two written forms with statistics of their own; a text is Norwegian if it is one of them.
LANGUAGES = {
    "latin": "az ca cs de en eo es fi fr hr id it nl pl pt ro sk sl sv tr nb nn".split(),
    "cyrillic": "bg ru uk sr".split(),
    "arabic": "ar fa".split(),
}
KEPT = {"latin": 24_000, "cyrillic": 8_000, "arabic": 4_000}
CAP = 31  # quarters of a nat: what is rarer still is as good as impossible

_FILES = ("unigrams", "bigrams", "trigrams", "quadrigrams")
_UNSEEN = -16.0  # nats, for a letter that a language's corpus never showed


class Model:
    """How probable each n-gram of a language is: as a whole, and its last letter after the others."""

    def __init__(self, wheel: zipfile.ZipFile, language: str) -> None:
        self.given: dict[str, float] = {}
        for name in _FILES:
            packed = wheel.read(f"lingua/language-models/{language}/{name}.json.br")
            plain = subprocess.run(["brotli", "-dc"], input=packed, stdout=subprocess.PIPE, check=True).stdout
            for fraction, ngrams in json.loads(plain)["ngrams"].items():
                numerator, denominator = fraction.split("/")
                self.given.update(dict.fromkeys(ngrams.split(" "), int(numerator) / int(denominator)))
        self.joint: dict[str, float] = {}
        for ngram in sorted(self.given, key=len):
            before = 1.0 if len(ngram) == 1 else self.joint.get(ngram[:-1], 0.0)
            self.joint[ngram] = before * self.given[ngram]

    def log_given(self, ngram: str) -> float:
        """Return the logarithm of P(last letter | those before), from a shorter n-gram where this one is unknown."""
        while ngram:
            if ngram in self.given:
                return math.log(self.given[ngram])
            ngram = ngram[1:]
        return _UNSEEN


def candidates(models: list[Model], script: str) -> list[str]:
    """Return the n-grams worth rating: frequent in a language, or a repeated letter that half of them know."""
    found = {
        ngram
        for model in models
        for ngram, joint in model.joint.items()
        if joint >= (3e-6 if len(ngram) < LONGEST else 1e-5)
    }
    known = Counter(ngram for model in models for ngram in model.given if _repeats(ngram))
    found.update(ngram for ngram, times in known.items() if times * 2 >= len(models))
    return sorted(ngram for ngram in found if all(map(LETTERS[script].match, ngram)))


def select(script: str, models: dict[str, Model]) -> dict[str, bytes]:
    """Return the n-grams that are kept of a script, with a byte for each language."""
    ngrams = candidates(list(models.values()), script)
    joints = {language: [model.joint.get(ngram, 0.0) for ngram in ngrams] for language, model in models.items()}
    logs = {language: [model.log_given(ngram) for ngram in ngrams] for language, model in models.items()}
    ratings = [0.0] * len(ngrams)
    for a, b in combinations(models, 2):
        if {a, b} == {"nb", "nn"}:
            continue
        parts = [
            max(0.0, (p - q) * (log_p - log_q))
            for p, q, log_p, log_q in zip(joints[a], joints[b], logs[a], logs[b], strict=True)
        ]
        whole = sum(parts)
        ratings = [rating + part / whole for rating, part in zip(ratings, parts, strict=True)]
    order = sorted(range(len(ngrams)), key=lambda i: (-ratings[i], ngrams[i]))
    kept = order[: KEPT[script]] + [i for i in order[KEPT[script] :] if _repeats(ngrams[i])]
    table = {}
    for i in kept:
        row = [log[i] for log in logs.values()]
        table[ngrams[i]] = bytes(min(CAP, round((max(row) - value) * STEPS_PER_NAT)) for value in row)
    return table


def write(wheel: Path, target: Path = FILE) -> None:
    """Write the file: a line of JSON, then a script's keys and the bytes of each of its languages.

    The keys are written place by place, the first byte of all before the second of all: neighbours are alike then.
    """
    header, blocks = [], []
    with zipfile.ZipFile(wheel) as archive:
        for script, languages in LANGUAGES.items():
            table = select(script, {language: Model(archive, language) for language in languages})
            rows = sorted((key_of(ngram), row) for ngram, row in table.items())
            keys = array("Q", [key for key, _ in rows])
            if sys.byteorder == "little":
                keys.byteswap()
            header.append({"script": script, "languages": languages, "ngrams": len(rows)})
            blocks += [keys.tobytes()[place::8] for place in range(8)]
            blocks += map(bytes, zip(*(row for _, row in rows), strict=True))
    plain = json.dumps(header, separators=(",", ":")).encode() + b"\n" + b"".join(blocks)
    target.write_bytes(zlib.compress(plain, 9))


def _repeats(ngram: str) -> bool:
    return len(ngram) < LONGEST and len(set(ngram)) == 1


if __name__ == "__main__":
    write(Path(sys.argv[1]))
