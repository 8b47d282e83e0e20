"""The documentation in a browser: under the server's policy, without another host."""

import pytest

from tests.browser.chromium import expect
from tests.conftest import settings_for
from wger_flask.testing.server import with_app


@pytest.fixture
def app(built_docs, template, tmp_path):
    with with_app(settings_for(template.url, tmp_path, WGER_DOCS_ROOT=str(built_docs))) as app:
        yield app


def test_pages_are_found_by_search_and_lead_on(window):
    page = window()
    page.goto("/docs/")
    page.get_by_role("link", name="Reference", exact=True).last.click()
    page.wait_for_url("**/docs/reference/")
    # what searches has read the index, however long that takes: words that come before are lost
    expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching")
    page.get_by_placeholder("Search").press_sequentially("otherwise")
    page.locator(".md-search-result__link", has_text="Batch").first.click()
    page.wait_for_url("**/docs/reference/fields/**")
    expect(page.locator("#wger_flask\\.api\\.Batch")).to_have_count(1)
