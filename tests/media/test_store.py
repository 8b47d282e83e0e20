"""Stored files: they stay below their folder, appear whole, and follow the transaction."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wger_flask.media.errors import NotStored
from wger_flask.media.held_files import HELD
from wger_flask.media.names import UnsafeName, new_name
from wger_flask.media.store import MediaStore
from wger_flask.storage.database import accompanied, transaction


@pytest.fixture
def store(tmp_path):
    return MediaStore(tmp_path / "media")


def files(store: MediaStore) -> dict[str, bytes]:
    """Return everything below the folder of a store."""
    paths = (path for path in store.root.rglob("*") if path.is_file())
    return {path.relative_to(store.root).as_posix(): path.read_bytes() for path in paths}


def with_thumbnails(store: MediaStore, name: str) -> str:
    """Store a file with two thumbnails and a neighbour of a similar name."""
    store.save(b"picture", name)
    for box in ("200x200", "400x400"):
        store.save(box.encode(), f"{name}.{box}_q85.jpg")
    store.save(b"another", f"{name}.bak")
    return name


THUMBNAILS = {".200x200_q85.jpg": b"200x200", ".400x400_q85.jpg": b"400x400"}


def test_new_names_are_fresh():
    first, second = new_name("gallery/3", ".png"), new_name("gallery/3", ".png")
    assert first != second
    assert first.startswith("gallery/3/")
    assert len(first) == len("gallery/3/") + 36 + len(".png")


@pytest.mark.parametrize("content", [b"abc", io.BytesIO(b"abc")])
def test_save(store, content):
    assert store.save(content, "a/b/c.png") == "a/b/c.png"
    assert files(store) == {"a/b/c.png": b"abc"}
    assert store.path("a/b/c.png").read_bytes() == b"abc"


def test_a_stream_is_stored_whole_each_time(store):
    stream = io.BytesIO(b"film")
    names = [store.save(stream, "a/film.mp4") for _ in range(2)]
    assert [files(store)[name] for name in names] == [b"film", b"film"]


def test_a_web_server_may_read_it(store):
    mask = os.umask(0o022)
    try:
        store.save(b"x", "a/b.png")
    finally:
        os.umask(mask)
    assert store.path("a/b.png").stat().st_mode & 0o777 == 0o644


def test_a_name_that_is_taken_gives_another(store):
    store.save(b"one", "a/b.png")
    name = store.save(b"two", "a/b.png")
    assert name != "a/b.png"
    assert name.startswith("a/b_")
    assert name.endswith(".png")
    assert files(store) == {"a/b.png": b"one", name: b"two"}


UNSAFE = [
    "", "/", "/etc/passwd", "..", "../a", "a/../../b", "a/..", "a/./b", ".", ".hidden", "a/.hidden", "a//b", "a/",
    "~/../x", "a\\..\\b", "C:\\x", "C:x", "a\0b", "a\nb", "a/" + "x" * 256, "a?b",
]  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_names(store, name):
    store.save(b"x", "a/b")
    for act in (
        store.path,
        store.delete,
        lambda n: store.save(b"", n),
        lambda n: store.copy("a/b", n),
        lambda n: store.copy(n, "c"),
    ):
        with pytest.raises(UnsafeName):
            act(name)
    assert files(store) == {"a/b": b"x"}


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["..", ".", "a", "/", "\\", "\0", "~", "", "x.png", " "]) | st.text(max_size=3)).map(
        "/".join
    )
)
def test_no_name_leads_out(name):
    store = MediaStore(Path("/srv/media"))
    try:
        path = store.path(name)
    except UnsafeName:
        return
    assert Path(os.path.normpath(path)).is_relative_to(store.root)
    assert path != store.root
    assert path.relative_to(store.root).as_posix() == name


class Broken(io.BytesIO):
    """A stream that breaks off."""

    def read(self, size=-1):
        data = super().read(2)
        if not data:
            raise OSError("connection lost")
        return data


def test_a_stream_that_breaks_off_leaves_nothing(store):
    with pytest.raises(NotStored):
        store.save(Broken(b"abcdef"), "a/b.png")
    assert files(store) == {}


def test_a_disk_that_does_not_take_it_leaves_nothing(store, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(NotStored):
        store.save(b"abc", "a/b.png")
    assert files(store) == {}


def test_delete_takes_the_thumbnails_along(store):
    name = with_thumbnails(store, "a/b.png")
    store.delete(name)
    store.delete(name)
    store.delete("nowhere/b.png")
    assert files(store) == {"a/b.png.bak": b"another"}


@pytest.mark.parametrize("links", [True, False])
def test_a_copy_has_the_thumbnails(store, monkeypatch, links):
    if not links:

        def unsupported(*args):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr("os.link", unsupported)
    name = with_thumbnails(store, "a/b.png")
    before = files(store)
    assert store.copy(name, "c/d.png") == "c/d.png"
    copied = {f"c/d.png{suffix}": content for suffix, content in THUMBNAILS.items()}
    assert files(store) == {**before, "c/d.png": b"picture", **copied}


def test_a_copy_to_a_name_that_is_taken(store):
    store.save(b"one", "a/b.png")
    store.save(b"two", "c/b.png")
    name = store.copy("a/b.png", "c/b.png")
    assert files(store) == {"a/b.png": b"one", "c/b.png": b"two", name: b"one"}


def test_a_copy_of_nothing(store):
    with pytest.raises(FileNotFoundError):
        store.copy("a/b.png", "c/b.png")
    assert files(store) == {}


def test_changes_that_end_well(store):
    old = with_thumbnails(store, "a/old.png")
    moved = with_thumbnails(store, "a/moved.png")
    with store.changes() as changes:
        assert changes.add(b"new", "a/new.png") == "a/new.png"
        changes.remove(old)
        changes.remove("")
        assert changes.move(moved, "b/moved.png") == "b/moved.png"
        assert store.path(old).exists()
        assert store.path(moved).exists()
        assert store.path("b/moved.png").exists()
    assert files(store) == {
        "a/new.png": b"new",
        "b/moved.png": b"picture",
        **{f"b/moved.png{suffix}": content for suffix, content in THUMBNAILS.items()},
        "a/old.png.bak": b"another",
        "a/moved.png.bak": b"another",
    }


class Rollback(Exception):
    pass


@pytest.mark.parametrize("error", [Rollback, KeyboardInterrupt])
def test_changes_that_end_badly(store, error):
    old = with_thumbnails(store, "a/old.png")
    moved = with_thumbnails(store, "a/moved.png")
    before = files(store)
    with pytest.raises(error), store.changes() as changes:
        name = changes.add(b"new", "a/new.png")
        store.save(b"thumbnail", f"{name}.200x200_q85.jpg")
        changes.add(b"a clash", old)
        changes.remove(old)
        changes.move(moved, "b/moved.png")
        raise error
    assert files(store) == before


def test_a_file_that_is_missing_is_not_moved(store, caplog):
    with store.changes() as changes:
        assert changes.move("a/b.png", "c/b.png") == "a/b.png"
        changes.remove("a/c.png")
    assert files(store) == {}
    assert "a/b.png is missing" in caplog.text


def test_trouble_after_the_transaction_is_only_logged(store, monkeypatch, caplog):
    store.save(b"one", "a/b.png")

    def refuse(self, missing_ok=False):
        raise PermissionError(13, "Permission denied")

    with store.changes() as changes:
        changes.remove("a/b.png")
        changes.remove("../b.png")
        monkeypatch.setattr(Path, "unlink", refuse)
    assert "could not delete the file a/b.png" in caplog.text
    with pytest.raises(Rollback), store.changes() as changes:
        changes.added.append("a/b.png")
        raise Rollback


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "remove", "move"]), st.sampled_from("abc"), st.sampled_from("abc")),
        max_size=8,
    ),
    st.booleans(),
)
def test_the_disk_follows_the_rows(tmp_path_factory, steps, ends_well):
    """A table of names changes along with the files: in the end each row has its file, and no file is left over."""
    store = MediaStore(tmp_path_factory.mktemp("media"))
    rows = {row: store.save(row.encode(), f"start/{row}") for row in "ab"}
    before = dict(rows)
    try:
        with store.changes() as changes:
            for step, row, folder in steps:
                old = rows.pop(row, "")
                if step == "add":
                    rows[row] = changes.add(row.encode(), f"{folder}/{row}")
                    changes.remove(old)
                elif step == "remove":
                    changes.remove(old)
                elif old:
                    rows[row] = changes.move(old, f"{folder}/{row}")
            if not ends_well:
                raise Rollback
    except Rollback:
        rows = before
    assert files(store) == {name: row.encode() for row, name in rows.items()}


def test_changes_follow_a_part_of_a_transaction_that_is_rolled_back(opened, store):
    """Its error may be caught: what the rest of the transaction did stays."""
    old, other = store.save(b"old", "a/old.png"), store.save(b"other", "a/other.png")
    with store.changes() as changes, accompanied(changes), transaction():
        changes.add(b"one", "a/one.png")
        changes.remove(old)
        with pytest.raises(Rollback), transaction():
            changes.add(b"two", "a/two.png")
            changes.remove(other)
            raise Rollback
        with transaction():
            changes.add(b"three", "a/three.png")
    assert files(store) == {"a/one.png": b"one", "a/other.png": b"other", "a/three.png": b"three"}
    with store.changes() as changes, transaction():
        pass  # nobody follows what has ended
    assert not changes.added


def test_what_comes_and_goes_while_a_database_is_copied_is_held(store):
    store.save(b"first", "a.png")
    with store.held() as (kept, hold_new):
        store.save(b"second", "b.png")
        for name in ("a.png", "b.png"):  # whose rows the copy of the database may have
            store.delete(name)
        store.save(b"third", "c.png")
        hold_new()
        store.save(b"fourth", "d.png")
        store.delete("d.png")
        assert {name: (kept.root / name).read_bytes() for name in kept.names()} == {
            "a.png": b"first",
            "b.png": b"second",
            "c.png": b"third",
        }
    assert files(store) == {"c.png": b"third"}


def test_nothing_is_held_for_a_backup_that_was_killed(store):
    abandoned = store.root / f"{HELD}-host" / ".holding"
    abandoned.parent.mkdir(parents=True)
    abandoned.touch()
    os.utime(abandoned, (0, 0))
    store.save(b"picture", "a.png")
    store.delete("a.png")
    assert [path.name for path in abandoned.parent.iterdir()] == [abandoned.name]
