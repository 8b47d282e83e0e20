"""Choose among texts in several languages: the browser says which one its user prefers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from flask import has_request_context, request

FALLBACK = "en"
Text = TypeVar("Text")


def preferred(texts: Mapping[str, Text]) -> Text | None:
    """Return the one of ``texts`` (by language code) in the language that the reader prefers.

    Without it, returns the English one, else the first; None where there is none.
    """
    wanted = request.accept_languages.best_match(texts.keys()) if has_request_context() and len(texts) > 1 else None
    return texts.get(wanted or "") or texts.get(FALLBACK) or next(iter(texts.values()), None)
