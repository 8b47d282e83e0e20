"""Read a dump object by object.

A dump is one JSON array, and of a public instance it is larger than the memory it should
take to read it.  The standard library's decoder, which is C, finds the end of one object in
a window of text; the window moves on.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from ..archives import BROKEN
from .errors import ImportFailure
from .unpacking import HEAD, Readable, named, opened

__all__ = ["ImportFailure", "objects", "opened"]

WINDOW = 1 << 20
# No row is nearly as large; a text that never ends is not to fill the memory.
MOST_OBJECT = 32 << 20
_BLANK = " \t\r\n"
# How far from the end of the window the decoder may stumble over something that is merely cut off.
_CUT = 16


def objects(stream: Readable) -> Iterator[dict]:
    """Yield the objects of the JSON array in ``stream`` (bytes in UTF-8, UTF-16 or UTF-32, or text).

    Raises :class:`ImportFailure` where the text is not that; what it is instead is named where that can be told.
    """
    text = Window(stream)
    if text.peek() != "[":
        raise ImportFailure("a dump is a JSON array of objects")
    yield from text.objects()
    if text.peek():
        raise text.error("text behind the end of the array")


class Window:
    """The part of the text that has been read and not yet been used; no object in it may be longer than ``most``."""

    def __init__(self, stream: Readable, most: int | None = None):
        self._most = MOST_OBJECT if most is None else most
        self._stream = stream
        self._encoding = ""
        self._bytes: codecs.IncrementalDecoder | None = None
        self._decode = json.JSONDecoder(parse_constant=_refuse).raw_decode
        self._lines = 1
        self._ended = False
        self.text, self.at = "", 0

    def more(self) -> bool:
        """Read on, forgetting what has been used; tell whether there was anything."""
        if self._ended:
            return False
        self._lines += self.text.count("\n", 0, self.at)
        try:
            fresh = self._read()
        except UnicodeDecodeError:
            raise ImportFailure(f"the document is not {self._encoding}") from None
        except BROKEN as broken:
            raise ImportFailure(f"the document cannot be read: {broken}") from None
        self.text, self.at = self.text[self.at :] + fresh, 0
        return bool(fresh) or not self._ended

    def _read(self) -> str:
        chunk = self._stream.read(WINDOW)
        self._ended = not chunk
        if isinstance(chunk, str):
            return chunk
        if self._bytes is None:
            while not self._ended and len(chunk) < HEAD:
                more = self._stream.read(WINDOW)
                self._ended = not more
                chunk += more
            wrong = named(chunk[:HEAD])
            if wrong:
                raise ImportFailure(f"this is {wrong}")
            encoding = json.detect_encoding(chunk[:4])
            self._encoding = encoding.upper().removesuffix("-SIG")
            self._bytes = codecs.getincrementaldecoder(encoding)()
        return self._bytes.decode(chunk, final=self._ended)

    def peek(self) -> str:
        """Move to the next character that is not blank and return it, "" at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in _BLANK:
                    return self.text[self.at]
                self.at += 1
            if not self.more():
                return ""

    def take(self) -> Any:
        """Return the object, or another value, that begins here and move behind it."""
        while True:
            try:
                found, self.at = self._decode(self.text, self.at)
                return found
            except json.JSONDecodeError as stumble:
                cut = stumble.pos >= len(self.text) - _CUT or stumble.msg.startswith("Unterminated string")
                if cut and len(self.text) - self.at > self._most:
                    raise self.error("an object that is larger than any row") from None
                if not (cut and self.more()):
                    self.at = stumble.pos
                    raise self.error(stumble.msg) from None
            except (ValueError, RecursionError) as wrong:
                raise self.error(str(wrong)) from None

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the objects of the array that begins here; raises :class:`ImportFailure`."""
        for _ in self.parts("[", "]"):
            if self.peek() != "{":
                raise self.error("an object expected")
            yield self.take()

    def parts(self, begin: str, end: str) -> Iterator[None]:
        """Stop at each part of an array or an object, between ``begin`` and ``end``, for it to be taken."""
        self.demand(begin)
        another = self.peek() != end
        while another:
            yield
            another = self.peek() == ","
            self.at += another
        self.demand(end, f"',' or {end!r} expected")

    def demand(self, sign: str, otherwise: str = "") -> None:
        """Move behind ``sign``, which is next; raises :class:`ImportFailure` where it is not."""
        if self.peek() != sign:
            raise self.error(otherwise or f"{sign!r} expected")
        self.at += 1

    def error(self, message: str) -> ImportFailure:
        """Return an error that says on which line it is."""
        line = self._lines + self.text.count("\n", 0, self.at)
        return ImportFailure(f"line {line}: {message}")


def _refuse(name: str):
    raise ValueError(f"{name} is not JSON")
