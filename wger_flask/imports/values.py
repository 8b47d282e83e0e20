"""Read numbers and moments as people's telephones spell them, in many countries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal

_LONGEST = 60
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(\D\d{3})+", re.ASCII)
_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})\.?(?: de)? ([^\W\d_]+)\.?,?(?: de)? (\d{4})")
_MONTH_NAMED = re.compile(r"([^\W\d_]+)\.? (\d{1,2}),? (\d{4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?(?:\s?([AaPp])\.?\s?[Mm]\.?)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_CLOCK = re.compile(r"\d{1,6}(:\d{1,2}){0,2}", re.ASCII)
_SPELLED_OUT = re.compile(r"(?:(\d{1,3}) ?h[a-z]*)? ?(?:(\d{1,4}) ?m[a-z]*)? ?(?:(\d{1,6}) ?s[a-z]*)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1950, 2100

# The beginnings of names of months, in the languages of telephones that write in Latin letters
_MONTHS = {
    1: "jan ene gen janv styc led sty", 2: "feb fév fev févr lut úno", 3: "mar mär maa mrt märz mars bře",
    4: "apr abr avr kwi dub", 5: "may mai mag mei maj kvě", 6: "jun juin giu cze čer", 7: "jul juil lug lip čvc",
    8: "aug ago août aoû sie srp", 9: "sep set sept wrz zář", 10: "oct okt ott out paź říj", 11: "nov lis",
    12: "dec dez dic déc gru pro",
}  # fmt: skip
_MONTH_OF = {name: month for month, names in _MONTHS.items() for name in names.split()}


def number(text: str, decimal_comma: bool | None = None) -> Decimal:
    """Return the number that ``text`` spells; raises ValueError with a sentence for a person.

    ``decimal_comma`` decides what a comma or a point before three digits is: where it is None, a point is decimal,
    and a comma is between thousands.
    """
    plain = text.translate(_BLANKS)
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        mark, other = (",", ".") if comma > point else (".", ",")
        plain = plain.replace(other, "").replace(mark, ".", 1)
    elif comma >= 0:
        is_grouping = _GROUPED.fullmatch(plain) is not None and not (decimal_comma and plain.count(",") == 1)
        plain = plain.replace(",", "" if is_grouping else ".")
    elif point >= 0 and decimal_comma and _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    if len(text) > _LONGEST or not _NUMBER.fullmatch(plain):
        raise ValueError(f"{_shown(text)} is no number")
    return Decimal(plain)


def moment(text: str, zone: tzinfo, day_first: bool | None = None) -> datetime:
    """Return the aware moment that ``text`` spells, midnight for a day; raises ValueError with a sentence for a person.

    It is in ``zone`` where it names none. ``day_first`` tells what 3/4/2024 is: None refuses what can be either.
    """
    plain = " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())
    if len(plain) > _LONGEST:
        raise ValueError(f"{_shown(text)} is no date")
    if _ISO.fullmatch(plain):
        try:
            found = datetime.fromisoformat(plain.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
        except ValueError:
            raise ValueError(f"{_shown(text)} is no date") from None
        return _bounded(found if found.tzinfo else found.replace(tzinfo=zone), text)
    spelled, day = _day(plain, day_first, text)
    return _bounded(datetime.combine(day, _time(plain[spelled:], text), zone), text)


def day(text: str, day_first: bool | None = None) -> date:
    """Return the day that ``text`` spells, of a moment too; raises ValueError with a sentence for a person."""
    return moment(text, UTC, day_first).date()


def duration(text: str) -> int:
    """Return the seconds that ``text`` spells: ``1:05:00``, ``5:00``, ``1h 5m``, ``90``.

    Raises ValueError with a sentence for a person.
    """
    plain = text.strip().lower()
    if len(plain) <= _LONGEST and (found := _CLOCK.fullmatch(plain)):
        return sum(int(part) * 60**place for place, part in enumerate(reversed(found[0].split(":"))))
    if len(plain) <= _LONGEST and (found := _SPELLED_OUT.fullmatch(plain)) and any(found.groups()):
        return sum(int(part or 0) * size for part, size in zip(found.groups(), (3600, 60, 1), strict=True))
    raise ValueError(f"{_shown(text)} is no duration")


def _bounded(found: datetime, text: str) -> datetime:
    if not _FIRST_YEAR < found.year < _LAST_YEAR:
        raise ValueError(f"{_shown(text)} is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return found


def _day(plain: str, day_first: bool | None, text: str) -> tuple[int, date]:
    """Return how many letters spell the day, and the day."""
    if found := _YEAR_FIRST.match(plain):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _DATE.match(plain):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if day_first is None and found[2] == "/" and first <= 12 and second <= 12 and first != second:
            raise ValueError(f"{_shown(text)} may be two dates: say whether the day or the month is first")
        is_first = second <= 12 and (found[2] == "." or first > 12 or day_first is not False)
        day, month = (first, second) if is_first else (second, first)
    elif found := _DAY_NAMED.match(plain):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
    elif found := _MONTH_NAMED.match(plain):
        day, month, year = int(found[2]), _month(found[1]), int(found[3])
    else:
        raise ValueError(f"{_shown(text)} is no date")
    try:
        return found.end(), date(year, month, day)
    except ValueError:
        raise ValueError(f"{_shown(text)} is no date") from None


def _month(name: str) -> int:
    name = name.lower()
    return next((_MONTH_OF[name[:length]] for length in (5, 4, 3) if name[:length] in _MONTH_OF), 0)


def _time(rest: str, text: str) -> time:
    rest = rest.strip().removeprefix(",").removeprefix("T").removeprefix("at ").strip()
    if not rest:
        return time()
    found = _TIME.fullmatch(rest)
    hour = int(found[1]) if found else 99
    if found and found[4]:
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0) if 1 <= hour <= 12 else 99
    try:
        return time(hour, int(found[2]), int(found[3] or 0)) if found else time(99)
    except ValueError:
        raise ValueError(f"{_shown(text)} is no date") from None


def _shown(text: str) -> str:
    return f'"{text if len(text) <= 30 else text[:29] + "…"}"'
