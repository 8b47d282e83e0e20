"""Say what one option is: its type, its default, its help, and how text becomes its value.

Environment variables are text, profiles hold Python values; both go through :meth:`Option.read`,
so that a wrong value is refused in the same words wherever it was written.  The declarations
themselves are in :mod:`wger_flask.settings`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

TRUE = frozenset({"true", "1", "yes", "on"})
FALSE = frozenset({"false", "0", "no", "off"})
LEAST_SECRET = 32
_COUNTERS = frozenset({"redis", "rediss", "valkey", "valkeys"})


class SettingsError(ValueError):
    """Say in one line which setting is wrong, and why."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Option:
    """One declared setting.

    ``default`` is a value, or a function of the settings read before this one; ``shown``
    replaces such a default in the documentation.  A ``secret`` is left out of messages.
    ``check`` gets the typed value and raises ``ValueError`` with the end of a sentence that
    begins with the setting's name.
    """

    name: str
    type: str
    default: Any
    help: str
    group: str
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    check: Callable[[Any], None] | None = None
    shown: str | None = None
    secret: bool = False

    def read(self, value: Any) -> Any:
        """Return ``value`` in the option's type; raise :class:`SettingsError` if it does not fit."""
        try:
            typed = READERS[self.type](value.strip() if isinstance(value, str) else value)
            if self.choices and typed not in self.choices:
                raise ValueError(f"must be one of {', '.join(self.choices)}")
            if self.least is not None and typed < self.least:
                raise ValueError(f"must be at least {self.least}")
            if self.most is not None and typed > self.most:
                raise ValueError(f"must be at most {self.most}")
            if self.check is not None:
                self.check(typed)
        except ValueError as wrong:
            got = "" if self.secret else f", not {value!r}"
            raise SettingsError(f"{self.name} {wrong}{got}") from None
        return typed

    def default_for(self, values: Mapping[str, Any]) -> Any:
        """Return the default, given the settings that are already known."""
        return self.default(values) if callable(self.default) else self.default


def setting(default: Any, help: str, **rest: Any) -> Any:
    """Declare a field of a dataclass as an option; arguments are the fields of :class:`Option`."""
    return dataclasses.field(repr=not rest.get("secret"), metadata={"default": default, "help": help, **rest})


def first_of_group(title: str, default: Any, help: str, **rest: Any) -> Any:
    """Declare the first option of a group, of which others follow."""
    return setting(default, help, group=title, **rest)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("must be a whole number")
    try:
        return int(value)
    except ValueError:
        raise ValueError("must be a whole number") from None


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in TRUE | FALSE:
        raise ValueError("must be True or False")
    return word in TRUE


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError("must be a path")
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError as wrong:  # the home folder of an account that has none here
        raise ValueError(f"must be a path: {wrong}") from None


def _list(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, tuple | list) or not all(isinstance(part, str) for part in parts):
        raise ValueError("must be names separated by commas")
    if [part.strip().lower() for part in parts] == ["none"]:
        return ()
    return tuple(part.strip() for part in parts if part.strip())


READERS: dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "int": _number,
    "bool": _truth,
    "Path": _path,
    "tuple[str, ...]": _list,
}


def time_zone(value: str) -> None:
    """Accept names of the IANA database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # not found, a path out of the database, one of its folders
        raise ValueError("must be an IANA time zone such as Europe/Berlin") from None


def web_address(value: str) -> None:
    """Accept ``http(s)://host[:port][/path]``."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and a host")


def web_address_or_off(value: str) -> None:
    """Accept a web address, or ``off``."""
    if value != "off":
        web_address(value)


def database_address(value: str) -> None:
    """Accept anything with a scheme: the storage layer knows which schemes there are."""
    if "://" not in value:
        raise ValueError("must be a URL, scheme://...")


def host_and_port(value: str) -> None:
    """Accept ``host:port``, with an IPv6 address in brackets, or nothing."""
    host, colon, port = value.rpartition(":")
    if value and not (host and colon and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("must be an address and a port such as 127.0.0.1:9100")


def database_address_or_none(value: str) -> None:
    """Accept nothing too."""
    if value:
        database_address(value)


def database_addresses(values: tuple[str, ...]) -> None:
    """Accept any number of them."""
    for value in values:
        database_address(value)


def bucket_address(value: str) -> None:
    """Accept nothing, or ``s3://`` with a host and a bucket."""
    parts = urlsplit(value)
    if value and not (parts.scheme == "s3" and parts.hostname and parts.path.strip("/")):
        raise ValueError("must be s3://key:secret@host/bucket")


def secret(value: str) -> None:
    """Accept nothing, or what is long enough for a key."""
    if value and (len(value) < LEAST_SECRET or not value.isascii()):
        raise ValueError(f"must be {LEAST_SECRET} ASCII characters at least")


def counters_address(value: str) -> None:
    """Accept nothing, ``file``, ``database``, or the address of a server that speaks Redis' protocol."""
    scheme = value.partition("://")[0].partition("+")[0]
    if value not in ("", "file", "database") and scheme not in _COUNTERS:
        raise ValueError("must be file, database, or a URL that begins with redis://, rediss:// or valkey://")


def origins(values: tuple[str, ...]) -> None:
    """Accept ``*``, or web addresses."""
    for value in values:
        if value != "*":
            web_address(value)
