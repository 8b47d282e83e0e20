"""Decide in which format an answer is given.

A pure function of three strings, so that it can come first in every request, be cached, and
be tested as a table.  The rules are those of the recorded server, which is not RFC 9110:
quality values are ignored, more specific media types win over less specific ones, and among
equals JSON wins over HTML.

Lists are also given as tables, where a client asks for nothing that JSON would do for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from .errors import NotAcceptable, NotFound


@dataclass(frozen=True, slots=True)
class Format:
    """What to render: ``name`` is ``json``, ``api`` or one of :data:`TABLES`, ``indent`` in blanks.

    ``is_html`` for a page for people, ``is_table`` for a table.
    """

    name: str
    indent: int = 0
    is_html: bool = field(init=False)
    is_table: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_html", self.name == "api")
        object.__setattr__(self, "is_table", self.name in TABLES)


TABLES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media types of the formats that only lists have, by name."""


JSON = Format("json")
HTML = Format("api")
_RENDERERS = (("json", "application/json"), ("api", "text/html"))
_WITH_TABLES = (*_RENDERERS, *TABLES.items())


@lru_cache(512)
def negotiate(accept: str, suffix: str = "", requested: str = "", has_tables: bool = False) -> Format:
    """Return the format for an Accept header, a URL suffix and a ``?format=`` value.

    A suffix or ``format`` restricts the choice first, then Accept is applied.  ``has_tables``: what is asked for is a
    list, which has the formats of :data:`TABLES` too; Accept alone leads to one of these only where no range beside it
    takes JSON.  Raises :class:`NotFound` for a format that does not exist and :class:`NotAcceptable` when nothing
    accepted can be given.
    """
    wanted = suffix or requested
    known = _WITH_TABLES if has_tables else _RENDERERS
    renderers = [item for item in known if not wanted or item[0] == wanted]
    if not renderers:
        raise NotFound()
    ranked: dict[int, list[tuple[str, dict[str, str]]]] = {}
    parts = [_parse(part) for part in (accept or "*/*").split(",")]
    if not wanted and any(_covers(kind, "application/json") for kind, _ in parts):
        renderers = [*_RENDERERS]
    for kind, parameters in parts:
        ranked.setdefault(_specificity(kind, parameters), []).append((kind, parameters))
    for rank in sorted(ranked, reverse=True):
        for name, media_type in renderers:
            for kind, parameters in ranked[rank]:
                if _covers(kind, media_type):
                    return Format(name, _indent(parameters) if name == "json" else 0)
    if suffix:  # the URL itself asked for it
        return Format(renderers[0][0])
    raise NotAcceptable()


def _parse(part: str) -> tuple[str, dict[str, str]]:
    kind, *rest = part.split(";")
    parameters = {}
    for item in rest:
        name, _, value = item.partition("=")
        if name.strip().lower() != "q":
            parameters[name.strip().lower()] = value.strip().strip('"')
    return kind.strip().lower(), parameters


def _specificity(kind: str, parameters: dict[str, str]) -> int:
    if parameters:
        return 3
    if kind == "*/*":
        return 0
    return 1 if kind.endswith("/*") else 2


def _covers(pattern: str, media_type: str) -> bool:
    return pattern in ("*/*", media_type) or (pattern.endswith("/*") and media_type.startswith(pattern[:-1]))


def _indent(parameters: dict[str, str]) -> int:
    try:
        return max(0, min(int(parameters.get("indent", 0)), 8))
    except ValueError:
        return 0
