"""A media folder that is full, not writable or not there: 503, nothing half-stored, and reading goes on."""

from __future__ import annotations

import os
import resource as limits
from contextlib import contextmanager
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image

from wger_flask.domain.exercises.models import Exercise
from wger_flask.media import store

TOLD = {"detail": "Files cannot be stored at the moment. Try again later."}
ROOM = 300_000  # bytes: more than any of the files of the database grows by, less than the picture


def noise() -> bytes:
    """Return a photo that cannot be made smaller."""
    made = BytesIO()
    Image.frombytes("RGB", (380, 380), os.urandom(380 * 380 * 3)).save(made, "PNG")
    return made.getvalue()


def form(**values) -> dict:
    return {"data": values, "content_type": "multipart/form-data"}


@contextmanager
def full(root, monkeypatch):
    """Let no file become longer: a disk that is full, for whoever runs the tests."""
    soft, hard = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def closed(root, monkeypatch):
    """Let nobody write to the folders; the administrator, who may everything, is only told so."""
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    if os.geteuid():
        for folder in folders:
            folder.chmod(0o500)
        try:
            yield
        finally:
            for folder in folders:
                folder.chmod(0o700)
        return
    with monkeypatch.context() as patched:
        patched.setattr(store.os, "access", lambda path, mode: not mode & os.W_OK)
        patched.setattr(store.MediaStore, "_put", _refuse)
        yield


def _refuse(*arguments):
    raise PermissionError(13, "Permission denied")


@contextmanager
def gone(root, monkeypatch):
    """Put a file in the folder's place, as a wrong setting or a failed mount may."""
    aside = root.with_name("aside")
    root.rename(aside)
    root.touch()
    try:
        yield
    finally:
        root.unlink()
        aside.rename(root)


WAYS = [full, closed, gone]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def root(app):
    """The media folder."""
    found = app.extensions["wger_flask"].settings.WGER_MEDIA_ROOT
    found.mkdir(parents=True)
    return found


@pytest.fixture
def files(root):
    """Return a function that tells which files there are, and how large."""
    return lambda: {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def photo(api, root):
    """A photo of grace's that is stored."""
    answer = api("grace").post("gallery/", **form(image=(BytesIO(noise()), "me.png"), date="2024-05-01"))
    assert answer.status_code == 201
    return answer.json


@ways
def test_nothing_is_half_stored_and_reading_goes_on(api, root, photo, files, monkeypatch, caplog, way):
    before, grace = files(), api("grace")
    rows = grace.get("gallery/").json
    with way(root, monkeypatch):
        for answer in (
            grace.post("gallery/", **form(image=(BytesIO(noise()), "b.png"), date="2024-05-02")),
            grace.put(f"gallery/{photo['id']}/", **form(image=(BytesIO(noise()), "b.png"), date="2024-05-03")),
            grace.patch(f"gallery/{photo['id']}/", **form(image=(BytesIO(noise()), "b.png"))),
            api("ada").post("exerciseimage/", **form(exercise=1, image=(BytesIO(noise()), "b.png"))),
        ):
            told = TOLD | {"request_id": answer.headers["X-Request-ID"]}
            assert (answer.status_code, answer.json, answer.headers["Retry-After"]) == (503, told, "5")
        assert grace.get("gallery/").json == rows
        assert grace.patch(f"gallery/{photo['id']}/", **form(description="now")).status_code == 200
    assert files() == before
    assert "the media folder: " in caplog.text and "Traceback" not in caplog.text
    page = grace.post(
        "gallery/", **form(image=(BytesIO(noise()), "b.png"), date="2024-05-04"), headers={"Accept": "text/html"}
    )
    assert page.status_code in (200, 201, 302, 303)


@ways
def test_a_picture_and_its_row_go_together(api, root, photo, files, monkeypatch, way):
    grace, before = api("grace"), files()
    with way(root, monkeypatch):
        answer = grace.delete(f"gallery/{photo['id']}/")
        refused = way is closed
        assert answer.status_code == (503 if refused else 204)  # a full disk gains by it
        assert grace.get(f"gallery/{photo['id']}/").status_code == (200 if refused else 404)
    assert files() == (before if refused or way is gone else {})  # what is out of reach is left, and told in the log


def test_pictures_that_would_move_stay_where_they_cannot(api, root, files, monkeypatch):
    made = api("ada").post("exerciseimage/", **form(exercise=1, image=(BytesIO(noise()), "b.png")))
    assert made.status_code == 201
    before = files()
    path = f"exercise/1/?replaced_by={Exercise.get_by_id(2).uuid}&transfer_media=True"
    with closed(root, monkeypatch):
        answer = api("ada").delete(path)
        told = TOLD | {"request_id": answer.headers["X-Request-ID"]}
        assert (answer.status_code, answer.json) == (503, told)
    assert files() == before and api().get("exercise/1/").status_code == 200
    assert api("ada").delete(path).status_code == 204
    assert files() and not files().keys() & before.keys()


def test_a_thumbnail_that_cannot_be_kept_is_shown(api, root, photo, files, monkeypatch):
    path, before = f"{urlsplit(photo['image']).path}.200x200_q85.jpg", files()
    with monkeypatch.context() as patched:
        patched.setattr("wger_flask.media.thumbnails.os.replace", _refuse)
        shown = api().get(path)
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert Image.open(BytesIO(shown.data)).size == (200, 200)
    assert files() == before
    assert api().get(path, buffered=True).data == shown.data
    assert len(files()) == len(before) + 1


@pytest.mark.parametrize(("number", "status"), [(13, 503), (5, 503), (28, 503), (22, 500)])
def test_a_file_that_cannot_be_read(api, root, photo, monkeypatch, number, status):
    def fail(*arguments, **options):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr("wger_flask.media.store.MediaStore.served", fail)
        assert api().get(urlsplit(photo["image"]).path).status_code == status


def test_a_name_that_no_disk_takes(api):
    assert api().get("/media/" + "a/" * 3000 + "b.png").status_code == 404


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the parser drops its file open
def test_a_body_for_which_there_is_no_room(api, root, files, monkeypatch, caplog):
    """Large bodies pass through a temporary file, whose disk may be full too."""
    body = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n' + b"x" * 900_000
    sent = {"data": body + b"\r\n--b--\r\n", "content_type": "multipart/form-data; boundary=b"}
    with full(root, monkeypatch):
        answer = api("grace").post("gallery/", **sent)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
    assert answer.json == {
        "detail": "The server cannot read or write a file at the moment. Try again later.",
        "request_id": answer.headers["X-Request-ID"],
    }
    assert files() == {}
