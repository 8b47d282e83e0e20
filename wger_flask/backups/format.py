"""What a backup looks like: a tar archive, packed or not, that ends with the SHA-256 sum of all before.

Its files are, in this order: ``manifest.json``, the database's copy, the keys, ``media/...``, and ``SHA256SUMS``, which
``sha256sum -c`` understands, too.  Behind the archive stand bytes that programs for tar, gzip and zstd skip: they hold
the sum of the whole file.  So no byte can be another one unnoticed, and what was cut off is noticed as well.  A sum is
no signature: it tells damage, not who made an archive.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from ..storage.backups import BackupRefused

FORMAT = 1
"""Of the archive; a program that reads it takes this one and those before."""

MANIFEST, SUMS, DATABASE, MEDIA = "manifest.json", "SHA256SUMS", "database", "media/"
SECRET_KEY, SYNC_KEY = "secret.key", "powersync.pem"
KEYS = (SECRET_KEY, SYNC_KEY)
MOST_MANIFEST, MOST_KEY = 1 << 20, 1 << 16
AT_ONCE = 1 << 20

_TEXT = b"wger backup sha256 %s\0"
_ZEROS_PACKED = b"\x03\0" + bytes(8)  # no data, its sum and its size
_WINDOW = 1 << 27  # bytes of memory that unpacking may need


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself: when and by which release it was made, which database, whether with media."""

    version: str
    created: str
    database: str
    database_version: str
    steps: list[str] = field(default_factory=list)
    media: bool = True
    keys: list[str] = field(default_factory=list)
    format: int = FORMAT

    def as_json(self) -> bytes:
        """Return it as a document."""
        return json.dumps({"program": "wger-flask", **asdict(self)}, indent=1).encode() + b"\n"


def manifest_of(document: bytes) -> Manifest:
    """Return the manifest in a document; raises :class:`BackupRefused` for none, and for one of a later format."""
    try:
        told: dict[str, Any] = json.loads(document)
        if told.pop("program") != "wger-flask":
            raise ValueError
        if told["format"] > FORMAT:
            raise BackupRefused(f"version {told.get('version')} made it, in a later format: that is needed to read it")
        made = Manifest(**told)
        kinds = {"version": str, "created": str, "database": str, "database_version": str, "media": bool, "format": int}
        lists = [*made.steps, *made.keys]
        if not all(isinstance(getattr(made, name), kind) for name, kind in kinds.items()):
            raise ValueError
        if not all(isinstance(one, str) for one in lists) or not set(made.keys) <= set(KEYS):
            raise ValueError
        return made
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BackupRefused("its manifest cannot be read") from None


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of packing: ``begins`` at byte ``at`` of a file, ``trailer`` of a sum, how to write and to read."""

    name: str
    suffixes: tuple[str, ...]
    begins: bytes
    at: int
    trailer: Callable[[str], bytes]
    writer: Callable[[IO[bytes]], Any]
    reader: Callable[[IO[bytes]], Any]


def _zstd_writer(file: IO[bytes]) -> Any:
    import zstandard

    return zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(file, closefd=False)


def _zstd_reader(file: IO[bytes]) -> Any:
    import zstandard

    return zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(file, closefd=False)


def _text(digest: str) -> bytes:
    return _TEXT % digest.encode()


PACKINGS = (
    Packing(
        "zstd", (".tar.zst", ".tzst"), b"\x28\xb5\x2f\xfd", 0,
        lambda digest: struct.pack("<II", 0x184D2A5F, len(_text(digest))) + _text(digest),  # a frame to be skipped
        _zstd_writer, _zstd_reader,
    ),
    Packing(
        "gzip", (".tar.gz", ".tgz"), b"\x1f\x8b", 0,
        lambda digest: b"\x1f\x8b\x08\x10\0\0\0\0\0\xff" + _text(digest) + _ZEROS_PACKED,  # an empty part's comment
        lambda file: gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0),
        lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    ),
    Packing(
        "tar", (".tar",), b"ustar", 257,
        lambda digest: _text(digest).ljust(512, b"\0"),
        lambda file: file, lambda file: file,
    ),
)  # fmt: skip


def packing_for(path: Path) -> Packing:
    """Return how a file of that name is packed; raises :class:`BackupRefused` for another name."""
    for packing in PACKINGS:
        if path.name.endswith(packing.suffixes):
            return packing
    known = ", ".join(packing.suffixes[0] for packing in PACKINGS)
    raise BackupRefused(f"{path.name} is no name of a backup: it must end with one of {known}")


def packing_of(head: bytes) -> Packing:
    """Return how a file is packed that begins with ``head``, 512 bytes; raises :class:`BackupRefused`."""
    for packing in PACKINGS:
        if head[packing.at :].startswith(packing.begins):
            return packing
    raise BackupRefused("it is no backup: neither a tar archive nor one packed by zstd or gzip")
