"""Thumbnails: they fit, stand upright, are white where the picture was transparent, and tell nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.media.samples import EXTENSION, picture
from wger_flask.media import thumbnails
from wger_flask.media.errors import InvalidImage, NotStored

BOX = (200, 200)


def make(folder, data: bytes, box=BOX) -> Image.Image:
    (folder / "in").write_bytes(data)
    thumbnails.keep(thumbnails.render(folder / "in", box), folder / "out.jpg")
    with Image.open(folder / "out.jpg") as image:
        image.load()
    assert image.format == "JPEG"
    return image


def near(pixel, expected) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(pixel, expected, strict=True))


def test_names():
    assert thumbnails.name_of("gallery/1/a.png", (200, 200)) == "gallery/1/a.png.200x200_q85.jpg"
    assert thumbnails.SIZES == {"small": (200, 200), "medium": (400, 400)}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((800, 400), (200, 100)),
        ((400, 800), (100, 200)),
        ((200, 200), (200, 200)),
        ((64, 48), (64, 48)),
        ((201, 10), (200, 10)),
        ((3000, 1), (200, 1)),
        ((1, 3000), (1, 200)),
        ((150, 900), (33, 200)),
    ],
)
def test_it_fits_and_is_never_enlarged(tmp_path, size, expected):
    assert make(tmp_path, picture("PNG", size)).size == expected


@pytest.mark.parametrize("kind", sorted(EXTENSION))
def test_every_format(tmp_path, kind):
    image = make(tmp_path, picture(kind, (500, 250)))
    assert image.size == (200, 100)
    assert near(image.getpixel((150, 20)), (255, 0, 0))


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", (0, 0), (255, 255, 255)),
        ("L", 90, None),
        ("P", 0, None),
        ("1", 1, None),
        ("I;16", 0, None),
        ("CMYK", (0, 255, 255, 0), None),
    ],
)
def test_every_kind_of_pixels(tmp_path, mode, color, expected):
    image = make(tmp_path, picture("JPEG" if mode == "CMYK" else "PNG", (300, 300), mode, color))
    assert image.mode in ("RGB", "L")
    if expected:
        assert near(image.getpixel((50, 50)), expected)


@pytest.mark.parametrize(("orientation", "size"), [(1, (300, 100)), (3, (300, 100)), (6, (133, 400)), (8, (133, 400))])
def test_it_stands_upright_and_keeps_no_metadata(tmp_path, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "a description"
    exif.get_ifd(0x8825)[1] = "N"
    image = make(tmp_path, picture("JPEG", (900, 300), exif=exif), (300, 400))
    assert not image.getexif()


def test_the_colour_space_is_kept(tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for mode, color in (("RGB", "red"), ("RGBA", (255, 0, 0, 100))):
        assert (
            make(tmp_path, picture("PNG", (300, 300), mode, color, icc_profile=profile)).info["icc_profile"] == profile
        )


@pytest.mark.parametrize("data", [b"", b"text", picture("GIF"), picture("PNG", (300, 300))[:500]])
def test_what_cannot_be_read_leaves_nothing(tmp_path, data):
    (tmp_path / "in").write_bytes(data)
    with pytest.raises(InvalidImage):
        thumbnails.render(tmp_path / "in", BOX)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_disk_that_does_not_take_it_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "in").write_bytes(picture())
    (tmp_path / "out.jpg").mkdir()
    with pytest.raises(NotStored):
        thumbnails.keep(thumbnails.render(tmp_path / "in", BOX), tmp_path / "out.jpg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.jpg"]


def test_all_of_them(tmp_path):
    (tmp_path / "a.png").write_bytes(picture("PNG", (800, 800)))
    paths = thumbnails.make_all(tmp_path / "a.png")
    assert {label: path.name for label, path in paths.items()} == {
        "small": "a.png.200x200_q85.jpg",
        "medium": "a.png.400x400_q85.jpg",
    }
    for label, path in paths.items():
        with Image.open(path) as image:
            assert image.size == thumbnails.SIZES[label]


@settings(deadline=None)
@given(st.tuples(*[st.integers(1, 500)] * 2), st.tuples(*[st.integers(1, 500)] * 2))
def test_proportions(tmp_path_factory, size, box):
    width, height = make(tmp_path_factory.mktemp("thumbnail"), picture("PNG", size), box).size
    assert width <= min(box[0], size[0])
    assert height <= min(box[1], size[1])
    scale = min(1, box[0] / size[0], box[1] / size[1])
    assert abs(width - size[0] * scale) <= 1
    assert abs(height - size[1] * scale) <= 1
