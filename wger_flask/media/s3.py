"""Keep uploaded files in a bucket of an S3-compatible store, for several hosts.

``s3://key:secret@host:port/bucket/prefix`` names it; what is in the address's query changes how it is reached:
``tls=0`` for plain http, ``region=eu-central-1``.  Without key and secret, those of the environment count (such as
``AWS_ACCESS_KEY_ID``), or those of the machine (IAM).

Files follow the transaction as those of a folder do (:class:`~wger_flask.media.store.Changes`).  Names are made of
random numbers, so that two hosts never write the same one.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

from wger_flask.media.errors import NotStored
from wger_flask.media.names import UnsafeName, another_name, is_thumbnail, parts_of
from wger_flask.media.served import Served
from wger_flask.media.store import MediaStore

if TYPE_CHECKING:
    from minio.datatypes import Object

_SIGNED_FOR = timedelta(minutes=5)
_NOT_THERE = frozenset({"NoSuchKey", "NoSuchObject", "ResourceNotFound"})
_PART = 10 * 2**20  # of what is longer than that


class S3Store(MediaStore):
    """The files below a prefix of a bucket."""

    def __init__(self, url: str) -> None:
        import urllib3
        from minio import Minio
        from minio.credentials.providers import AWSConfigProvider, ChainedProvider, EnvAWSProvider, IamAwsProvider

        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.bucket, _, prefix = unquote(parts.path.strip("/")).partition("/")
        if not self.bucket or not parts.hostname:
            raise ValueError("needs a host and a bucket: s3://key:secret@host/bucket")
        self._prefix = f"{prefix}/" if prefix else ""
        endpoint = parts.netloc.rpartition("@")[2]
        given = parts.username is not None
        self._client = Minio(
            endpoint,
            access_key=unquote(parts.username or "") if given else None,
            secret_key=unquote(parts.password or "") if given else None,
            credentials=None if given else ChainedProvider([EnvAWSProvider(), AWSConfigProvider(), IamAwsProvider()]),
            secure=options.get("tls", "1") != "0",
            region=options.get("region", "us-east-1"),
            http_client=urllib3.PoolManager(
                maxsize=8, timeout=urllib3.Timeout(connect=3, read=20), retries=urllib3.Retry(2, backoff_factor=0.1)
            ),
        )

    def demand_writable(self) -> None:
        with _telling():
            if not self._client.bucket_exists(self.bucket):
                raise NotStored(f"there is no bucket {self.bucket}")

    def save(self, content: bytes | BinaryIO, name: str) -> str:
        parts_of(name)
        if self.exists(name):
            name = another_name(name)
        self._store(content, name)
        return name

    def put(self, content: BinaryIO, name: str) -> None:
        with tempfile.TemporaryFile() as whole:  # its length is told before it
            shutil.copyfileobj(content, whole)
            self._store(whole, name)

    def names(self) -> Iterator[str]:
        with _telling():
            for item in self._client.list_objects(self.bucket, prefix=self._prefix or None, recursive=True):
                name = (item.object_name or "").removeprefix(self._prefix)
                with suppress(UnsafeName):
                    parts_of(name)
                    yield name

    @contextmanager
    def held(self) -> Iterator[tuple[MediaStore, Callable[[], None]]]:
        yield self, lambda: None

    def set_aside(self, name: str, folder: str) -> None:
        with _telling():
            self._copy_object(self._key(name), f"{self._prefix}.{folder}/{name}")

    def place_aside(self, folder: str) -> str | None:
        with _telling():
            found = any(True for _ in self._client.list_objects(self.bucket, prefix=f"{self._prefix}.{folder}/"))
        return f".{folder} in the bucket" if found else None

    def remove(self, name: str) -> None:
        with _telling():
            self._client.remove_object(self.bucket, self._key(name))

    def demand_deletable(self, name: str) -> None:
        parts_of(name)

    def delete(self, name: str) -> None:
        with _telling():
            for key in [*self._thumbnails_of(name), self._key(name)]:
                self._client.remove_object(self.bucket, key)

    def copy(self, old: str, new: str) -> str:
        if not self.exists(old):
            raise FileNotFoundError(old)
        name = another_name(new) if self.exists(new) else new
        with _telling():
            for key in [self._key(old), *self._thumbnails_of(old)]:
                self._copy_object(key, self._key(name) + key.removeprefix(self._key(old)))
        return name

    def exists(self, name: str) -> bool:
        return self._stat(name) is not None

    @contextmanager
    def beside(self, name: str) -> Iterator[Path]:
        found = self.served(name)
        if found is None:
            raise FileNotFoundError(name)
        with tempfile.TemporaryDirectory(prefix="wger-media-") as folder:
            path = Path(folder) / PurePosixPath(name).name
            with found.open() as source, path.open("wb") as target:
                while piece := source.read(2**20):
                    target.write(piece)
            yield path
            for made in sorted(Path(folder).iterdir()):
                if made != path and not made.name.startswith("."):
                    self._store(made.read_bytes(), str(PurePosixPath(name).with_name(made.name)))

    def served(self, name: str) -> Served | None:
        found = self._stat(name)
        if found is None:
            return None
        modified: datetime | None = found.last_modified
        size = int(found.size or 0)
        return Served(size, (found.etag or "").strip('"'), modified, lambda: self._opened(name, size))

    def signed_address(self, name: str, kind: str, is_shown: bool) -> str | None:
        """Return an address at the store itself that every client may read that has it, for five minutes."""
        how = "inline" if is_shown else f'attachment; filename="{PurePosixPath(name).name}"'
        headers: Any = {"response-content-type": kind, "response-content-disposition": how}
        with _telling():
            return self._client.presigned_get_object(self.bucket, self._key(name), _SIGNED_FOR, headers)

    def _key(self, name: str) -> str:
        parts_of(name)
        return self._prefix + name

    def _store(self, content: bytes | BinaryIO, name: str) -> None:
        stream: BinaryIO = io.BytesIO(content) if isinstance(content, bytes) else content
        stream.seek(0, os.SEEK_END)
        size = stream.tell()
        stream.seek(0)
        with _telling():
            self._client.put_object(self.bucket, self._key(name), stream, size, part_size=_PART)

    def _copy_object(self, source: str, target: str) -> None:
        from minio.commonconfig import CopySource

        self._client.copy_object(self.bucket, target, CopySource(self.bucket, source))

    def _thumbnails_of(self, name: str) -> list[str]:
        key = self._key(name)
        found = (item.object_name or "" for item in self._client.list_objects(self.bucket, prefix=key))
        return [other for other in found if is_thumbnail(other, key)]

    def _stat(self, name: str) -> Object | None:
        from minio.error import S3Error

        with _telling():
            try:
                return self._client.stat_object(self.bucket, self._key(name))
            except S3Error as wrong:
                if wrong.code in _NOT_THERE:
                    return None
                raise

    def _opened(self, name: str, size: int) -> BinaryIO:
        return io.BufferedReader(_Reader(self, self._key(name), size), 2**16)

    def _read_from(self, key: str, start: int) -> Any:
        with _telling():
            return self._client.get_object(self.bucket, key, offset=start)


class _Reader(io.RawIOBase):
    """An object of the store as a file: what is read is fetched, from where was last sought."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self._size = store, key, size
        self._at = 0
        self._answer: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        to = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if to != self._at:
            self._let_go()
            self._at = to
        return to

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        if self._answer is None:
            self._answer = self._store._read_from(self._key, self._at)
        piece = self._answer.read(len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            answer.close()
            answer.release_conn()


@contextmanager
def _telling() -> Iterator[None]:
    """Run a block that asks the store; what it says against that becomes `NotStored`."""
    from minio.error import MinioException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (MinioException, HTTPError, OSError) as wrong:
        raise NotStored(" ".join(str(wrong).split())[:300]) from wrong
