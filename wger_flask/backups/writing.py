"""Write an archive: to a temporary name, whole or not at all."""

from __future__ import annotations

import hashlib
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from ..storage.whole_files import replacing
from .format import AT_ONCE, SUMS, packing_for


class _Summed:
    """A file whose sum is known once it is written."""

    def __init__(self, file: IO[bytes]):
        self._file, self.sum = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


class Writer:
    """An archive that is being written."""

    def __init__(self, tar: tarfile.TarFile):
        self._tar, self._sums = tar, BytesIO()

    def add(self, name: str, content: IO[bytes] | bytes, size: int | None = None) -> None:
        """Add a file of ``size`` bytes; raises OSError where it has fewer."""
        if isinstance(content, bytes):
            size = len(content)
        self._add(name, BytesIO(content) if isinstance(content, bytes) else content, size or 0)

    def close(self) -> None:
        """Add the sums."""
        content = self._sums.getvalue()
        self._add(SUMS, BytesIO(content), len(content))

    def _add(self, name: str, content: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(time.time())
        counted = _Counted(content)
        self._tar.addfile(member, counted)  # type: ignore[arg-type]  # it is asked to read, and nothing else
        self._sums.write(f"{counted.sum.hexdigest()}  {name}\n".encode())


class _Counted:
    def __init__(self, content: IO[bytes]):
        self._content, self.sum = content, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._content.read(size)
        self.sum.update(data)
        return data


@contextmanager
def archive(path: Path) -> Iterator[Writer]:
    """Give a block an archive that has the name ``path`` once the block has ended well, and then alone.

    Only its owner may read it.  Raises :class:`BackupRefused` for a name that is none, and OSError.
    """
    packing = packing_for(path)
    with replacing(path) as part, part.open("wb", buffering=AT_ONCE) as file:
        summed: Any = _Summed(file)
        packed = packing.writer(summed)
        with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=AT_ONCE) as tar:
            writer = Writer(tar)
            yield writer
            writer.close()
        if packed is not summed:
            packed.close()
        file.write(packing.trailer(summed.sum.hexdigest()))
