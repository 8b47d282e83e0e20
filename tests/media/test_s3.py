"""Files in a bucket do as files in a folder do."""

from __future__ import annotations

import io
import socket

import pytest

from wger_flask.media.errors import NotStored
from wger_flask.media.names import UnsafeName
from wger_flask.media.store import open_store

pytest.importorskip("minio")
PNG = "gallery/3/a.png"


@pytest.fixture(scope="module")
def server():
    """The port of an S3 server of these tests, in this process."""
    moto = pytest.importorskip("moto.server")
    held = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    held.start()
    yield held.get_host_and_port()[1]
    held.stop()


@pytest.fixture
def url(server):
    """The address of an empty bucket."""
    import minio

    client = minio.Minio(f"127.0.0.1:{server}", "key", "secret", secure=False, region="us-east-1")
    if client.bucket_exists("wger"):
        for item in list(client.list_objects("wger", recursive=True)):
            client.remove_object("wger", item.object_name)
    else:
        client.make_bucket("wger")
    return f"s3://key:secret@127.0.0.1:{server}/wger/media?tls=0"


@pytest.fixture
def store(url, tmp_path):
    """The store of that bucket."""
    return open_store(url, tmp_path)


def read(store, name: str) -> bytes:
    """Return what a file holds."""
    with store.served(name).open() as file:
        return file.read()


def test_a_file_is_stored_read_and_deleted(store):
    assert store.save(b"abc", PNG) == PNG
    assert store.exists(PNG)
    assert (store.served(PNG).size, read(store, PNG)) == (3, b"abc")
    other = store.save(io.BytesIO(b"def"), PNG)
    assert other != PNG
    assert (read(store, PNG), read(store, other)) == (b"abc", b"def")
    store.delete(PNG)
    assert not store.exists(PNG)
    assert store.served(PNG) is None
    store.delete(PNG)


def test_parts_of_a_file_are_fetched_from_where_they_begin(store):
    store.save(bytes(range(256)) * 1000, PNG)
    with store.served(PNG).open() as file:
        file.seek(1000)
        assert file.read(3) == bytes((232, 233, 234))
        file.seek(-1, io.SEEK_END)
        assert file.read() == b"\xff"


def test_files_follow_their_transaction(store):
    store.save(b"old", PNG)
    with pytest.raises(ValueError), store.changes() as files:
        added = files.add(b"new", "gallery/3/b.png")
        files.remove(PNG)
        raise ValueError
    assert store.exists(PNG)
    assert not store.exists(added)
    with store.changes() as files:
        files.remove(PNG)
        added = files.add(b"new", "gallery/3/b.png")
    assert not store.exists(PNG)
    assert read(store, added) == b"new"


def test_what_is_written_beside_a_file_goes_where_it_goes(store):
    store.save(b"picture", PNG)
    with store.beside(PNG) as path:
        assert path.read_bytes() == b"picture"
        path.with_name(f"{path.name}.200x200_q85.jpg").write_bytes(b"small")
    assert read(store, f"{PNG}.200x200_q85.jpg") == b"small"
    with store.changes() as files:
        moved = files.move(PNG, "gallery/4/a.png")
    assert read(store, f"{moved}.200x200_q85.jpg") == b"small"
    assert not store.exists(PNG)
    assert not store.exists(f"{PNG}.200x200_q85.jpg")
    store.delete(moved)
    assert not store.exists(f"{moved}.200x200_q85.jpg")


def test_names_that_lead_out_are_none(store):
    for name in ("../a.png", "/a.png", ".a/b.png", "a//b.png"):
        for ask in (store.served, store.exists, store.delete):
            with pytest.raises(UnsafeName):
                ask(name)
        with pytest.raises(UnsafeName):
            store.save(b"", name)


def test_a_signed_address_says_what_the_file_is(store):
    signed = store.signed_address(PNG, "image/png", True)
    assert "/wger/media/gallery/3/a.png?" in signed
    assert "X-Amz-Expires=300" in signed
    assert "response-content-type=image%2Fpng" in signed


def test_a_store_that_is_away_or_has_no_such_bucket_is_told(store, url, tmp_path):
    store.demand_writable()
    with pytest.raises(NotStored, match="no bucket"):
        open_store(url.replace("/wger/", "/nothing/"), tmp_path).demand_writable()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = open_store(f"s3://key:secret@127.0.0.1:{probe.getsockname()[1]}/wger?tls=0", tmp_path)
        for ask in (away.exists, away.served, lambda name: away.save(b"", name), away.delete):
            with pytest.raises(NotStored):
                ask(PNG)


def test_the_server_keeps_and_sends_files_of_a_bucket(api, app, url, tmp_path, monkeypatch):
    from tests.media.samples import picture

    held = app.extensions["wger_flask"]
    monkeypatch.setattr(held, "media", open_store(url, tmp_path))
    grace = api("grace")
    sent = {"image": (io.BytesIO(picture("PNG")), "a.png"), "date": "2026-01-01", "description": ""}
    made = grace.post("gallery/", data=sent, content_type="multipart/form-data")
    assert made.status_code == 201, made.json
    path = made.json["image"].partition("localhost")[2]
    got = grace.get(path)
    assert (got.status_code, got.mimetype, got.data[:4]) == (200, "image/png", b"\x89PNG")
    assert grace.get(path, headers={"If-None-Match": got.headers["ETag"]}).status_code == 304
    part = grace.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.data) == (206, b"PNG")
    small = grace.get(f"{path}.200x200_q85.jpg")
    assert (small.status_code, small.mimetype) == (200, "image/jpeg")
    assert held.media.exists(path.removeprefix("/media/") + ".200x200_q85.jpg")
    assert grace.get(path + "x").status_code == 404
    assert grace.delete(f"gallery/{made.json['id']}/").status_code == 204
    assert grace.get(path).status_code == 404
    monkeypatch.setattr(held, "media", open_store("s3://key:secret@127.0.0.1:1/wger?tls=0", tmp_path))
    assert grace.get(path).status_code == 503


def test_private_files_are_read_at_signed_addresses(api, app, url, tmp_path, monkeypatch):
    from tests.media.samples import picture

    held = app.extensions["wger_flask"]
    monkeypatch.setattr(held, "media", open_store(url, tmp_path))
    monkeypatch.setitem(held.settings.__dict__, "WGER_PRIVATE_MEDIA", True)
    sent = {"image": (io.BytesIO(picture("PNG")), "a.png"), "date": "2026-01-01", "description": ""}
    made = api("grace").post("gallery/", data=sent, content_type="multipart/form-data")
    path = made.json["image"].partition("localhost")[2]
    got = api("grace").get(path)
    assert got.status_code == 302
    assert "X-Amz-Signature=" in got.headers["Location"]
    assert got.headers["Cache-Control"] == "no-store"
    assert api("linus").get(path).status_code == 404
    assert api().get(path).status_code == 403
