"""Files in a bucket are backed up and restored as those in a folder are."""

from __future__ import annotations

import io

import pytest

from tests.media.test_s3 import read, server, url  # noqa: F401  fixtures
from tests.reference import SERVER
from wger_flask.backups import making, restoring
from wger_flask.media.store import MediaStore, open_store
from wger_flask.storage.columns import now
from wger_flask.storage.database import open_database
from wger_flask.testing.server import settings_for

pytestmark = pytest.mark.skipif(bool(SERVER), reason="it is about media")


@pytest.mark.parametrize("place", ["bucket", "folder"])
def test_a_round_trip(held, built, tmp_path, url, place):  # noqa: F811
    settings = settings_for(held.url, tmp_path, WGER_MEDIA_URL=url if place == "bucket" else "")
    store: MediaStore = open_store(settings.WGER_MEDIA_URL, settings.WGER_MEDIA_ROOT)
    for name in list(store.names()):
        store.remove(name)
    store.save(b"a", "gallery/1/a.png")
    store.save(b"b", "gallery/1/b.png")
    open_database(held.url)
    made = making.make(tmp_path / "a.tar", settings, now())
    assert made.files == 2
    store.remove("gallery/1/a.png")
    store.put(io.BytesIO(b"other"), "gallery/1/b.png")
    store.save(b"new", "gallery/1/new.png")
    with restoring.verified(made.path, settings, built.extensions["wger_flask"].registry) as found:
        kept = found.restore()
    assert sorted(store.names()) == ["gallery/1/a.png", "gallery/1/b.png"]
    assert (read(store, "gallery/1/a.png"), read(store, "gallery/1/b.png")) == (b"a", b"b")
    assert kept.media is not None
    if place == "folder":
        aside = MediaStore(settings.WGER_MEDIA_ROOT / kept.media.rpartition("/")[2])
        assert sorted(aside.names()) == ["gallery/1/b.png", "gallery/1/new.png"]
    else:
        assert kept.media.startswith(".before-restore-") and kept.media.endswith(" in the bucket")
