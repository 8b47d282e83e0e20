"""Copying pictures of foods, which is done where it is asked for."""

from __future__ import annotations

import pytest

from tests.media import samples
from tests.pull.made import LICENSED, MOMENT, food, key, vocabulary
from tests.pull.sources import Source, serving
from wger_flask.domain.nutrition.models import Image
from wger_flask.rest.services import services


def food_picture(source, number, content, name="a.png", **changes):
    """Return a picture of a food whose file the source has."""
    path = f"/media/ingredients/{number}/{name}"
    source.files[path] = 200, {"Content-Type": "image/png"}, content
    return {
        "id": number * 10,
        "uuid": key("picture of food", number),
        "ingredient_id": number,
        "ingredient_uuid": key("food", number),
        "image": f"{source.base}{path}",
        "created": MOMENT,
        "last_update": MOMENT,
        "size": 1,
        "width": 1,
        "height": 1,
        **{name: LICENSED[name] for name in LICENSED if name != "author_history"},
        **changes,
    }


@pytest.fixture
def source():
    with serving(Source()) as source:
        vocabulary(source)
        source.lists["ingredient-sync"] = [food(1), food(2)]
        source.lists["ingredient-image"] = [food_picture(source, 1, samples.picture())]
        yield source


BOTH = ("foods", "food-pictures")


def test_a_picture_comes_with_its_author_and_small_copies(source, run, api):
    assert run(source, BOTH).left_out == []
    [row] = api().get(f"ingredientinfo/?uuid={key('food', 1)}").json["results"]
    image = row["image"]
    assert (image["uuid"], image["license_author"]) == (key("picture of food", 1), "anna")
    assert image["size"] == len(samples.picture()) and image["width"] > 1
    for address in (image["image"], *row["thumbnails"].values()):
        with api().get(address.removeprefix("http://localhost")) as answer:
            assert answer.status_code == 200


def test_what_has_changed_alone_is_fetched(source, run, app):
    run(source, BOTH)
    before = Image.get().image
    assert run(source, BOTH).counts["ingredient-image"] == {"unchanged": 1}
    assert sum("/media/" in path for path, _ in source.asked) == 1
    source.lists["ingredient-image"] = [food_picture(source, 1, samples.picture(color="blue"), "b.png")]
    assert run(source, BOTH).counts["ingredient-image"] == {"changed": 1}
    with app.app_context():
        assert Image.get().image != before and not services().media.exists(before)


def test_the_picture_that_a_food_has_gives_way(source, run):
    run(source, BOTH)
    with serving(Source()) as other:
        vocabulary(other)
        made = food_picture(other, 1, samples.picture(color="blue"), uuid=key("another picture"))
        other.lists["ingredient-image"] = [made]
        assert run(other, ["food-pictures"]).counts["ingredient-image"] == {"changed": 1}
    [row] = Image.select()
    assert str(row.uuid) == key("another picture")


def test_what_cannot_be_taken_is_left_out_and_tried_again(source, run):
    right = source.lists["ingredient-image"][0]
    twin = food_picture(source, 2, samples.picture(), uuid=right["uuid"])
    stranger = food_picture(source, 3, samples.picture())
    broken = food_picture(source, 2, b"<svg/>", "broken.svg", id=99, uuid=key("broken"))
    source.lists["ingredient-image"] = [right, twin, stranger, broken, {}, right | {"id": 98, "image": None}]
    assert len(run(source, BOTH).left_out) == 5
    assert [str(row.uuid) for row in Image.select()] == [right["uuid"]]
    source.lists["ingredient-sync"].append(food(3))
    source.lists["ingredient-image"] = [right, stranger]
    assert run(source, BOTH, anew=True).left_out == [] and Image.select().count() == 2


def test_they_do_not_come_unasked(source, run):
    run(source, ["foods"])
    assert not Image.select().exists()
