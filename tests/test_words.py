"""Names and docstrings are in the field's words: one word for one thing, and none that stands for everything."""

from __future__ import annotations

import ast
import re

import pytest

from .test_layers import PACKAGE, ROOT, modules

FORMER = set("attempting give_back half_a_letter nobodys one_at_a_time overtaken recipe unable understood".split())
"""Names that had better ones: see the words that took their place where they were."""

FORMER_MODULES = set(
    (
        "answer asks caller carrying choosing counting dump embedded failures frame incoming letters listening "
        "metadata nesting performed prescribed prescribing recipe refresh relations trained unchanged"
    ).split()
)

VAGUE = re.compile(r"\b(somebody|nobody|anybody|whoever)(s|'s)?\b|_(somebody|nobody|anybody|whoever)", re.IGNORECASE)
"""Say which: a user, a client, a phone, a row, a process."""

OURS = [path for path in modules(PACKAGE) if not path.name.startswith("test_")]


def names_in(node: ast.AST) -> str:
    """Return the name that a node gives or uses, empty for none."""
    for name in ("name", "id", "attr", "arg"):
        if isinstance(found := getattr(node, name, None), str):
            return found
    return ""


@pytest.mark.parametrize("folder", sorted({path.relative_to(PACKAGE).parts[0] for path in OURS}))
def test_names_and_docstrings_say_what_they_mean(folder):
    for path in OURS:
        if path.relative_to(PACKAGE).parts[0] != folder:
            continue
        assert path.stem not in FORMER_MODULES, path
        for node in ast.walk(ast.parse(path.read_text())):
            name = names_in(node)
            assert name.strip("_").lower() not in FORMER and not VAGUE.search(name), f"{path}: {name}"
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                said = VAGUE.search(ast.get_docstring(node) or "")
                assert not said, f"{path}: {said[0] if said else ''!r} in the docstring of {name or 'the module'}"


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda page: page.name
)
def test_pages_say_who_is_meant(page):
    for number, line in enumerate(page.read_text().splitlines(), 1):
        said = VAGUE.search(line)
        assert not said, f"{page}:{number}: {said[0] if said else ''!r}"


@pytest.mark.parametrize("page", sorted(PACKAGE.rglob("*.html")), ids=lambda page: page.name)
def test_templates_say_who_is_meant(page):
    said = VAGUE.search(page.read_text())
    assert not said, f"{page}: {said[0] if said else ''!r}"


KEPT_TABLES = 200
"""At most so many statements are kept from the formatter: tables that it would pull apart. It may only become less."""


def test_few_tables_are_kept_from_the_formatter():
    marker = re.compile("# fmt: " + "(skip|off)")
    folders = ("wger_flask", "plugins", "config", "tests", ".ci")
    found = {path: len(marker.findall(path.read_text())) for name in folders for path in modules(ROOT / name)}
    assert sum(found.values()) <= KEPT_TABLES, sorted(found.items(), key=lambda item: -item[1])[:10]
