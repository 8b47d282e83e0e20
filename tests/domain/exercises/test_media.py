"""Pictures and films of exercises, and their files."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image

from wger_flask.domain.exercises.models import DeletionLog, Exercise, ExerciseImage, ExerciseVideo
from wger_flask.media import thumbnails
from wger_flask.media.errors import InvalidImage
from wger_flask.storage.database import IntegrityError


def picture(kind="PNG", size=(600, 300), colour="red") -> BytesIO:
    stream = BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    stream.seek(0)
    return stream


def film() -> BytesIO:
    boxes = [(b"ftyp", b"isom\0\0\0\0isom"), (b"moov", b"\0" * 8), (b"mdat", b"\0" * 16)]
    return BytesIO(b"".join((len(body) + 8).to_bytes(4, "big") + kind + body for kind, body in boxes))


@pytest.fixture
def root(app):
    """The media folder."""
    return app.extensions["wger_flask"].settings.WGER_MEDIA_ROOT


@pytest.fixture
def files(root):
    """Return a function that lists the files below the media root."""
    return lambda: sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def send(api):
    """Return a function that sends a form as ada."""

    def post(path="exerciseimage/", method="POST", **form):
        return api("ada").open(method, path, data=form, content_type="multipart/form-data")

    return post


@pytest.fixture
def upload(send):
    """Return a function that uploads a picture and returns what the server made of it."""

    def make(exercise=1, name="arm.png", **form):
        answer = send(exercise=exercise, image=(picture(), name), **form)
        assert answer.status_code == 201, answer.json
        return answer.json

    return make


def name_in(url: str) -> str:
    return urlsplit(url).path.removeprefix("/media/")


def test_a_picture_is_stored_with_its_thumbnails(api, upload, files, root):
    made = upload(license_author="anna", style="1")
    name = name_in(made["image"])
    assert name.startswith("exercise-images/1/") and name.endswith(".png")
    assert files() == sorted([name, f"{name}.200x200_q85.jpg", f"{name}.400x400_q85.jpg"])
    assert made["thumbnails"] == {
        "small": f"{made['image']}.200x200_q85.jpg",
        "medium": f"{made['image']}.400x400_q85.jpg",
    }
    with Image.open(root / f"{name}.200x200_q85.jpg") as small:
        assert small.size == (200, 100)
    row = ExerciseImage.get_by_id(made["id"])
    assert (row.width, row.height, row.style, row.license_id) == (600, 300, "1", 2)
    assert (made["is_main"], made["exercise_uuid"]) == (True, str(Exercise.get_by_id(1).uuid))
    shown = api().get(f"exerciseimage/{made['id']}/thumbnails/").json
    assert shown == {
        "small": {"url": made["thumbnails"]["small"], "settings": {"size": [200, 200]}},
        "medium": {"url": made["thumbnails"]["medium"], "settings": {"size": [400, 400]}},
        "original": made["image"],
    }
    info = api().get("exerciseinfo/1/").json
    assert info["images"] == [made] and info["total_authors_history"] == ["anna"]


def test_files_are_served_and_only_as_what_they_are(api, upload, root):
    made = upload()
    served = api().get(urlsplit(made["image"]).path, buffered=True)
    assert (served.status_code, served.mimetype, served.data) == (200, "image/png", picture().read())
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    for name, content in (("page.html", "<script>"), ("drawing.svg", "<svg/>")):
        (root / name).write_text(content)
        served = api().get(f"/media/{name}", buffered=True)
        assert served.mimetype == "application/octet-stream"
        assert served.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["nothing.png", "../wger.sqlite", "%2e%2e/wger.sqlite", ".hidden", "a\\b", ""])
def test_other_files_are_not_served(api, upload, root, name):
    upload()
    (root / ".hidden").write_text("x")
    assert api().get(f"/media/{name}").status_code == 404


def test_part_of_a_file(api, upload):
    path = urlsplit(upload()["image"]).path
    served = api().get(path, headers={"Range": "bytes=0-3"}, buffered=True)
    assert (served.status_code, served.data) == (206, b"\x89PNG")


def test_thumbnails_that_were_never_made_are_made_when_asked_for(api, upload, root):
    made = upload()
    path = urlsplit(made["thumbnails"]["small"]).path
    (root / name_in(path)).unlink()
    served = api().get(path, buffered=True)
    assert (served.status_code, served.mimetype) == (200, "image/jpeg")
    (root / "broken.png").write_bytes(b"\x89PNG nothing")
    assert api().get("/media/broken.png.200x200_q85.jpg").status_code == 404
    assert api().get("/media/.200x200_q85.jpg").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.png", "The submitted file is empty."),
        (b"<svg onload='x'/>", "a.png", None),
        (picture().read()[:-20], "a.png", None),
        (picture("GIF").read(), "a.gif", "File type is not supported. Allowed formats: jpeg, jpg, png, webp, avif."),
        (picture().read(), "a.exe", "File extension “exe” is not allowed."),
    ],
)
def test_what_is_no_picture(send, files, content, name, message):
    answer = send(exercise=1, image=(BytesIO(content), name))
    assert (answer.status_code, list(answer.json), files()) == (400, ["image"], [])
    assert answer.json["image"][0].startswith(message or "Upload a valid image.")


def test_every_field_is_checked_at_once(send, files):
    answer = send(exercise=999, image=(BytesIO(b"x"), "a.png"), style="9", license_object_url="nope")
    assert answer.json == {
        "exercise": ['Invalid pk "999" - object does not exist.'],
        "image": ["Upload a valid image. The file you uploaded was either not an image or a corrupted image."],
        "style": ['"9" is not a valid choice.'],
        "license_object_url": ["Enter a valid URL."],
    }
    assert files() == []


def test_json_cannot_carry_a_file(api):
    answer = api("ada").post("exerciseimage/", {"exercise": 1})
    assert answer.status_code == 415
    assert answer.json == {"detail": 'Unsupported media type "application/json" in request.'}


def test_other_fields_may_be_changed_by_json(api, upload, files):
    made = upload()
    before = files()
    answer = api("ada").patch(f"exerciseimage/{made['id']}/", {"style": "2"})
    assert (answer.status_code, answer.json["style"], answer.json["image"]) == (200, "2", made["image"])
    assert files() == before


def test_a_form_without_a_new_file_keeps_the_old_one(send, upload, files):
    made = upload()
    before = files()
    answer = send(f"exerciseimage/{made['id']}/", "PATCH", style="2", image=(BytesIO(b""), ""))
    assert (answer.status_code, answer.json["image"], files()) == (200, made["image"], before)


def test_a_new_file_takes_the_place_of_the_old_one(send, upload, files):
    made = upload()
    answer = send(f"exerciseimage/{made['id']}/", "PATCH", image=(picture("JPEG", (40, 20)), "b.jpeg"))
    assert answer.status_code == 200
    name = name_in(answer.json["image"])
    assert name != name_in(made["image"])
    assert files() == sorted([name, f"{name}.200x200_q85.jpg", f"{name}.400x400_q85.jpg"])
    assert ExerciseImage.get_by_id(made["id"]).width == 40


def test_a_refused_change_keeps_the_old_file(send, upload, files):
    made = upload()
    before = files()
    answer = send(f"exerciseimage/{made['id']}/", "PATCH", image=(picture(), "b.png"), style="9")
    assert (answer.status_code, files()) == (400, before)


def test_a_write_that_fails_late_leaves_no_file(send, files, monkeypatch):
    def clash(row, *args):
        raise IntegrityError("UNIQUE constraint failed: exercises_exerciseimage.uuid")

    monkeypatch.setattr("wger_flask.rest.storing.insert", clash)
    answer = send(exercise=1, image=(picture(), "a.png"))
    assert (answer.status_code, files(), ExerciseImage.select().count()) == (400, [], 0)


def test_a_mistake_leaves_no_file(send, files, monkeypatch):
    monkeypatch.setattr("wger_flask.domain.exercises.media.noted", None)
    assert send(exercise=1, image=(picture(), "a.png")).status_code == 500
    assert (files(), ExerciseImage.select().count()) == ([], 0)


def test_a_picture_that_cannot_be_made_small_is_refused(send, files, monkeypatch):
    def refuse(path):
        raise InvalidImage

    monkeypatch.setattr(thumbnails, "make_all", refuse)
    answer = send(exercise=1, image=(picture(), "a.png"))
    assert (answer.status_code, list(answer.json), files()) == (400, ["image"], [])


def test_the_first_picture_is_the_main_one(api, upload):
    first, second = upload(), upload()
    assert (first["is_main"], second["is_main"]) == (True, False)
    listed = api().get("exerciseimage/?exercise=1").json["results"]
    assert [item["id"] for item in listed] == [first["id"], second["id"]]


def test_there_is_one_main_picture(api, upload):
    first, other = upload(), upload(exercise=2)
    second = upload(is_main="true")
    assert [ExerciseImage.get_by_id(made["id"]).is_main for made in (first, second, other)] == [False, True, True]
    client = api("ada")
    assert client.patch(f"exerciseimage/{second['id']}/", {"is_main": False}).json["is_main"] is True
    assert client.patch(f"exerciseimage/{first['id']}/", {"is_main": True}).json["is_main"] is True
    assert ExerciseImage.get_by_id(second["id"]).is_main is False
    shown = client.get("exerciseimage/?is_main=True&exercise=1").json["results"]
    assert [item["id"] for item in shown] == [first["id"]]


def test_the_next_one_succeeds_a_main_picture_that_goes(api, upload, files):
    first, second, third = upload(), upload(), upload()
    assert api("ada").delete(f"exerciseimage/{first['id']}/").status_code == 204
    assert [ExerciseImage.get_by_id(made["id"]).is_main for made in (second, third)] == [True, False]
    assert not [name for name in files() if name_in(first["image"]) in name] and len(files()) == 6
    log = DeletionLog.get()
    assert (log.model_type, str(log.uuid), log.comment) == ("image", first["uuid"], "")


def test_files_go_with_the_exercise(api, upload, make_exercise, files):
    exercise = make_exercise(en="Zottman Carousel")
    made, kept = upload(exercise=exercise.id), upload()
    assert api("ada").delete(f"exercise/{exercise.id}/").status_code == 204
    assert {name_in(kept["image"]).split("/")[1]} == {name.split("/")[1] for name in files()}
    assert DeletionLog.get(DeletionLog.model_type == "image").uuid.hex == made["uuid"].replace("-", "")


def test_files_stay_when_deleting_fails(api, upload, files, monkeypatch):
    made = upload()
    before = files()
    monkeypatch.setattr("wger_flask.domain.exercises.media.elect", None)
    assert api("ada").delete(f"exerciseimage/{made['id']}/").status_code == 500
    assert files() == before and ExerciseImage.get_or_none(ExerciseImage.id == made["id"])


def test_media_move_to_the_replacement(api, upload, send, make_exercise, files, root):
    old, new = make_exercise(en="Zottman Carousel"), make_exercise(en="Turkish Wheel")
    main, second = upload(exercise=old.id), upload(exercise=old.id)
    clip = send("video/", exercise=old.id, video=(film(), "clip.mp4")).json
    kept = upload(exercise=new.id)
    answer = api("ada").delete(f"exercise/{old.id}/?replaced_by={new.uuid}&transfer_media")
    assert answer.status_code == 204
    rows = list(ExerciseImage.select().order_by(ExerciseImage.id))
    assert [(row.id, row.exercise_id, row.is_main) for row in rows] == [
        (main["id"], new.id, False),
        (second["id"], new.id, False),
        (kept["id"], new.id, True),
    ]
    assert all(row.image.startswith(f"exercise-images/{new.id}/") for row in rows)
    moved = ExerciseVideo.get_by_id(clip["id"])
    assert (moved.exercise_id, moved.is_main) == (new.id, True)
    assert sorted([moved.video, *(row.image for row in rows)]) == [n for n in files() if not n.endswith("_q85.jpg")]
    assert len(files()) == 10
    assert DeletionLog.select().where(DeletionLog.model_type != "base").count() == 1


def test_media_without_an_own_main_one_bring_theirs(api, upload, make_exercise):
    old, new = make_exercise(en="Zottman Carousel"), make_exercise(en="Turkish Wheel")
    upload(exercise=old.id)
    second = upload(exercise=old.id, is_main="true")
    api("ada").delete(f"exercise/{old.id}/?replaced_by={new.uuid}&transfer_media")
    assert [row.id for row in ExerciseImage.select().where(ExerciseImage.is_main)] == [second["id"]]


def test_a_film(api, send, files):
    answer = send("video/", exercise=1, video=(film(), "clip.MP4"), license_author="anna")
    assert answer.status_code == 201
    made = answer.json
    name = name_in(made["video"])
    assert name.startswith("exercise-video/1/") and name.endswith(".MP4") and files() == [name]
    assert (made["size"], made["duration"], made["is_main"]) == (len(film().read()), "0.00", True)
    assert api().get("exerciseinfo/1/").json["videos"][0]["author_history"] == ["anna"]
    served = api().get(urlsplit(made["video"]).path, buffered=True)
    assert (served.mimetype, served.data) == ("video/mp4", film().read())
    assert api("ada").delete(f"video/{made['id']}/").status_code == 204
    assert files() == []


@pytest.mark.parametrize("length", [1, 3_000_000])
def test_what_follows_a_film_is_not_kept(api, send, length):
    """A small upload is held in memory, a large one in a file."""
    answer = send("video/", exercise=1, video=(BytesIO(film().read() + b"x" * length), "clip.mp4"))
    assert (answer.status_code, answer.json["size"]) == (201, len(film().read()))
    assert api().get(urlsplit(answer.json["video"]).path, buffered=True).data == film().read()


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh", film().read()[:-3]])
def test_what_is_no_film(send, files, content):
    answer = send("video/", exercise=1, video=(BytesIO(content), "clip.mp4"))
    assert (answer.status_code, list(answer.json), files()) == (400, ["video"], [])


def test_a_text_in_place_of_a_file(send):
    answer = send(exercise="", image="text")
    assert answer.json == {
        "exercise": ["This field may not be null."],
        "image": ["The submitted data was not a file. Check the encoding type on the form."],
    }


def test_newcomers_cannot_make_the_server_look_at_files(api, monkeypatch):
    monkeypatch.setattr("wger_flask.media.images.inspect", None)
    form = {"exercise": "1", "image": (picture(), "a.png")}
    answer = api("grace").open("POST", "exerciseimage/", data=form, content_type="multipart/form-data")
    assert answer.status_code == 403
