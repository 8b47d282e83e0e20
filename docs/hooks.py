"""Called by mkdocs while it builds the site: write the roles of docstrings as plain code.

Docstrings name other things as ``:class:`~.errors.Invalid```; a page shows the last part of it.
"""

import re

_ROLE = re.compile(r":(?:attr|class|command|data|func|meth|mod):<code>~?([^<]*)</code>")


def on_page_content(html: str, **_) -> str:
    """Return the page with ``<code>Invalid</code>`` in place of a role and its target."""
    return _ROLE.sub(lambda role: f"<code>{_shown(role[0], role[1])}</code>", html)


def _shown(role: str, target: str) -> str:
    return target if role.startswith(":command:") else target.rpartition(".")[2]
