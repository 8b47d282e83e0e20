"""What needs much memory is decoded in another process, and comes out the same."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.media import samples
from wger_flask.media import aside, images, thumbnails
from wger_flask.media.errors import AnimatedImage, InvalidImage


def picture(kind: str, size=(64, 48), **options) -> bytes:
    made = BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(made, kind, **options)
    return made.getvalue()


NAMES = {"JPEG": "a.jpg", "PNG": "a.png", "WEBP": "a.webp"}


@pytest.fixture
def costly(monkeypatch):
    """Every picture counts as one that needs much; returns the jobs that were done aside."""
    jobs, run = [], aside.run

    def noted(job, *arguments, **options):
        jobs.append(job)
        return run(job, *arguments, **options)

    monkeypatch.setattr(aside, "MUCH", 0)
    monkeypatch.setattr(aside, "run", noted)
    return jobs


@pytest.mark.parametrize(("kind", "options"), [("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {})])
def test_it_comes_out_the_same(monkeypatch, tmp_path, kind, options, request):
    content, path = picture(kind, **options), tmp_path / NAMES[kind]
    path.write_bytes(content)
    here = images.inspect(BytesIO(content), path.name), thumbnails.render(path, (20, 20))
    jobs = request.getfixturevalue("costly")
    assert (images.inspect(BytesIO(content), path.name), thumbnails.render(path, (20, 20))) == here
    assert jobs == ["look", "shrink"]


def test_refusals_come_back(costly, tmp_path):
    half = picture("PNG", size=(640, 480))[:-2000]
    with pytest.raises(InvalidImage):
        images.inspect(BytesIO(half), "a.png")
    with pytest.raises(AnimatedImage):
        images.inspect(BytesIO(samples.animation("WEBP")), "a.webp")
    (tmp_path / "a.png").write_bytes(half)
    with pytest.raises(InvalidImage):
        thumbnails.render(tmp_path / "a.png", (20, 20))
    assert costly


def test_a_decoder_that_dies_or_never_ends_is_a_refusal(costly, monkeypatch):
    for program in ("/bin/false", "/bin/yes"):
        monkeypatch.setattr(aside.sys, "executable", program)
        monkeypatch.setattr(aside, "LONGEST", 0.01)
        with pytest.raises(InvalidImage):
            images.inspect(BytesIO(picture("PNG")), "a.png")


@pytest.mark.parametrize(
    ("kind", "size", "options", "costly"),
    [
        ("JPEG", (8000, 8000), {}, False),
        ("JPEG", (3000, 3000), {"progressive": True}, True),
        ("PNG", (1000, 1000), {}, False),
        ("PNG", (2000, 2000), {}, True),
        ("WEBP", (1000, 1000), {}, False),
        ("WEBP", (1300, 1300), {}, True),
    ],
)
def test_which_pictures_need_much(kind, size, options, costly):
    made = BytesIO()
    Image.new("L" if kind != "WEBP" else "RGB", size).save(made, kind, **options)
    with images.open_picture(BytesIO(made.getvalue())) as image:
        assert aside.is_costly(image) is costly
