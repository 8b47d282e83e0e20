"""Write an archive: to a temporary name, whole or not at all."""

from __future__ import annotations

import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from ..storage.whole_files import replacing
from .format import AT_ONCE, SUMS, packing_for
from .sums import SummedReader, SummedWriter, sum_line


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
        summed = SummedReader(content)
        self._tar.addfile(member, summed)
        self._sums.write(sum_line(summed, name))


@contextmanager
def archive(path: Path) -> Iterator[Writer]:
    """Give a block an archive that has the name ``path`` once the block has ended well, and then alone.

    Only its owner may read it.  Raises :class:`BackupRefused` for a name that is none, and OSError.
    """
    packing = packing_for(path)
    with replacing(path) as part, part.open("wb", buffering=AT_ONCE) as file:
        summed: Any = SummedWriter(file)
        packed = packing.writer(summed)
        with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=AT_ONCE) as tar:
            writer = Writer(tar)
            yield writer
            writer.close()
        if packed is not summed:
            packed.close()
        file.write(packing.trailer(summed.sum.hexdigest()))
