"""Rules are compiled for making URLs when they make one, and make what Werkzeug's own make."""

from __future__ import annotations

import pytest
from werkzeug.routing import BuildError, Map, Rule

from wger_flask.rest.url_rules import LateRule

RULES = (
    ("/plain/", {"endpoint": "plain"}),
    ("/of/<int:key>/", {"endpoint": "of"}),
    ("/of/<int:key>.<string:suffix>/", {"endpoint": "suffixed", "defaults": {"suffix": "json"}}),
    ("/a//b/<path:rest>", {"endpoint": "rest"}),
)
ASKED = (
    ("plain", {}),
    ("plain", {"page": 2, "q": ["a b", "\N{BANANA}"]}),
    ("of", {"key": 7}),
    ("of", {"key": 7, "self": 1, "rule": 2}),
    ("suffixed", {"key": 7}),
    ("suffixed", {"key": 7, "suffix": "api"}),
    ("rest", {"rest": "c/d e?"}),
    ("of", {}),
    ("of", {"key": "x"}),
)


def made(kind: type[Rule], endpoint: str, values: dict, append_unknown: bool):
    """Return the URLs that two looks at the same map make, errors as their class."""
    adapter = Map([kind(text, **options) for text, options in RULES]).bind("localhost", "/below")
    found = []
    for _ in range(2):
        try:
            found.append(adapter.build(endpoint, values, append_unknown=append_unknown))
        except (BuildError, ValueError) as wrong:
            found.append(type(wrong))
    return found


@pytest.mark.parametrize("append_unknown", [True, False])
@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_urls_are_those_of_werkzeug(endpoint, values, append_unknown):
    assert made(LateRule, endpoint, values, append_unknown) == made(Rule, endpoint, values, append_unknown)


def test_rules_of_an_application_are_compiled_by_the_first_url(app):
    rules = list(app.url_map.iter_rules())
    assert len(rules) > 300 and {type(rule) for rule in rules} == {LateRule}
    rule = next(rule for rule in rules if rule.endpoint == "exercise.detail")
    rule.refresh()  # another test may have made its URL
    before = rule._build_unknown
    with app.test_request_context():
        assert app.url_for("exercise.detail", key=3, page=2) == "/api/v2/exercise/3/?page=2"
    assert rule._build_unknown is not before
    after = rule._build_unknown
    with app.test_request_context():
        assert app.url_for("exercise.detail", key=4) == "/api/v2/exercise/4/"
    assert rule._build_unknown is after
