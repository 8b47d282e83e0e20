"""Archives that are damaged, cut off, or made to do harm are refused; nothing of them is believed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wger_flask.backups.format import MANIFEST, PACKINGS, SUMS, Manifest, packing_for
from wger_flask.backups.reading import opened, read, verify_whole
from wger_flask.backups.writing import archive
from wger_flask.storage.backups import BackupRefused
from wger_flask.storage.upgrades import no_progress

MADE = Manifest("1.0", "2026-11-27T12:00:00+00:00", "sqlite", "3.40", ["m0010_log_indexes"], True, ["secret.key"])
SUFFIXES = [packing.suffixes[0] for packing in PACKINGS]
FILES = {"database.sqlite": b"rows" * 500, "secret.key": b"k" * 40, "media/gallery/2/a.png": b"picture" * 30}
WRITTEN: dict[str, bytes] = {}


def written(folder: Path, suffix: str, manifest: Manifest = MADE) -> Path:
    path = folder / f"backup{suffix}"
    with archive(path) as writer:
        writer.add(MANIFEST, manifest.as_json())
        for name, content in FILES.items():
            writer.add(name, content)
    return path


def content_of(path: Path) -> dict[str, bytes]:
    """Read an archive as restoring does."""
    found: dict[str, bytes] = {}
    with opened(path) as file:
        packing, length = verify_whole(file, no_progress)
        read(file, packing, length, lambda name, stream, size: found.update({name: stream.read(size)}), no_progress, "")
    return found


def signed(path: Path, packed: bytes) -> Path:
    """Write what anybody can make: an archive whose sum fits."""
    suffix = packing_for(path)
    path.write_bytes(packed + suffix.trailer(hashlib.sha256(packed).hexdigest()))
    return path


def tar_of(*members: tuple[tarfile.TarInfo, bytes], sums: bool = True) -> bytes:
    """Return a tar archive that begins with a manifest and ends with sums, with anything in between."""
    target, listed = io.BytesIO(), b""
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        first = tarfile.TarInfo(MANIFEST)
        for member, content in [(first, MADE.as_json()), *members]:
            member.size = member.size or len(content)
            tar.addfile(member, io.BytesIO(content) if member.isreg() else None)
            listed += f"{hashlib.sha256(content).hexdigest()}  {member.name}\n".encode()
        if sums:
            last = tarfile.TarInfo(SUMS)
            last.size = len(listed)
            tar.addfile(last, io.BytesIO(listed))
    return target.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, **rest) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in rest.items():
        setattr(info, key, value)
    return info


PLAIN = [(member(name), content) for name, content in FILES.items()]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read(tmp_path, suffix):
    assert content_of(written(tmp_path, suffix)) == FILES


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of an archive of each packing, and a file to put damaged ones into."""
    folder = tmp_path_factory.mktemp("whole")
    return {suffix: written(folder, suffix).read_bytes() for suffix in SUFFIXES}, folder


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=some.data())
def test_any_byte_that_is_another_one_is_noticed(whole, suffix, data):
    archives, folder = whole
    content = bytearray(archives[suffix])
    at = data.draw(some.integers(0, len(content) - 1))
    content[at] ^= data.draw(some.integers(1, 255))
    path = folder / f"damaged{suffix}"
    path.write_bytes(content)
    with pytest.raises(BackupRefused):
        content_of(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=some.data())
def test_any_end_that_is_cut_off_or_added_is_noticed(whole, suffix, data):
    archives, folder = whole
    content = archives[suffix]
    path = folder / f"cut{suffix}"
    path.write_bytes(content[: data.draw(some.integers(0, len(content) - 1))])
    with pytest.raises(BackupRefused):
        content_of(path)
    path.write_bytes(content + data.draw(some.binary(min_size=1, max_size=600)))
    with pytest.raises(BackupRefused):
        content_of(path)


@given(content=some.binary(max_size=3000))
def test_anything_else_is_refused(whole, content):
    path = whole[1] / "anything.tar"
    path.write_bytes(content)
    with pytest.raises(BackupRefused):
        content_of(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(content=some.binary(max_size=3000))
def test_anything_else_with_a_sum_that_fits_is_refused(whole, suffix, content):
    packing = packing_for(Path(suffix))
    begun = whole[0][suffix][:200] + content
    with pytest.raises(BackupRefused):
        content_of(signed(whole[1] / f"anything{packing.suffixes[0]}", begun))


def test_an_archive_by_other_means_is_taken(tmp_path):
    assert content_of(signed(tmp_path / "a.tar", tar_of(*PLAIN))) == FILES


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([(member("media/../../etc/passwd"), b"x")], "leads elsewhere"),
        ([(member("media//etc/passwd"), b"x")], "leads elsewhere"),
        ([(member("media/.hidden/x"), b"x")], "leads elsewhere"),
        ([(member("/etc/passwd"), b"x")], "does not belong"),
        ([(member("../database.sqlite"), b"x")], "does not belong"),
        ([(member("database.sqlite/../x"), b"x")], "does not belong"),
        ([(member("database.other"), b"x")], "does not belong"),
        ([(member("powersync.pem"), b"x")], "does not belong"),
        ([(member("secret.key"), b"x")], "twice"),
        ([(member("media/gallery/2/a.png"), b"x")], "twice"),
        ([(member("media/link", tarfile.SYMTYPE, linkname="/etc/passwd"), b"")], "no plain file"),
        ([(member("media/link", tarfile.LNKTYPE, linkname="secret.key"), b"")], "no plain file"),
        ([(member("media/pipe", tarfile.FIFOTYPE), b"")], "no plain file"),
        ([(member("media/device", tarfile.CHRTYPE), b"")], "no plain file"),
        ([(member("media/folder", tarfile.DIRTYPE), b"")], "no plain file"),
        ([(member("media/x" + "y" * 3000), b"x")], "leads elsewhere"),
        ([(member("media/sparse", pax_headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": "9"}), b"x")], "no plain"),
        ([(member("media/long", pax_headers={"comment": "x" * 5_000_000}), b"x")], "cannot be unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_does_not_belong_there_is_refused(tmp_path, more, told):
    with pytest.raises(BackupRefused, match=told):
        content_of(signed(tmp_path / "a.tar", tar_of(*PLAIN, *more)))


def test_what_is_missing_is_noticed(tmp_path):
    for left_out in range(2):  # the database, the key
        with pytest.raises(BackupRefused, match="missing"):
            content_of(signed(tmp_path / "a.tar", tar_of(*PLAIN[:left_out], *PLAIN[left_out + 1 :])))
    with pytest.raises(BackupRefused, match="list of sums"):
        content_of(signed(tmp_path / "a.tar", tar_of(*PLAIN, sums=False)))


@pytest.mark.parametrize("suffix", [".tar.gz", ".tar.zst"])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr("wger_flask.backups.reading.FREE_UNPACKED", 1 << 20)
    target = io.BytesIO()
    packed = packing_for(Path(suffix)).writer(target)
    packed.write(tar_of((member("database.sqlite"), bytes(64 << 20)), *PLAIN[1:]))
    packed.close()
    taken = []

    def take(name, stream, size):
        taken.append(0)
        while data := stream.read(1 << 20):
            taken[-1] += len(data)

    path = signed(tmp_path / f"bomb{suffix}", target.getvalue())
    with opened(path) as file:
        packing, length = verify_whole(file, no_progress)
        with pytest.raises(BackupRefused, match="500 times"):
            read(file, packing, length, take, no_progress, "")
    assert sum(taken) < max(8 << 20, 502 * length)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"", "cannot be read"),
        (b"[]", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"program": "wger-flask", "format": 2, "version": "9.1"}', "version 9.1 made it, in a later format"),
        (MADE.as_json().replace(b'"secret.key"', b'"/etc/passwd"'), "cannot be read"),
        (MADE.as_json().replace(b"true", b"1"), "cannot be read"),
    ],
)
def test_a_manifest_that_cannot_be_read(tmp_path, document, told):
    path = tmp_path / "a.tar"
    with archive(path) as writer:
        writer.add(MANIFEST, document)
    with pytest.raises(BackupRefused, match=told):
        content_of(path)


def test_one_that_fails_leaves_the_former(tmp_path):
    path = written(tmp_path, ".tar")
    before = path.read_bytes()
    with pytest.raises(OSError), archive(path) as writer:
        writer.add(MANIFEST, MADE.as_json())
        writer.add("media/x", io.BytesIO(b"less"), 100)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
