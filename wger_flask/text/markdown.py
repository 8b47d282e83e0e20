"""Turn what a user wrote in Markdown into HTML that is safe to show on any page.

The description of an exercise is stored twice: the source that the author edits, and the HTML that
every client puts on its screen, often without looking at it again. So the HTML is cleaned once,
here, when it is written: a handful of tags for emphasis, paragraphs and lists stay, and no
attribute at all, so there is nothing that could carry a script, a style or a link. What other tags
enclose stays as text; scripts and styles go with all they hold.

Rendering and cleaning are left to libraries that do nothing else: markdown-it-py follows the
CommonMark specification, nh3 parses HTML as browsers do, so that what it lets through is what a
browser would see. They are imported when a description is first written: servers that are read
from do without them.
"""

from __future__ import annotations

import html as _html
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TAGS = frozenset({"b", "strong", "i", "em", "ul", "ol", "li", "p"})

# Deeply nested tags cost the HTML parser quadratic time. No description comes near this number, so
# one that passes it is taken for plain text, where a tag is only characters.
MAX_TAGS = 5_000


def render(source: str) -> str:
    """Render Markdown as sanitised HTML.

    CommonMark with a line break at every newline and with HTML passed through, then `sanitise`. A paragraph ends with a
    newline, the last one too: ``render("Lift.") == "<p>Lift.</p>\\n"``.
    """
    parser = _parser(with_html=source.count("<") <= MAX_TAGS)
    return _clean(parser.render(source))


def sanitise(html: str) -> str:
    """Clean HTML that did not come from `render`, as imported rows have it.

    Only `TAGS` remain, without attributes; other tags are dropped and what they enclose is kept as text, except that of
    scripts and styles. Cleaning twice gives the same as cleaning once.
    """
    return _clean(html if html.count("<") <= MAX_TAGS else _html.escape(html, quote=False))


@cache
def _parser(with_html: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"breaks": True, "html": with_html})


def _clean(html: str) -> str:
    import nh3

    return nh3.clean(html, tags=set(TAGS), attributes={}, clean_content_tags={"script", "style"}, link_rel=None)
