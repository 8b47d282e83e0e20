"""Give an answer in the form that suits who asks: not again where they have it, and compressed.

An entity tag is strong: the digest of the bytes, with the name of the compression behind it, so that each compressed
form has one of its own (RFC 9110).  What a client sends back is compared without that name: the bytes inside are the
same.

Nothing is compressed that holds a secret beside what the sender of the request chose: the length would tell about it.
Pages may have a token against forged forms, so none is for who sends a cookie or gets one; nor is what a browser gets
for its session cookie, because another site's page can make it ask.
"""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from werkzeug.http import parse_accept_header

LEAST_BYTES = 1024
"""What is smaller is not compressed."""
PLAIN, GZIP, ZSTD = "", "gzip", "zstd"
_GZIP_LEVEL, _ZSTD_LEVEL = 5, 3
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_NOT_OF_304 = frozenset(("content-type", "content-length", "content-language", "content-encoding", "allow"))
_compressors = threading.local()

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Form:
    """An answer in one form: its bytes, its entity tag with the quotes, and the headers of a 200."""

    body: bytes
    tag: str
    headers: Headers
    _brief: Headers | None = None

    @property
    def brief(self) -> Headers:
        """The headers of a 304, which are made when they are first asked for: most answers need none."""
        if self._brief is None:
            self._brief = [(name, value) for name, value in self.headers if name.lower() not in _NOT_OF_304]
        return self._brief


@dataclass(slots=True)
class Representation:
    """An answer with status 200: its plain ``body``, the ``digest`` of that, and all other ``headers``.

    Forms are made when they are first asked for.
    """

    body: bytes
    digest: str
    headers: Headers
    compresses: bool
    _forms: dict[str, Form] = field(default_factory=dict)

    def form(self, accepted: str) -> Form:
        """Return the form for an ``Accept-Encoding`` header."""
        coding = best_coding(accepted) if self.compresses and accepted else PLAIN
        found = self._forms.get(coding)
        return found or self._make(coding)

    def meet(self, accepted: str, sent: str | None) -> tuple[Form, bool]:
        """Return the form for an ``Accept-Encoding`` header, and whether the client has it already.

        ``sent`` is its ``If-None-Match`` header, None for none.
        """
        form = self.form(accepted)
        return form, sent is not None and knows(form, sent)

    def _make(self, coding: str) -> Form:
        body = compressed(self.body, coding) if coding else self.body
        if coding and len(body) >= len(self.body):
            return self._forms.get(PLAIN) or self._make(PLAIN)
        tag = f'"{self.digest}-{coding}"' if coding else f'"{self.digest}"'
        headers = [*self.headers, ("ETag", tag)]
        if coding:
            headers.append(("Content-Encoding", coding))
        headers.append(("Content-Length", str(len(body))))
        made = self._forms[coding] = Form(body, tag, headers)
        return made


def digest_of(body: bytes) -> str:
    """Return what tells ``body`` from all other bytes, as an entity tag spells it."""
    return hashlib.sha256(body).hexdigest()[:32]


def knows(form: Form, sent: str) -> bool:
    """Tell whether a client that sends ``sent`` as ``If-None-Match`` has the answer, in this form or another."""
    return sent == form.tag or _names(sent, form.tag[1:-1])


def matches(digest: str, sent: str) -> bool:
    """Tell whether ``sent``, an ``If-Match`` header, names what has ``digest`` now; weak tags never do."""
    strong = ",".join(part for part in sent.split(",") if not part.strip().startswith("W/"))
    return _names(strong, digest)


def _names(sent: str, tag: str) -> bool:
    if sent.strip() == "*":
        return True
    digest = tag.partition("-")[0]
    return any(found.partition("-")[0] == digest for found in _TAG.findall(sent))


@lru_cache(256)
def best_coding(accepted: str) -> str:
    """Return the compression to use for an ``Accept-Encoding`` header: the one wanted most, zstd where they are equal.

    Empty for none.
    """
    weights = dict(parse_accept_header(accepted.lower()))
    others = weights.get("*", 0.0)
    wanted = {coding: weights.get(coding, others) for coding in (ZSTD, GZIP)}
    best = max(wanted, key=lambda coding: wanted[coding])
    return best if wanted[best] > 0 and wanted[best] >= weights.get("identity", 0.0) else PLAIN


def compressed(body: bytes, coding: str) -> bytes:
    """Return ``body`` compressed with gzip or zstd; the same bytes for the same body."""
    if coding == GZIP:
        packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 31)
        return packer.compress(body) + packer.flush()
    return bytes(_zstd().compress(body))


def _zstd() -> Any:
    if not hasattr(_compressors, "zstd"):
        import zstandard  # loaded once a client asks for it

        _compressors.zstd = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
    return _compressors.zstd
