"""The documentation as pages below ``/docs/``, where it is built (``make docs``).

The pages are files that mkdocs wrote.  They show no user's data and ask no other host for
anything.  Where they are not built, nothing leads to them and ``/docs/`` is not found.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, redirect, request, send_from_directory
from werkzeug.security import safe_join

from ..rest.services import services
from ..rest.static_files import compressing
from .layout import POLICY
from .urls import here

pages = Blueprint("docs", __name__)

_AGE = 24 * 3600  # seconds that browsers keep what has a name of its own in each release of the theme
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def is_built() -> bool:
    """Tell whether there are pages to show."""
    return (_folder() / "index.html").is_file()


def _folder() -> Path:
    return services().settings.WGER_DOCS_ROOT


@pages.get("/docs/", defaults={"name": ""})
@pages.get("/docs/<path:name>")
def show(name: str) -> Response:
    """Answer with a page, or with a file that pages use.

    A folder's page is at its address with a slash, so that the relative links of the page hold.
    """
    path = safe_join(str(_folder()), name)
    if path is None or "\x00" in name or not is_built():
        abort(404)
    if Path(path).is_dir():
        if not request.path.endswith("/"):
            return make_response(redirect(f"{here()}/", 301))
        name = f"{name}index.html"
    is_page = name.endswith(".html")
    response = compressing(send_from_directory(_folder(), name, max_age=_AGE if name.startswith("assets/") else 0))
    if is_page:
        file = _folder() / name
        response.headers["Content-Security-Policy"] = _policy(file, file.stat().st_mtime_ns)
    return response


@lru_cache(256)
def _policy(file: Path, written: int) -> str:
    """Return the policy of a page: of the scripts in its text, those that were there when it was built may run."""
    digests = (hashlib.sha256(script).digest() for script in _INLINE.findall(file.read_bytes()))
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return f"{POLICY}; script-src 'self' {allowed}"
