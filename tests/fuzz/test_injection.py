"""What a user writes is shown as what they wrote: it becomes no markup, no template, no SQL, no header and no path."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wger_flask.storage.database import transaction
from wger_flask.storage.model import columns_of
from wger_flask.testing.rows import make, mark

PAYLOAD = "\"'><zq7 onload=alert(1)>{{90017*90019}}${90017*90019}"
COMPUTED = str(90017 * 90019)  # too long to stand in a key or a token by chance
SHORT = "<zq7>{{90017*90019}}"
SQL = "' OR '1'='1' --"
HEADER = "a\r\nX-Injected: 1\r\n\r\n<zq7>"
PAGE = {"Accept": "text/html"}
SCRIPTED = re.compile(r"""(?:href|src|action|data|poster)\s*=\s*["']?\s*(?:javascript:|data:text)""", re.IGNORECASE)


@pytest.fixture
def resource(registry, resource_name):
    return registry.get(resource_name)


@pytest.fixture
def row(resource, people):
    """The key of a row whose texts all hold markup and templates."""
    grace = people["grace"]
    own = resource.visible_to(grace).instances().first() if resource.owner else None
    with transaction():
        found = own or make(resource.model, grace, resource.owner.path if resource.owner else ())
        write(resource, found, SHORT, PAYLOAD)
    return found.get_id()


def write(resource, row, *texts: str) -> None:
    """Store texts in all columns of a row that users write, each where it is not too long."""
    fields = resource.schema().load_fields.items()
    written = {field.attribute or name for name, field in fields} if "POST" in resource.methods else set()
    others = {name: None for name in columns_of(resource.model) if written and name not in written}
    for text in texts:
        mark(row, text, {**others, **resource.only})
    row.save()


def assert_inert(answer, told: object) -> None:
    """Hold a page against what was written into it: no tag of it, nothing computed, no header."""
    assert answer.status_code < 500, told
    assert "X-Injected" not in answer.headers, told
    assert COMPUTED not in answer.text, told
    if answer.mimetype == "text/html":
        assert "<zq7" not in answer.text, told


def test_texts_of_rows_are_shown_as_they_are(api, resource, row):
    paths = [f"{resource.name}/?ordering=-id", f"{resource.name}/{row}/"]
    paths += [f"{resource.name}/{row}/{action.path.strip('/')}/" for action in resource.actions if action.detail]
    for path in paths:
        assert_inert(api("grace").get(path, headers=PAGE), path)


@pytest.mark.parametrize("value", ["javascript:alert(1)//", "[a](javascript:alert(1))", "data:text/html,<zq7>"])
def test_no_text_becomes_the_address_of_a_script(api, resource, row, value):
    """As texts that hold addresses would, and those that are Markdown."""
    with transaction():
        write(resource, resource.model.get_by_id(row), value)
    for path in (f"{resource.name}/?ordering=-id", f"{resource.name}/{row}/"):
        answer = api("grace").get(path, headers=PAGE)
        assert_inert(answer, path)
        assert not SCRIPTED.search(answer.text), (path, SCRIPTED.findall(answer.text))


@pytest.mark.parametrize("value", [PAYLOAD, SQL, HEADER], ids=["markup", "sql", "header"])
def test_parameters_are_values_and_nothing_else(api, resource, row, value):
    known = {name: value for name in (*resource.filter_set.by_param, "ordering", "limit", "offset", "nonsense")}
    for headers in ({}, PAGE):
        answer = api("grace").get(f"{resource.name}/", query_string=known, headers=headers)
        assert_inert(answer, value)
    texts = [one.name for one in resource.filter_set.describe() if one.kind == "text" and "search" not in one.name]
    for name in texts:
        answer = api("grace").get(f"{resource.name}/", query_string={name: SQL})
        assert answer.status_code == 400 or answer.json["results"] == [], name


UP = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", "%252e%252e/", "..;/", ".%00./")


BASES = ("/media/", "/media/gallery/", "/static/", "/static/css/", "/docs/", "/schema/assets/swagger/")


@pytest.mark.parametrize("base", BASES)
def test_no_address_leads_out_of_its_folder(app, base):
    settings = app.extensions["wger_flask"].settings
    folder = Path(settings.WGER_INSTANCE_PATH)
    Path(settings.WGER_MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    (folder / "secret.txt").write_text("zq7secret")
    for up in UP:
        for depth in (1, 2, 3, 8):
            for name in ("secret.txt", "etc/passwd", "app.py", "settings.py"):
                with app.test_client().get(f"{base}{up * depth}{name}") as answer:
                    assert answer.status_code in (301, 302, 308, 400, 403, 404), (base, up, depth, name)
                    assert "zq7secret" not in answer.text and "root:" not in answer.text
    for path in ("//etc/passwd", str(folder / "secret.txt"), f"file://{folder}/secret.txt"):
        with app.test_client().get(base + path) as answer:
            assert answer.status_code in (301, 302, 308, 400, 403, 404) and "zq7secret" not in answer.text
