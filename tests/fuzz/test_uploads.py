"""Odd files in odd forms: refused with nothing left on the disk, or taken and shown again."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import assert_sound
from tests.fuzz.odd import ANY_TEXT, THOROUGHLY
from tests.media.samples import archive, jpeg_with, mp4, picture, png_header, webm

PICTURE = picture()
WHOLE = {
    "png": PICTURE,
    "jpeg": picture("JPEG"),
    "webp": picture("WEBP"),
    "gif": picture("GIF", mode="P", color=3),
    "mp4": mp4(),
    "webm": webm(),
    "zip": archive(),
    "huge": png_header(60000, 60000),
    "comment": jpeg_with(b"\xff\xfe", b"<script>"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "empty": b"",
    "html": b"<html>",
}
NAMES = st.sampled_from([
    "a.png", "a.jpg", "a.PNG", "a.webp", "a.mp4", "a.svg", "a", ".png", "a.png.exe", "../../a.png", "/etc/a.png",
    "a\x00.png",
    "ä€😀.png", "a" * 300 + ".png", "con.png", "a.png/", "a\\b.png", "%2e%2e.png", "a..png", " .png", "a.html",
    '"a".png',
])  # fmt: skip
TYPES = st.sampled_from(
    ["image/png", "image/jpeg", "video/mp4", "text/html", "", "application/octet-stream", "nonsense"]
)


@st.composite
def contents(draw) -> bytes:
    """Draw a file: whole, cut short, with something changed in it, behind it, or before it."""
    data = WHOLE[draw(st.sampled_from(sorted(WHOLE)))]
    how = draw(st.sampled_from(["whole", "cut", "changed", "more", "before", "noise"]))
    if how == "cut":
        return data[: draw(st.integers(0, len(data)))]
    if how == "changed" and data:
        place = draw(st.integers(0, len(data) - 1))
        return data[:place] + draw(st.binary(min_size=1, max_size=4)) + data[place + 1 :]
    if how == "more":
        return data + draw(st.binary(max_size=30) | st.sampled_from([archive(), b"<?php", PICTURE]))
    if how == "before":
        return draw(st.binary(min_size=1, max_size=8)) + data
    return draw(st.binary(max_size=60)) if how == "noise" else data


@pytest.fixture
def files(app):
    """Return a function that counts the files below the media root."""
    root = app.extensions["wger_flask"].settings.WGER_MEDIA_ROOT
    return lambda: sum(path.is_file() for path in root.rglob("*"))


@st.composite
def uploads(draw, usual: tuple[str, bytes, str], names: list[str]):
    """Draw a file, what it is called, its type, and other fields: one of them odd, or several, or none."""
    odd = draw(st.sampled_from(["content", "name", "fields", "all", "none"]))
    name, content, kind = usual
    if odd in ("content", "all"):
        content = draw(contents())
    if odd in ("name", "all"):
        name, kind = draw(NAMES), draw(TYPES)
    fields = st.dictionaries(st.sampled_from(names), ANY_TEXT, max_size=2)
    return content, name, kind, draw(fields) if odd in ("fields", "all") else {}


@pytest.mark.parametrize(
    ("path", "person", "field", "usual", "file"),
    [
        ("gallery/", "grace", "image", {"date": "2024-05-01"}, ("a.png", PICTURE, "image/png")),
        ("exerciseimage/", "ada", "image", {"exercise": "1"}, ("a.jpg", WHOLE["jpeg"], "image/jpeg")),
        ("video/", "ada", "video", {"exercise": "1"}, ("a.mp4", WHOLE["mp4"], "video/mp4")),
    ],
    ids=["gallery", "exerciseimage", "video"],
)
def test_any_file(api, files, path, person, field, usual, file):
    client = api(person)

    @THOROUGHLY
    @given(uploads(file, [*usual, "license", "is_main", "style", field]))
    def send(drawn):
        content, name, kind, odd = drawn
        before = files()
        form = {**usual, **odd, field: (BytesIO(content), name, kind)}
        answer = client.post(path, data=form, content_type="multipart/form-data")
        assert_sound(answer, drawn)
        if answer.status_code != 201:
            assert files() == before
            return
        taken.append(name)
        with client.get(answer.json[field].removeprefix("http://localhost")) as shown:
            assert shown.status_code == 200
            assert shown.headers["X-Content-Type-Options"] == "nosniff"
            assert shown.mimetype.split("/")[0] == field
        changed = client.patch(f"{path}{answer.json['id']}/", data=odd, content_type="multipart/form-data")
        assert_sound(changed, odd)
        assert client.delete(f"{path}{answer.json['id']}/").status_code == 204
        assert files() == before

    taken: list[str] = []
    send()
    assert len(taken) > 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what broke off is closed late
@THOROUGHLY
@given(st.lists(st.tuples(st.sampled_from(["image", "date", "description", "id", "x"]), contents()), max_size=4))
def test_any_parts(api, files, parts):
    before, client = files(), api("grace")
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%b"; filename="a.png"\r\n\r\n%b\r\n' % (name.encode(), content)
        for name, content in parts
    )
    for data in (body + b"--b--\r\n", body):
        answer = client.post("gallery/", data=data, content_type="multipart/form-data; boundary=b")
        assert_sound(answer, parts)
        assert files() == before or answer.status_code == 201
