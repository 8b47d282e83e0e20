"""Photos: what is taken, where it lies, and that nothing is left of what is refused or gone."""

from __future__ import annotations

import dataclasses
import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest

from tests.media.samples import PROPERTIES, animation, archive, picture, png_header
from tests.media.test_position import exif, photo
from wger_flask.domain.gallery.models import Image
from wger_flask.media.errors import InvalidImage
from wger_flask.storage.signals import Listener, set_listeners

DAY = "2024-05-01"
MEGABYTE = 2**20


@pytest.fixture
def files(app):
    """Return a function that lists the files below the media root."""
    root = app.extensions["wger_flask"].settings.WGER_MEDIA_ROOT
    return lambda: sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def send(api):
    """Return a function that sends a form; ``image`` is content, or content and a name."""

    def open(path="gallery/", method="POST", who="grace", image=None, **form):
        if image is not None:
            content, name = image if isinstance(image, tuple) else (image, "me.png")
            form["image"] = (BytesIO(content), name)
        return api(who).open(method, path, data=form, content_type="multipart/form-data")

    return open


def name_in(url: str) -> str:
    return urlsplit(url).path.removeprefix("/media/")


@pytest.mark.parametrize(
    ("kind", "name"), [("PNG", "me.png"), ("JPEG", "ME.JPG"), ("WEBP", "me.webp"), ("AVIF", "../me.avif")]
)
def test_a_photo_lies_in_its_owners_folder(api, send, files, people, kind, name):
    answer = send(image=(picture(kind), name), date=DAY, description=" before ")
    assert answer.status_code == 201
    made = answer.json
    assert list(made) == ["id", "date", "image", "description", "height", "width"]
    assert (made["date"], made["description"], made["height"], made["width"]) == (DAY, "before", 48, 64)
    assert made["image"].startswith("http://localhost/media/gallery/")
    [stored] = files()
    assert stored == name_in(made["image"])
    assert re.fullmatch(rf"gallery/{people['grace'].id}/[0-9a-f-]{{36}}\.\w+", stored)
    assert api().get(urlsplit(made["image"]).path, buffered=True).data == picture(kind)
    assert api("grace").get("gallery/").json["results"] == [made]


def test_what_a_telephone_appended_is_not_kept(api, send):
    for rest in (b"\n", b"\0\0\1\x0aName\5\0valueSEFH...SEFT", PROPERTIES):
        answer = send(image=(picture("JPEG") + rest, "me.jpg"), date=DAY)
        assert answer.status_code == 201, answer.json
        assert api().get(urlsplit(answer.json["image"]).path, buffered=True).data == picture("JPEG")


@pytest.mark.parametrize("keep", [False, True])
def test_where_a_photo_was_taken_is_kept_by_setting_alone(app, api, send, monkeypatch, keep):
    services = app.extensions["wger_flask"]
    monkeypatch.setattr(services, "settings", dataclasses.replace(services.settings, WGER_KEEP_PHOTO_POSITION=keep))
    made = send(image=(photo("JPEG", exif=exif()), "me.jpg"), date=DAY).json
    served = api().get(urlsplit(made["image"]).path, buffered=True).data
    assert (b"CELLID" in served) is keep
    changed = send(f"gallery/{made['id']}/", "PATCH", image=(photo("PNG", exif=exif()), "me.png")).json
    assert (b"CELLID" in api().get(urlsplit(changed["image"]).path, buffered=True).data) is keep


def test_photos_are_listed_latest_first(api, send):
    for day in ("2024-05-02", "2024-05-03", "2024-05-01"):
        send(image=picture(), date=day)
    assert [row["date"][-1] for row in api("grace").get("gallery/").json["results"]] == ["3", "2", "1"]
    assert [row["date"][-1] for row in api("grace").get("gallery/?date=2024-05-02").json["results"]] == ["2"]


CASES = {
    "too large": (picture() + b"\0" * (20 * MEGABYTE), "me.png", "The maximum image file size is 20MB."),
    "a bomb": (png_header(50_000, 50_000), "me.png", InvalidImage.message),
    "an archive, too": (picture() + archive(), "me.png", InvalidImage.message),
    "a page, too": (picture("JPEG") + b"<html><script>alert(1)</script>", "me.jpg", InvalidImage.message),
    "truncated": (picture(size=(300, 200))[:-30], "me.png", InvalidImage.message),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "me.svg", InvalidImage.message),
    "the extension of a page": (
        picture(),
        "me.html",
        "File extension “html” is not allowed. Allowed extensions are: avif, jfif, jpe, jpeg, jpg, png, webp.",
    ),
    "the extension of another format": (
        picture(),
        "me.jpg",
        "File extension “jpg” is not allowed. Allowed extensions are: png.",
    ),
    "animated": (animation("WEBP"), "me.webp", "Animated images are not supported."),
    "not taken": (
        picture("GIF"),
        "me.gif",
        "File type is not supported. Allowed formats: jpeg, jpg, png, webp, avif.",
    ),
    "empty": (b"", "me.png", "The submitted file is empty."),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_photo_is_refused_and_leaves_nothing(api, send, files, case):
    content, name, message = CASES[case]
    answer = send(image=(content, name), date=DAY)
    assert (answer.status_code, answer.json) == (400, {"image": [message]})
    assert files() == [] and not Image.select().exists()
    made = send(image=picture(), date=DAY).json
    for method in ("PUT", "PATCH"):
        answer = send(f"gallery/{made['id']}/", method, image=(content, name), date=DAY)
        assert (answer.status_code, answer.json) == (400, {"image": [message]})
    assert files() == [name_in(made["image"])]
    assert api("grace").get(f"gallery/{made['id']}/").json == made


def test_a_photo_of_a_refused_row_leaves_nothing(send, files):
    answer = send(image=picture(), date="yesterday", description="x" * 1001)
    assert (answer.status_code, list(answer.json)) == (400, ["date", "description"])
    assert files() == []


def test_a_photo_of_a_row_that_could_not_be_stored_leaves_nothing(send, files):
    def fail(row):
        raise OSError

    set_listeners({Image: (Listener(created=fail),)})
    assert send(image=picture(), date=DAY).status_code == 500
    assert files() == [] and not Image.select().exists()


def test_json_carries_no_photo(api):
    for method, path in (("POST", "gallery/"), ("PUT", "gallery/1/")):
        answer = api("grace").open(method, path, {"date": DAY})
        assert (answer.status_code, answer.json) == (
            415,
            {"detail": 'Unsupported media type "application/json" in request.'},
        )


def test_another_photo_takes_the_place_of_the_first(send, files):
    first = send(image=picture(), date=DAY).json
    second = send(f"gallery/{first['id']}/", "PATCH", image=(picture("JPEG", (20, 10)), "me.jpg")).json
    assert (second["height"], second["width"], second["date"]) == (10, 20, DAY)
    assert files() == [name_in(second["image"])] and second["image"] != first["image"]


def test_a_description_can_change_alone(api, send, files):
    made = send(image=picture(), date=DAY).json
    answer = send(f"gallery/{made['id']}/", "PATCH", description="after", height="5", user="1")
    assert answer.json == {**made, "description": "after"}
    assert api("grace").patch(f"gallery/{made['id']}/", {"description": ""}).json == made
    answer = send(f"gallery/{made['id']}/", "PUT", date=DAY)
    assert (answer.status_code, answer.json) == (400, {"image": ["No file was submitted."]})
    assert files() == [name_in(made["image"])]


def test_the_file_goes_with_its_row(api, send, files):
    kept, gone = (send(image=picture(), date=DAY).json for _ in range(2))
    assert api("grace").delete(f"gallery/{gone['id']}/").status_code == 204
    assert files() == [name_in(kept["image"])]


def test_photos_are_their_owners_alone(api, send, files):
    made = send(image=picture(), date=DAY).json
    path = f"gallery/{made['id']}/"
    assert api("linus").get("gallery/").json["count"] == 0
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        assert send(path, method, who="linus", image=picture(), date=DAY).status_code == 404
    assert api().get("gallery/").status_code == 403
    assert send(who=None, image=picture(), date=DAY).status_code == 403
    assert files() == [name_in(made["image"])]
