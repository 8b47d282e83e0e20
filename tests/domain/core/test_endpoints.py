"""The small endpoints of the core."""

from __future__ import annotations

import pytest

ENGLISH = "Keep the elbows close to the body and lower the weight slowly."
GERMAN = "Halte die Ellenbogen nah am Körper und senke das Gewicht langsam ab."


@pytest.mark.parametrize(
    ("name", "value"), [("version", "2.7.0"), ("min-app-version", "2.1.0"), ("min-server-version", "2.5.0")]
)
def test_versions_are_json_strings(api, name, value):
    answer = api().get(f"{name}/")
    assert (answer.status_code, answer.data) == (200, f'"{value}"'.encode())


@pytest.mark.parametrize("way", [{"language": 1}, {"language_code": "de"}, {"language": 1, "language_code": "en"}])
def test_a_text_in_its_language(api, way):
    answer = api().post("check-language/", {"input": GERMAN, **way})
    assert (answer.status_code, answer.json) == (200, {"result": True})


def test_a_text_in_another_language(api):
    answer = api().post("check-language/", {"input": ENGLISH, "language": 1})
    assert answer.status_code == 400
    assert answer.json["check"]["result"] == "False"
    assert answer.json["check"]["detected_language"] == "en"
    assert answer.json["check"]["message"].startswith(
        'The detected language is "English" (en), which does not match your selected language "Deutsch" (de).'
    )


def test_what_is_no_language(api):
    check = api().post("check-language/", {"input": "12345 67890 !!!", "language": 1}).json["check"]
    assert (check["result"], check["detected_language"]) == ("False", "None")
    assert check["message"].startswith("Could not detect the language of the input.")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"input": ["This field is required."]}),
        ({"input": ENGLISH}, {"language": ["Either a language ID or a language code must be provided."]}),
        ({"input": ENGLISH, "language": 999}, {"language": ['Invalid pk "999" - object does not exist.']}),
        ({"input": ENGLISH, "language_code": "xx"}, {"language": ['Language with code "xx" does not exist.']}),
        (
            {"input": ENGLISH, "language_code": "eng"},
            {"language_code": ["Ensure this field has no more than 2 characters."]},
        ),
        ({"input": "short", "language": 1}, {"input": ["Ensure this field has at least 10 characters."]}),
    ],
)
def test_bodies_that_are_refused(api, body, errors):
    answer = api().post("check-language/", body)
    assert (answer.status_code, answer.json) == (400, errors)
