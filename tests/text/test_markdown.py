"""Markdown to HTML: as recorded, and never a tag or attribute outside the list, whatever comes in."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.text.recorded import rendered
from wger_flask.text.markdown import MAX_TAGS, TAGS, render, sanitise

PIECES = [
    "<", ">", "</", "/>", "<!--", "-->", "<b>", "</b>", "<p>", "<li>", "<ul>", "<script>", "</script>", "<style>",
    "<svg>", "<math>", "<mtext>", "<textarea>", "</textarea>", "<title>", "<iframe>", "<noscript>", "<template>",
    "<img src=x onerror=alert(1)>", "<a href='javascript:x'>", "<b onclick=x>", "<![CDATA[", "]]>", "<?", '"', "'", "&",
    "&lt;", "&#60;", "&amp;lt;", "\0", "\n", "\n\n", "* ", "# ", "> ", "`", "```\n", "[a](b)", "![a](b)", "text", " ",
]  # fmt: skip
soup = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)


class Tags(HTMLParser):
    """Collects what a parser finds in HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))

    def handle_endtag(self, tag):
        self.found.append((tag, []))

    def handle_comment(self, data):
        self.found.append(("comment", [data]))

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_clean(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in TAGS, tag
        assert not attributes
    without_tags = re.sub(rf"</?({'|'.join(TAGS)})>", "", html)
    assert "<" not in without_tags
    assert ">" not in without_tags


def test_recorded_descriptions():
    seen = list(rendered())
    assert len(seen) >= 20
    for step, source, html in seen:
        assert render(source) == html, step


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Lift.", "<p>Lift.</p>\n"),
        ("", ""),
        ("one\ntwo", "<p>one\ntwo</p>\n"),
        ("# Titel\n\ntext", "Titel\n<p>text</p>\n"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("`code` & [link](https://example.org)", "<p>code &amp; link</p>\n"),
        ("![alt](x.png) after", "<p> after</p>\n"),
        ("<i class=x style='y'>x</i>", "<p><i>x</i></p>\n"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "<p>abc</p>\n"),
        ("<div onclick=x>\n<b>y</b>\n</div>", "\n<b>y</b>\n"),
        ("x < y > z", "<p>x &lt; y &gt; z</p>\n"),
        ("\"quoted\" 'text'", "<p>\"quoted\" 'text'</p>\n"),
        ("<!-- hidden -->", ""),
    ],
)
def test_rendering(source, html):
    assert render(source) == html


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>Lift.</p>", "<p>Lift.</p>"),
        ("<h2>A</h2><p align=left>B<br>C</p>", "A<p>BC</p>"),
        ("<a href='javascript:x'>bad</a>", "bad"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<b>open", "<b>open</b>"),
    ],
)
def test_sanitising(html, clean):
    assert sanitise(html) == clean


@settings(deadline=None)
@given(soup)
def test_no_other_tag_comes_out(text):
    assert_clean(render(text))
    assert_clean(sanitise(text))


@settings(deadline=None)
@given(soup)
def test_cleaning_twice_changes_nothing(text):
    once = sanitise(text)
    assert sanitise(once) == once


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=("L", "N", "Zs")), max_size=80))
def test_plain_words_are_kept(text):
    words = text.split()
    assert re.sub(r"</?\w+>|&nbsp;", " ", render(" ".join(words))).split() == words


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<ul><li>", "<p>", "</p>", "<![CDATA["])
def test_a_flood_of_tags_is_text(piece):
    flood = piece * (MAX_TAGS + 1)
    for html in (render(flood), sanitise(flood)):
        assert_clean(html)
        assert "&lt;" in html
