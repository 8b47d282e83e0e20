"""Words are the same however they are spelled, and near one another by slips of the finger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.storage.name_search.folding import (
    GAP,
    folded,
    halves,
    nearest,
    other_numbers,
    slips,
    slips_allowed,
    words_of,
)

WORD = st.text("abcdefgh", min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème Brûlée", ["creme", "brulee"]),
        ("CRÈME BRÛLÉE", ["creme", "brulee"]),
        ("Cre\u0300me", ["creme"]),
        ("Müsli-Riegel (0,5 %)", ["musli", "riegel", "0", "5"]),
        ("Weißbrot", ["weissbrot"]),
        ("WEISSBROT", ["weissbrot"]),
        ("Smørrebrød, Łódź", ["smorrebrod", "lodz"]),
        ("snake_case", ["snake", "case"]),
        ("ﬁlet", ["filet"]),
        ("Молоко", ["молоко"]),
        ("牛奶 3", ["牛", "奶", "3"]),
        ("", []),
        ("  %&/ ", []),
    ],
)
def test_words_lose_case_accents_and_signs(text, words):
    assert list(words_of(text)) == words


@given(st.text())
def test_words_are_folded_once_and_for_all(text):
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert words_of(folded(words)) == words


@given(st.text(st.characters(codec="latin-1")))
def test_case_does_not_matter(text):
    assert words_of(text.upper()) == words_of(text.lower().upper())


@given(st.lists(WORD, max_size=4))
def test_every_word_begins_behind_a_gap_and_ends_before_one(words):
    text = folded(words)
    assert text.startswith(GAP) and text.endswith(GAP)
    assert all(f"{GAP}{word}{GAP}" in text for word in words)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("ups", "up"),
        ("curls", "curl"),
        ("dishes", "dish"),
        ("berries", "berry"),
        ("berry", "berries"),
        ("calves", "calf"),
        ("knives", "knife"),
        ("calf", "calves"),
        ("knife", "knives"),
        ("bananen", "banane"),
        ("ubungen", "ubung"),
        ("klimmzuge", "klimmzug"),
    ],
)
def test_plurals_and_singulars(word, other):
    assert other in other_numbers(word)


@pytest.mark.parametrize("word", ["press", "glass", "as", "up", "", "milk", "100"])
def test_words_without_another_number(word):
    assert other_numbers(word) == ()


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_halves_are_all_of_a_word(word):
    assert all(left and right and left + right == word for left, right in halves(word))
    assert len(halves(word)) == (len(word) - 1 if 4 <= len(word) <= 30 else 0)
    assert word not in other_numbers(word)


@given(WORD, st.integers(0, 10), st.sampled_from("abcdefgh"), st.sampled_from(["drop", "add", "change", "swap"]))
def test_one_slip_is_one_slip(word, place, letter, kind):
    place = min(place, len(word) - 1)
    typed = {
        "drop": word[:place] + word[place + 1 :],
        "add": word[:place] + letter + word[place:],
        "change": word[:place] + letter + word[place + 1 :],
        "swap": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[kind]
    begun, whole = slips(typed, word)
    assert whole <= 1 and begun <= whole


@given(WORD, WORD)
def test_slips_are_a_distance(one, other):
    assert slips(one, one) == (0, 0)
    assert slips(one, one + other) == (0, len(other))
    assert slips(one, other)[1] == slips(other, one)[1]
    assert abs(len(one) - len(other)) <= slips(one, other)[1] <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bannana", ["banana"]),
        ("banan", ["banana"]),
        ("smokde", ["smoked"]),
        ("chocl", ["chocolate"]),
        ("mozarela", ["mozzarella"]),
        ("chesse", ["cheese"]),
        ("oat", ["oats"]),
        ("xylophone", []),
    ],
)
def test_the_nearest_words_are_meant(typed, meant):
    known = ["banana", "smoked", "chocolate", "mozzarella", "cheese", "oats", "salad"]
    assert nearest(typed, known) == meant


def test_fewer_slips_win():
    assert nearest("tomatoe", ["potatoes", "tomatos", "tomato"]) == ["tomato", "tomatos"]
    assert len(nearest("beer", [f"bee{letter}" for letter in "abcdefghijkl"])) == 8


@pytest.mark.parametrize(("word", "allowed"), [("oat", 0), ("oats", 1), ("walnuts", 1), ("hazelnut", 2), ("h" * 31, 0)])
def test_long_words_hide_more_slips(word, allowed):
    assert slips_allowed(word) == allowed
