"""Uploaded pictures: which are taken, what is kept of them, and why the others are refused."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.media import samples
from tests.media.samples import EXTENSION, picture
from wger_flask.media import errors, images
from wger_flask.media.containers import format_of, jpeg_segments

KINDS = sorted(EXTENSION)
PAGE = samples.PAGE
INVALID = "Upload a valid image. The file you uploaded was either not an image or a corrupted image."
FORMATS = "File type is not supported. Allowed formats: jpeg, jpg, png, webp, avif."


def inspect(data: bytes, filename: str):
    return images.inspect(io.BytesIO(data), filename)


def refusal(data: bytes, filename: str) -> str:
    with pytest.raises(errors.RefusedFile) as caught:
        inspect(data, filename)
    assert str(caught.value) == caught.value.message
    return caught.value.message


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_taken(kind):
    data = picture(kind)
    info = inspect(data, f"photo.{EXTENSION[kind]}")
    assert (info.width, info.height, info.format) == (64, 48, kind)
    assert info.extension == f".{EXTENSION[kind]}"
    assert info.content == data


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "P", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "I;16", {}),
        ("PNG", "1", {}),
        ("PNG", "LA", {}),
        ("JPEG", "L", {}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("JPEG", "RGB", {"comment": b"a comment", "dpi": (72, 72)}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("WEBP", "RGB", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}),
        ("AVIF", "RGBA", {}),
    ],
)
def test_every_kind_of_pixels(kind, mode, options):
    data = picture(kind, (33, 21), mode, 0, **options)
    assert inspect(data, f"a.{EXTENSION[kind]}").content == data


@pytest.mark.parametrize("name", ["a.JPG", "a.jpeg", "a.b.jfif", "dir/a.jpg", "a\0.jpg"])
def test_names_of_a_jpeg(name):
    assert inspect(picture("JPEG"), name).extension.lower() in (".jpg", ".jpeg", ".jfif")


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
        images.inspect(stream, "a.png")
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"text", "a.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"<?xml version='1.0'?><svg/>", "a.png"),
        (b"%PDF-1.7", "a.pdf"),
        (samples.archive(), "a.png"),
        (b"BMW is a car, this is a text", "a.bmp"),
        (b"\0" * 5000, "a.jpg"),
    ],
)
def test_what_is_no_picture(data, name):
    assert refusal(data, name) == INVALID


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "JPEG2000"])
def test_other_formats(kind):
    assert refusal(picture(kind), "a.png") == FORMATS


def test_pictures_of_telephones_in_a_format_that_is_not_taken():
    assert refusal(samples.box(b"ftyp", b"heic\0\0\0\0mif1heic") + b"\0" * 50, "a.heic") == FORMATS


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_animation(kind):
    assert refusal(samples.animation(kind), f"a.{EXTENSION[kind]}") == "Animated images are not supported."


def test_size_limit(monkeypatch):
    data = picture("PNG")
    at_limit = data + b"\0" * (20 * 1024 * 1024 - len(data))
    assert inspect(at_limit, "a.png").content == data
    assert refusal(at_limit + b"\0", "a.png") == "The maximum image file size is 20MB."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extension", ["txt", "html", "svg", "gif", "php", "", "png\n"])
def test_extensions_of_no_format_taken(kind, extension):
    assert refusal(picture(kind), f"a.{extension}" if extension else "a") == (
        f"File extension \u201c{extension}\u201d is not allowed. "
        "Allowed extensions are: avif, jfif, jpe, jpeg, jpg, png, webp."
    )


def test_the_extension_of_another_format():
    assert refusal(picture("PNG"), "a.jpg") == (
        "File extension \u201cjpg\u201d is not allowed. Allowed extensions are: png."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_truncated(kind):
    data = picture(kind, (300, 200))
    for length in {20, len(data) // 4, len(data) // 2, len(data) - 100}:
        assert refusal(data[:length], f"a.{EXTENSION[kind]}") == INVALID, length


@pytest.mark.parametrize("kind, missing", [("WEBP", 1), ("AVIF", 1), ("PNG", 13), ("PNG", 20)])
def test_the_end_of_the_pixels_is_missing(kind, missing):
    assert refusal(picture(kind, (300, 200))[:-missing], f"a.{EXTENSION[kind]}") == INVALID


def drawn(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("kind, missing", [("JPEG", 1), ("JPEG", 2), ("PNG", 1), ("PNG", 8), ("PNG", 12)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 4}, {"optimize": True}])
def test_a_missing_end_is_put_there(kind, missing, options):
    data = picture(kind, (300, 200), **(options if kind == "JPEG" else {}))
    content = inspect(data[:-missing], f"a.{EXTENSION[kind]}").content
    assert content == data
    assert drawn(content) == drawn(data)


@pytest.mark.parametrize("options", [{}, {"restart_marker_blocks": 4}, {"restart_marker_rows": 1}, {"mode": "L"}])
def test_missing_pixels_are_told_from_a_missing_end(options):
    """The decoder says nothing of those where there is an end, and draws them gray."""
    data = picture("JPEG", (300, 200), **options)
    start = data.index(b"\xff\xda") + 20
    for length in range(start, len(data) - 12, 17):
        assert refusal(data[:length], "a.jpg") == INVALID, length
    if "mode" not in options:
        for restart in [at for at in range(start, len(data) - 40) if data[at] == 0xFF and 0xD0 <= data[at + 1] <= 0xD7]:
            assert refusal(data[:restart], "a.jpg") == INVALID
            assert refusal(data[: restart + 2], "a.jpg") == INVALID


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\0", b"\0\0\n"])
def test_a_line_end_in_place_of_the_end(ending):
    data = picture("JPEG", (300, 200))
    assert drawn(inspect(data[:-2] + ending, "a.jpg").content) == drawn(data)


def segments_apart(data: bytes, between: bytes) -> bytes:
    """Put bytes between all segments of a JPEG, and before its end."""
    starts = [start - 4 for marker, start, _ in jpeg_segments(data) if marker not in (0xD9, 0xE0)]
    for at in [len(data) - 2, *reversed(starts)]:
        data = data[:at] + between + data[at:]
    return data


@pytest.mark.parametrize("between", [b"\0\0", b"ab", b"\x00", b"\xff", b"\xff\x00", b"\n", b"\0" * 300])
@pytest.mark.parametrize("options", [{}, {"progressive": True}])
def test_bytes_between_segments(between, options):
    whole = picture("JPEG", (300, 200), **options)
    data = segments_apart(whole, between)
    content = inspect(data + b"\r\n", "a.jpg").content
    assert content == data
    assert drawn(content) == drawn(whole)


@pytest.mark.parametrize("payload", [PAGE, samples.archive()])
def test_nothing_hides_between_segments(payload):
    assert refusal(segments_apart(picture("JPEG"), payload), "a.jpg") == INVALID


def test_a_wrong_length_in_the_header():
    data = picture("WEBP")
    assert inspect(data[:4] + struct.pack("<I", len(data) + 2) + data[8:], "a.webp").content == data


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_are_missing_inside_a_whole_container(kind):
    """The container is right and the picture in it is not."""
    data = {
        "PNG": samples.png_header(100, 100),
        "JPEG": picture("JPEG", (300, 200))[:600] + b"\xff\xd9",
        "WEBP": b"RIFF" + struct.pack("<I", 24) + b"WEBPVP8 " + struct.pack("<I", 12) + picture("WEBP")[20:32],
        "AVIF": samples.box(b"ftyp", b"avif\0\0\0\0avifmif1") + samples.box(b"meta", b"\0" * 20),
    }[kind]
    assert refusal(data, f"a.{EXTENSION[kind]}") == INVALID


@pytest.mark.parametrize("side", [6_001, 60_000, 2**31 - 1])
def test_bombs_are_known_by_their_header(side):
    assert refusal(samples.png_header(side, side), "a.png") == INVALID


def test_the_header_is_read_before_the_pixels(monkeypatch):
    monkeypatch.setitem(images.MAX_PIXELS, "PNG", 64 * 48 - 1)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("the pixels were decoded"))
    assert refusal(picture("PNG"), "a.png") == INVALID


def test_a_jpeg_of_endless_scans():
    data = picture("JPEG", progressive=True)
    scan = data.index(b"\xff\xda")
    following = data.index(b"\xff", scan + 14)
    bomb = data[:scan] + data[scan:following] * 200 + data[scan:]
    assert refusal(bomb, "a.jpg") == INVALID


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [b"", b"\0" * 9, b"\r\n"])
@pytest.mark.parametrize("payload", samples.FOREIGN, ids=lambda payload: repr(payload[:12]))
def test_something_else_follows_the_picture(kind, before, payload):
    assert refusal(picture(kind) + before + payload, f"a.{EXTENSION[kind]}") == INVALID


def test_an_archive_behind_what_a_telephone_appended():
    assert refusal(picture("JPEG") + picture("JPEG") + samples.archive(), "a.jpg") == INVALID


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rest", samples.TAILS.values(), ids=samples.TAILS)
def test_any_other_tail_is_cut_off(kind, rest):
    info = inspect(picture(kind) + rest, f"a.{EXTENSION[kind]}")
    assert info.content == picture(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tail_that_cropping_left(kind):
    large = picture(kind, (300, 200), mode="RGB")
    small = picture(kind, (30, 20))
    cropped = small + large[len(small) :]
    assert inspect(cropped, f"a.{EXTENSION[kind]}").content == small


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_list_of_properties_in_the_metadata(kind):
    if kind == "JPEG":
        data = samples.jpeg_with(b"\xff\xe5", samples.PROPERTIES)
    else:
        png = picture("PNG")
        data = png[:33] + samples.png_chunk(b"tEXt", b"Comment\0" + samples.PROPERTIES) + png[33:]
    assert inspect(data, f"a.{EXTENSION[kind]}").content == data


@pytest.mark.parametrize("kind", KINDS)
def test_padding_is_cut_off(kind):
    assert inspect(picture(kind) + b"\0" * 700, f"a.{EXTENSION[kind]}").content == picture(kind)


@pytest.mark.parametrize(
    "appended",
    [picture("JPEG"), b"\0" * 40 + picture("JPEG") + PAGE, samples.mp4(), b"\0\0\1\x0aName\5\0value" + b"SEFH...SEFT"],
)
def test_what_telephones_append_is_cut_off(appended):
    assert inspect(picture("JPEG") + appended, "a.jpg").content == picture("JPEG")


def test_multi_picture_jpeg_is_taken_as_its_first_picture():
    first, second = (picture("JPEG", color=color) for color in ("red", "blue"))
    index = (
        b"MPF\0MM\0*\0\0\0\x08\0\3\xb0\0\0\7\0\0\0\x040100\xb0\1\0\4\0\0\0\1\0\0\0\2\xb0\2\0\7\0\0\0 \0\0\0\x32\0\0\0\0"
    )
    index += struct.pack(">IIIHH", 0x030000, len(first), 0, 0, 0) + struct.pack(">IIIHH", 0, len(second), 900, 0, 0)
    data = samples.jpeg_with(b"\xff\xe2", index, first)
    info = inspect(data + second, "a.jpg")
    assert info.format == "JPEG"
    assert info.content == data


@pytest.mark.parametrize(
    "payload", [PAGE, b"<!DOCTYPE html><body>", b"<?php system(1);", b"<IFRAME src=x>", b"%PDF-1.4"]
)
def test_a_page_in_the_metadata(payload):
    png = picture("PNG")
    for data, name in (
        (samples.jpeg_with(b"\xff\xfe", payload), "a.jpg"),
        (png[:33] + samples.png_chunk(b"tEXt", b"Comment\0" + payload) + png[33:], "a.png"),
    ):
        assert refusal(data, name) == INVALID


def test_an_archive_in_the_metadata():
    tail = samples.archive()
    png = picture("PNG")
    end = png.index(b"IEND") - 4
    data = png[:end] + samples.png_chunk(b"teXt", tail) + png[end:]
    assert refusal(data, "a.png") == INVALID


def test_usual_metadata_is_kept():
    xmp = (
        b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF/></x:xmpmeta>"
    )
    data = samples.jpeg_with(b"\xff\xe1", xmp)
    assert inspect(data, "a.jpg").content == data


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_damage_is_refused_or_harmless(kind, data):
    """No damage makes an error of another family, and what is kept is never more than was sent."""
    content = bytearray(picture(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        info = inspect(bytes(content), f"a.{EXTENSION[kind]}")
    except errors.RefusedFile:
        return
    # But for an end that was missing and a length that was wrong.
    assert len(info.content) <= len(content) + 24 and bytes(content)[:4] == info.content[:4]
    if len(info.content) <= len(content):
        assert sum(one != other for one, other in zip(content, info.content, strict=False)) <= 24


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused(noise):
    for start in (b"", *(picture(kind)[:12] for kind in KINDS)):
        with pytest.raises(errors.RefusedFile):
            inspect(start + noise, "a.png") if start + noise else images.inspect(None, None)


@pytest.mark.parametrize(
    ("kind", "damaged"),
    [
        ("JPEG", lambda data: data[:2] + b"x" + data[2:]),  # no marker where one must be
        ("JPEG", lambda data: data[:2] + b"\xff\xe0\0\1" + data[2:]),  # a segment shorter than its length
        ("JPEG", lambda data: data[:2] + data),  # begins twice
        ("WEBP", lambda data: data[:4] + struct.pack("<I", len(data) + 20) + data[8:20]),  # no pixels
        ("AVIF", lambda data: data[:4] + b"ftyp" + data[8:32]),  # nothing but a head
    ],
)
def test_broken_containers(kind, damaged):
    assert refusal(damaged(picture(kind)), f"a.{EXTENSION[kind]}") == INVALID


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("JPEG", lambda data: data[:2] + b"\xff\xff" + data[2:]),  # fill bytes
        ("AVIF", lambda data: data + b"\0\0\0\1free" + struct.pack(">Q", 20) + b"\0" * 4),  # 64-bit length
        ("AVIF", lambda data: data + b"\0\0\0\0free" + b"rest"),  # up to the end
    ],
)
def test_rare_forms_of_containers(kind, changed):
    data = changed(picture(kind))
    assert inspect(data, f"a.{EXTENSION[kind]}").content == data


@pytest.mark.parametrize(
    "behind",
    [
        samples.box(b"free")[:4] + b"\xff" * 4,
        b"\0\0\0\1free" + b"\0" * 8,  # a box of no length
        b"\0\0\1\0free",  # a box that goes on after the end
    ],
)
def test_a_broken_box_behind_the_picture_is_cut_off(behind):
    assert inspect(picture("AVIF") + behind, "a.avif").content == picture("AVIF")


def test_formats_by_their_first_bytes():
    assert [format_of(picture(kind)) for kind in KINDS] == KINDS
    assert format_of(b"") is None
