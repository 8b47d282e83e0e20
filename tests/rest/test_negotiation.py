"""The table of formats: what each Accept header, suffix and ``?format=`` lead to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.rest.errors import NotAcceptable, NotFound
from wger_flask.rest.negotiation import HTML, JSON, TABLES, Format, negotiate

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/json; version=2", JSON),
        ("application/json;q=0.1, text/html;q=0.9", JSON),
        ("application/json;q=0", JSON),
        ("image/png, */*;q=0.1", JSON),
        ("text/html, application/json", JSON),
        ("text/html", HTML),
        ("TEXT/HTML", HTML),
        ("text/*", HTML),
        ("text/html;level=1", HTML),
        (BROWSER, HTML),
        ("application/json;indent=0", JSON),
        ("application/json; indent=4", Format("json", 4)),
        ('application/json; indent="2"', Format("json", 2)),
        ("application/json; indent=99", Format("json", 8)),
        ("application/json; indent=-3", JSON),
        ("application/json; indent=four", JSON),
        ("application/json; INDENT=4", Format("json", 4)),
        ("*/*; indent=4", Format("json", 4)),
        ("text/html;level=1, application/json", HTML),
    ],
)
def test_accept_headers(accept, found):
    assert negotiate(accept) == found


@pytest.mark.parametrize(
    "accept", ["application/xml", "application/vnd.api+json", "garbage", "multipart/form-data", "json", ";", "image/*"]
)
def test_nothing_acceptable(accept):
    with pytest.raises(NotAcceptable) as refused:
        negotiate(accept)
    assert refused.value.status == 406
    assert refused.value.body == {"detail": "Could not satisfy the request Accept header."}


@pytest.mark.parametrize(
    ("accept", "suffix", "requested", "found"),
    [
        ("", "json", "", JSON),
        ("", "api", "", HTML),
        ("text/html", "json", "", JSON),
        ("application/json", "api", "", HTML),
        ("application/json; indent=4", "json", "", Format("json", 4)),
        ("*/*", "", "api", HTML),
        ("application/json", "", "json", JSON),
        (BROWSER, "", "json", JSON),
        ("application/json", "json", "api", JSON),
    ],
)
def test_suffix_and_format_restrict_the_choice(accept, suffix, requested, found):
    assert negotiate(accept, suffix, requested) == found


@pytest.mark.parametrize("requested", ["xml", "html", "JSON", " json", "\x00"])
@pytest.mark.parametrize("where", ["suffix", "requested"])
def test_formats_that_do_not_exist(requested, where):
    with pytest.raises(NotFound) as refused:
        negotiate("*/*", **{where: requested})
    assert refused.value.body == {"detail": "Not found."}


@pytest.mark.parametrize(("accept", "requested"), [("text/html", "json"), ("application/json", "api")])
def test_a_format_that_is_not_accepted(accept, requested):
    with pytest.raises(NotAcceptable):
        negotiate(accept, requested=requested)


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["*/*", "text/html", "application/json", ";", "=", "q=", " "])).map(",".join),
    st.sampled_from(["", "json", "api", "xml"]),
    st.sampled_from(["", "json", "api", "xml"]),
)
def test_any_text_is_answered(accept, suffix, requested):
    try:
        found = negotiate(accept, suffix, requested)
    except (NotAcceptable, NotFound) as refused:
        assert refused.status in (404, 406)
    else:
        assert found.name in ("json", "api") and 0 <= found.indent <= 8
        assert found.name == (suffix or requested or found.name)


@given(st.permutations(["application/json;q=0.2", "text/html;q=0.9", "application/xml"]))
def test_neither_order_nor_quality_matter(parts):
    assert negotiate(",".join(parts)) == JSON


CSV, LINES, SHEET = TABLES.values()


@pytest.mark.parametrize(
    ("accept", "suffix", "requested", "found"),
    [
        ("text/csv", "", "", "csv"),
        (LINES, "", "", "ndjson"),
        (SHEET, "", "", "xlsx"),
        ("TEXT/CSV;q=0.1", "", "", "csv"),
        ("text/csv; header=present", "", "", "csv"),
        ("text/csv, text/*", "", "", "csv"),
        ("text/*", "", "", "api"),
        ("text/csv, text/html", "", "", "api"),
        (f"{SHEET}, text/csv;q=0.5", "", "", "csv"),
        ("text/csv, */*;q=0.5", "", "", "json"),
        ("text/csv, application/*", "", "", "json"),
        (f"{LINES}, application/json;q=0.1", "", "", "json"),
        ("", "", "csv", "csv"),
        ("*/*", "xlsx", "", "xlsx"),
        ("application/json", "csv", "", "csv"),
        (BROWSER, "", "xlsx", "xlsx"),
        ("application/*", "", "ndjson", "ndjson"),
    ],
)
def test_lists_are_tables_too(accept, suffix, requested, found):
    assert negotiate(accept, suffix, requested, True).name == found


@pytest.mark.parametrize(
    ("accept", "suffix", "requested"), [("*/*", "csv", ""), ("", "", "xlsx"), ("text/csv", "", "")]
)
def test_nothing_else_is_a_table(accept, suffix, requested):
    with pytest.raises(NotFound if suffix or requested else NotAcceptable):
        negotiate(accept, suffix, requested)


def test_a_format_in_the_query_must_be_acceptable():
    with pytest.raises(NotAcceptable):
        negotiate("application/json", "", "csv", True)
