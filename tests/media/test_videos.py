"""Uploaded films: known by their container, whole, and described where ffprobe is installed."""

from __future__ import annotations

import io
import os
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media import samples
from tests.media.samples import box, ebml
from wger_flask.media import errors, videos

FILMS = {"mp4": samples.mp4(), "webm": samples.webm(), "ogg": samples.ogg()}
INVALID = "Upload a valid video. The file you uploaded was either not a video or a corrupted video."
FORMATS = "File type is not supported. Allowed formats: mp4, webm, ogg."


def refusal(data: bytes, filename: str) -> str:
    with pytest.raises(errors.RefusedFile) as caught:
        videos.inspect(io.BytesIO(data), filename)
    return caught.value.message


@pytest.mark.parametrize("kind", FILMS)
def test_a_film_is_taken(kind):
    stream = io.BytesIO(FILMS[kind])
    info = videos.inspect(stream, f"film.{kind}")
    assert info == videos.VideoInfo(len(FILMS[kind]), kind, f".{kind}")
    assert stream.tell() == 0


@pytest.mark.parametrize(
    "data",
    [
        samples.mp4(b"mp42"),
        box(b"ftyp", b"XXXX\0\0\0\0isomavc1")
        + box(b"free")
        + b"\0\0\0\1moov\0\0\0\0\0\0\0\x10"
        + b"\0\0\0\0mdat and on",
    ],
)
def test_kinds_of_mp4(data):
    assert videos.inspect(io.BytesIO(data), "a.MP4").extension == ".MP4"


def test_a_webm_that_does_not_say_its_length():
    data = samples.webm()
    start = data.index(b"\x18\x53\x80\x67") + 4
    live = data[:start] + b"\x01\xff\xff\xff\xff\xff\xff\xff" + data[start + 1 :] + b"\xec\x80"
    assert videos.inspect(io.BytesIO(live), "a.webm").format == "webm"


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (None, "No file was submitted."),
        ("text", "The submitted data was not a file. Check the encoding type on the form."),
        (io.BytesIO(), "The submitted file is empty."),
    ],
)
def test_no_file(stream, message):
    with pytest.raises(errors.RefusedFile) as caught:
        videos.inspect(stream, "a.mp4")
    assert caught.value.message == message


@pytest.mark.parametrize(
    "data",
    [
        b"text",
        b"<html>",
        samples.archive(),
        samples.picture("PNG"),
        samples.picture("WEBP"),
        samples.webm(b"matroska"),
        samples.mp4(b"qt  "),
        box(b"ftyp", b"heic\0\0\0\0mif1heic"),
        b"\x1a\x45\xdf\xa3",
        b"RIFF\0\0\0\0AVI LIST",
    ],
)
def test_what_is_no_film(data):
    assert refusal(data, "a.mp4") == FORMATS


@pytest.mark.parametrize("kind", FILMS)
def test_truncated(kind):
    data = FILMS[kind]
    for length in (len(data) - 1, len(data) - 30, len(data) // 3):
        assert refusal(data[:length], f"a.{kind}") == INVALID, length


@pytest.mark.parametrize("kind", FILMS)
@pytest.mark.parametrize("before", [b"", b"\0", b"\r\n"])
@pytest.mark.parametrize("payload", samples.FOREIGN, ids=lambda payload: repr(payload[:12]))
def test_something_else_follows_the_film(kind, before, payload):
    assert refusal(FILMS[kind] + before + payload, f"a.{kind}") == INVALID


@pytest.mark.parametrize("kind", FILMS)
@pytest.mark.parametrize("rest", samples.TAILS.values(), ids=samples.TAILS)
def test_any_other_tail_is_not_part_of_the_film(kind, rest):
    stream = io.BytesIO(FILMS[kind] + rest)
    assert videos.inspect(stream, f"a.{kind}").size == len(FILMS[kind])
    assert stream.tell() == 0


def test_an_archive_at_the_end_of_a_long_tail():
    data = FILMS["mp4"] + b"x" * 200_000 + samples.archive()
    assert refusal(data, "a.mp4") == INVALID


def test_an_archive_in_a_box():
    assert refusal(samples.mp4() + box(b"free", samples.archive()), "a.mp4") == INVALID


def test_an_mp4_without_films():
    assert refusal(box(b"ftyp", b"isom\0\0\0\0"), "a.mp4") == INVALID


def test_a_webm_without_films():
    header = ebml(b"\x1a\x45\xdf\xa3", ebml(b"\x42\x82", b"webm"))
    assert refusal(header, "a.webm") == INVALID
    assert refusal(header + b"\x18\x53\x80\x67", "a.webm") == INVALID
    assert refusal(header + b"\x18\x53\x80\x67\x01\xff", "a.webm") == INVALID


def test_size_limit():
    class Large(io.BytesIO):
        def seek(self, offset, whence=os.SEEK_SET):
            return super().seek(offset, whence) if whence != os.SEEK_END else 100 * 1024 * 1024 + 1

    with pytest.raises(errors.TooLarge) as caught:
        videos.inspect(Large(FILMS["mp4"]), "a.mp4")
    assert caught.value.message == "The maximum video file size is 100MB."


@pytest.mark.parametrize("name", ["a.txt", "a.webm", "a", "a.html"])
def test_extension(name):
    assert refusal(FILMS["mp4"], name).endswith("is not allowed. Allowed extensions are: m4v, mp4.")


@settings(deadline=None)
@given(st.sampled_from(sorted(FILMS)), st.data())
def test_damage_makes_no_other_error(kind, data):
    content = bytearray(FILMS[kind])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        videos.inspect(io.BytesIO(content), f"a.{kind}")
    except errors.RefusedFile:
        pass


@pytest.fixture
def ffprobe(tmp_path, monkeypatch):
    """Returns a function that installs a program with the given script as ffprobe."""

    def install(script: str):
        program = tmp_path / "ffprobe"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    return install


def test_without_ffprobe_nothing_is_known(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert videos.probe(tmp_path / "a.mp4", "mp4") == videos.Metadata(Decimal("0.00"), 0, 0, "", "")


def test_what_ffprobe_tells(tmp_path, ffprobe):
    answer = (
        '{"streams": [{"width": 640, "height": 360, "codec_name": "h264", "codec_long_name": "H.264 / AVC"}],'
        ' "format": {"duration": "12.3456"}}'
    )
    ffprobe(f"""echo "$@" > {tmp_path}/arguments; echo '{answer}'""")
    film = tmp_path / "-a.mp4"
    assert videos.probe(film, "mp4") == videos.Metadata(Decimal("12.35"), 640, 360, "h264", "H.264 / AVC")
    arguments = (tmp_path / "arguments").read_text()
    assert "-f mov" in arguments
    assert arguments.strip().endswith(f"file:{film}")


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo nonsense",
        "echo '[]'",
        "echo '{}'",
        """echo '{"format": {"duration": "N/A"}}'""",
        """echo '{"streams": []}'""",
    ],
)
def test_an_ffprobe_that_fails_tells_nothing(tmp_path, ffprobe, script):
    ffprobe(script)
    assert videos.probe(tmp_path / "a.webm", "webm") == videos.Metadata()


def test_an_ffprobe_that_hangs_is_stopped(tmp_path, ffprobe, monkeypatch):
    monkeypatch.setattr(videos, "PROBE_SECONDS", 0.05)
    ffprobe("exec sleep 60")
    assert videos.probe(tmp_path / "a.ogg", "ogg") == videos.Metadata()
