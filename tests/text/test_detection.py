"""The language of short texts: right where it is sure, silent where it is not, and as recorded."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.exercise_texts import TEXTS
from tests.text.recorded import LANGUAGES, judgements
from wger_flask.text.detection import NAMES, Detection, detect, language_mismatch
from wger_flask.text.ngrams import FILE, key_of, ngrams_of, tables
from wger_flask.text.scripts import shares

# Written so alike that a sentence may not tell, or one and the same text in both.
NEAR = [{"cs", "sk", "sl", "hr", "sr"}, {"az", "tr"}, {"es", "pt", "ca"}, {"bg", "sr", "ru", "uk"}]


def related(a: str, b: str) -> bool:
    return a == b or any({a, b} <= group for group in NEAR)


def test_the_languages_are_those_of_the_catalogue():
    assert set(NAMES) == set(TEXTS) == set(LANGUAGES.values())


def test_nearly_every_text_is_recognised():
    wrong = {(code, text): detect(text) for code, texts in TEXTS.items() for text in texts if detect(text) != code}
    assert len(wrong) <= 2
    assert all(related(code, found) for (code, _), found in wrong.items())


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_no_text_is_refused_in_its_language(code):
    for text in TEXTS[code]:
        assert language_mismatch(text, code) is None
        for sentence in re.split(r"(?<=[.。])\s*|\n", text):
            if len(shares(sentence)):
                assert language_mismatch(sentence, code) is None


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_longer_texts_are_refused_in_unrelated_languages(code):
    for text in TEXTS[code][1:]:
        for other in TEXTS:
            if not related(code, other):
                found = language_mismatch(text, other)
                assert found is not None, (other, text)
                assert related(found.code, code), (other, text)


def test_recorded_judgements():
    seen = list(judgements())
    assert len(seen) > 80
    assert {expected for *_, expected in seen} == {"accepted", "de", "en", "es", "sk", None}
    for step, text, code, expected in seen:
        if expected != "accepted":
            assert detect(text) == expected, step
        elif code is None:
            assert detect(text) is not None, step
        if code is not None:
            assert language_mismatch(text, code) == (None if expected == "accepted" else Detection(expected)), step


@pytest.mark.parametrize(
    "text", ["", "12345 67890 !!! ???", "💪💪💪", "—", "ベンチに座ってゆっくり", "हमेशा पीठ सीधी रखें"]
)
def test_nothing_can_be_told(text):
    assert detect(text) is None
    assert language_mismatch(text, "en") == Detection(None)
    assert Detection(None).name is None


def test_a_mismatch_names_the_language():
    found = language_mismatch("Halte die Ellenbogen nah am Körper und senke das Gewicht langsam ab.", "en")
    assert found is not None
    assert (found.code, found.name) == ("de", "German")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Squat", "en"),
        ("Go!", "en"),
        ("Bench Press", "de"),
        ("Bench Press mit der Langhantel, Rest-Pause", "de"),
        ("Führe den Front Squat mit dem Barbell wie einen Goblet Squat aus.", "de"),
        ("벤치 프레스(Bench Press)는 Barbell로 합니다", "ko"),
        ("用 Barbell 做 Romanian Deadlift", "zh"),
        ("Виконуйте Bulgarian Split Squat повільно і рівно.", "uk"),
        ("Držite leđa ravno tijekom cijelog pokreta.", "sr"),
        ("Polako podignite teg do visine ramena i zadržite dah.", "sr"),
        ("<p>Halte den <b>Rücken</b> gerade.</p>", "de-at"),
        ("Siehe https://www.example.org/how-to-do-the-perfect-squat-with-the-barbell und mach mit.", "de"),
        ("Hold ryggen rett.", "nb"),
        ("Tartsd egyenesen a hátad a mozdulat alatt.", "hu"),
    ],
)
def test_in_doubt_for_the_author(text, code):
    assert language_mismatch(text, code) is None


def test_other_letters_are_refused():
    assert language_mismatch("Держите спину прямо.", "hr") == Detection("ru")
    assert language_mismatch("整个动作过程中保持背部挺直。", "en") == Detection("zh")


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([*NAMES, "hu", "pt-br"]))
def test_any_text_is_judged(text, code):
    found = language_mismatch(text, code)
    assert found is None or found.code is None or found.code in NAMES
    if found is not None:
        assert found.code == detect(text)


@settings(deadline=None)
@given(st.sampled_from([text for texts in TEXTS.values() for text in texts]))
def test_repetition_and_case_change_nothing(text):
    assert detect(f"{text} {text}") == detect(text)
    assert detect(text.upper().replace("SS", "ß")) is not None


def test_the_table_is_sorted_and_small():
    assert FILE.stat().st_size < 500_000
    for script, table in tables().items():
        assert list(table.keys) == sorted(set(table.keys)), script
        assert {len(column) for column in table.columns} == {len(table.keys)}
    assert key_of("ab") < key_of("abc") < key_of("b")
    assert ngrams_of(["abab", "c"]) == {"a", "b", "c", "ab", "ba", "aba", "bab", "abab"}
