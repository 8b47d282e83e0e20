"""What a recorded server did with texts: the steps of the suites that judge a language or render a
description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SUITES = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "suites-2.7.0"

_CODES = "de en bg es ru nl pt el cs sv no fr it pl uk tr ar az eo fa he hr id zh sk sl ko th sr ta ro ca fi"
LANGUAGES = dict(enumerate(_CODES.split(), start=1))

_WRITES = ("POST", "PUT", "PATCH")


@cache
def steps(suite: str) -> list[dict]:
    """Return the steps of a suite; skip the test where the suites are not at hand."""
    path = SUITES / f"{suite}.json"
    if not path.exists():
        pytest.skip("without ../shared: the recorded suites")
    return json.loads(path.read_text())["steps"]


def judgements() -> Iterator[tuple[str, str, str | None, str | None]]:
    """Yield step, text, claimed language (None: not said there), and "accepted" or what was
    detected (None: nothing)."""
    for suite in ("writes_body", "writes_exercises"):
        for step in steps(suite):
            request, expect = step["request"], step["expect"]
            body = request.get("json")
            if request["method"] not in _WRITES or not isinstance(body, dict):
                continue
            verdict = _verdict(expect)
            if verdict == "other":
                continue
            refused = _refused_kind(expect)
            for kind, text, language in _texts(request["path"], body):
                code = LANGUAGES.get(language, language)
                if not isinstance(code, str):
                    code = _claimed(expect)
                if refused in (None, kind) and code != verdict:  # else another text of the request is meant
                    yield step["id"], str(text), code, verdict


def rendered() -> Iterator[tuple[str, str, str]]:
    """Yield step, Markdown source and the HTML that the server made of it."""
    for step in steps("writes_exercises"):
        request, expect = step["request"], step["expect"]
        body, answer = request.get("json"), expect.get("json")
        if expect["status"] < 300 and isinstance(body, dict) and isinstance(answer, dict) and "description" in answer:
            if isinstance(body.get("description_source"), str) and isinstance(answer["description"], str):
                yield step["id"], body["description_source"], answer["description"]


def _verdict(expect: dict) -> str | None:
    if expect["status"] < 300:
        return "accepted"
    answer = json.dumps(expect.get("json"), ensure_ascii=False)
    if "Could not detect" in answer:
        return None
    detected = re.search(r"The detected language .*?\((\w\w)\)", answer)
    return detected[1] if detected else "other"


def _claimed(expect: dict) -> str | None:
    claimed = re.search(r"your selected language.*?\((\w\w)\)", json.dumps(expect.get("json"), ensure_ascii=False))
    return claimed[1] if claimed else None


def _refused_kind(expect: dict) -> str | None:
    kind = re.search(r"anguage of the (description|comment|input)", json.dumps(expect.get("json")))
    return kind[1] if kind else None


def _texts(path: str, body: dict) -> Iterator[tuple[str, object, object]]:
    if "check-language" in path:
        yield "input", body.get("input"), body.get("language", body.get("language_code"))
    elif "exercise-translation" in path and "description_source" in body:
        yield "description", body["description_source"], body.get("language")
    elif "exercisecomment" in path and "comment" in body:
        yield "comment", body["comment"], None
    elif "exercise-submission" in path:
        for item in body.get("translations") or ():
            yield "description", item["description_source"], item["language"]
            for comment in item.get("comments") or ():
                yield "comment", comment["comment"], item["language"]
