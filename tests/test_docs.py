"""The documentation: it builds without a broken link, describes the whole facade, and is served from here."""

import dataclasses
import re
import sys
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from tests.conftest import Client, make_template, settings_for
from wger_flask import api
from wger_flask.api import Selection, User
from wger_flask.commands import main
from wger_flask.settings import Settings
from wger_flask.testing.server import with_app

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "reference").glob("*.md"))


def test_the_reference_names_everything_of_the_facade():
    text = "\n".join(page.read_text() for page in PAGES)
    described = re.findall(r"^::: wger_flask\.api\.(\w+)$", text, re.MULTILINE)
    assert len(described) == len(set(described)), "each name has one place"
    assert set(described) <= set(api.__all__)
    told = set(re.findall(r"`(\w+)`", text))  # constants, which have no docstring
    assert not {name for name in api.__all__ if name not in described and name not in told}


def test_the_reference_describes_every_field_and_column():
    fields = (ROOT / "docs" / "reference" / "fields.md").read_text()
    assert not {name for name in vars(api.fields) if _is_class_of(api.fields, name) and name not in fields}
    columns = (ROOT / "docs" / "reference" / "models.md").read_text()
    assert not {name for name in api.columns.__all__ if f"columns.{name}" not in columns and name != "storable"}


def test_the_models_of_the_core_that_the_reference_names_are_there():
    page = (ROOT / "docs" / "reference" / "models.md").read_text()
    table = page.partition("## Models of the core")[2].partition("\n## ")[0]
    named = re.findall(r"`([A-Z]\w+)`", table)
    assert len(named) > 20 and set(named) <= set(dir(api.models))


def _is_class_of(module, name: str) -> bool:
    return isinstance(getattr(module, name), type) and name in module.__all__


def test_pages_ask_no_other_host(built_docs):
    for page in built_docs.rglob("*.html"):
        text = page.read_text()
        loaded = re.findall(r'<(?:script|img|iframe)[^>]* src="?([^" >]+)', text)
        loaded += re.findall(r'<link[^>]* href="?([^" >]+)', text)
        assert loaded and not [url for url in loaded if re.match(r"(https?:)?//", url)], page
    for style in built_docs.rglob("*.css"):
        assert not re.findall(r"url\(\"?https?:", style.read_text()), style


def test_docstrings_are_shown_as_prose(built_docs):
    text = (built_docs / "reference" / "resources" / "index.html").read_text()
    assert not re.findall(r":(?:class|func|meth|mod):", text)
    assert "prepare" in text and "validates" not in text.partition("<article")[0]


@pytest.fixture
def client(built_docs, tmp_path, template):
    with with_app(settings_for(template.url, tmp_path, WGER_DOCS_ROOT=str(built_docs))) as app:
        yield app.test_client()


def test_the_site_is_served_and_linked_from_the_home_page(client):
    assert 'href="/docs/"' in client.get("/").text
    with client.get("/docs/") as page:
        text = page.text
    assert page.status_code == 200 and page.mimetype == "text/html"
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-" in policy and "default-src 'self'" in policy and "unsafe" not in policy
    [style] = re.findall(r'href="?(assets/stylesheets/main[^" >]+)', text)
    with client.get(f"/docs/{style}") as answer:
        assert answer.mimetype == "text/css" and "max-age=86400" in answer.headers["Cache-Control"]
    for path in ("", "search/search_index.json"):  # what another build writes anew is asked for again
        with client.get(f"/docs/{path}") as answer:
            assert answer.status_code == 200 and "max-age=0" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("prefix", ["", "/wger"])
def test_a_page_has_a_slash_behind_its_address(client, prefix):
    answer = client.get("/docs/quickstart", environ_overrides={"SCRIPT_NAME": prefix})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{prefix}/docs/quickstart/")


@pytest.mark.parametrize("path", ["nothing/", "../../setup.cfg", "%2e%2e/%2e%2e/setup.cfg", "a%00b", "assets/"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(f"/docs/{path}").status_code == 404


def test_where_it_is_not_built_nothing_leads_there(app):
    client = app.test_client()
    assert "/docs/" not in client.get("/").text
    assert client.get("/docs/").status_code == client.get("/docs/quickstart/").status_code == 404


# -- what the pages tell people to type --------------------------------------------------------------
TYPED = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", *sorted((ROOT / "config" / "deploy").iterdir())]
NO_SETTINGS = ("WGER_BEGINNERS_", "WGER_NAPS", "WGER_WATER_", "WGER_TEST_", "WGER_API_KEY", "WGER_BASE_URL")
# of examples, of tests, and of other programs


@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.name)
def test_commands_and_settings_that_a_page_names_are_there(page):
    known = {field.name for field in dataclasses.fields(Settings)}
    named = re.findall(r"\bWGER_[A-Z_]*[A-Z]\b", page.read_text())
    assert {name for name in named if not name.startswith(NO_SETTINGS)} <= known
    typed = re.findall(r"(?:`|\$ |bin/)wger-flask ([a-z][a-z-]+)", page.read_text())
    assert set(typed) <= set(main.commands)


def test_files_for_proxies_are_shown_as_they_are():
    shown = (ROOT / "docs/deployment.md").read_text()
    for name in ("nginx.conf", "nginx-path.conf", "Caddyfile", "apache.conf"):
        assert (ROOT / "config/deploy" / name).read_text().split("\n\n", 1)[1] in shown, name


# -- the example of the reference ----------------------------------------------------------------------
ORDER = ("models", "fields", "resources", "filters", "rows")


@pytest.fixture
def naps(tmp_path, monkeypatch):
    """A server with the plugin that the reference builds up, from page to page."""
    blocks = [
        block
        for name in ORDER
        for block in re.findall(r"^```python\n(.*?)^```", (ROOT / f"docs/reference/{name}.md").read_text(), re.M | re.S)
    ]
    assert len(blocks) >= len(ORDER)
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "sleep.py").write_text("\n\n".join(blocks))
    monkeypatch.setattr("wger_flask.app.shipped", lambda name: folder)
    held = make_template(None, tmp_path)
    with with_app(settings_for(held.url, tmp_path)) as app:
        yield app, sys.modules["wger_flask_plugin_sleep"]
    del sys.modules["wger_flask_plugin_sleep"]


def test_the_example_of_the_reference_works(naps, capsys):
    app, plugin = naps
    grace = Client(app, "grace")
    assert grace.post("nap/", {"start": "2024-05-01T12:00:00Z", "minutes": 70}).status_code == 201
    assert grace.post("nap/", {"start": "2024-05-02T12:00:00Z", "minutes": 20}).json["is_long"] is False
    refused = grace.post("nap/", {"start": "2124-05-02T12:00:00Z", "minutes": 20})
    assert (refused.status_code, refused.json) == (400, {"start": ["This nap is still to come."]})
    again = grace.post("nap/", {"start": "2024-05-01T12:00:00Z", "minutes": 5})
    assert again.status_code == 400 and "You have noted a nap of that moment already." in again.text
    assert grace.get("nap/summary/").json == {"naps": 2, "minutes": 90}
    assert Client(app, "linus").get("nap/").json["count"] == 0
    assert grace.get("nap/summary/?since=2024-05-02T00:00:00Z").json == {"naps": 1, "minutes": 20}
    user = User.get(User.username == "grace")
    assert plugin.naps_of(user) == [20, 70]
    assert plugin.doze(user, 10) == 20 and "slept 20 minutes" in capsys.readouterr().out
    for item, query in ((plugin.long, {"long": "True"}), (plugin.Hours(), {"hours": "1"})):
        clause = item.clauses(MultiDict(query))
        assert [one.minutes for one in Selection(plugin.Nap, clause).instances()] == [70]
