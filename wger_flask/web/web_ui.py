"""Serve the web UI of wger from a folder in which the operator has put it: the setting ``WGER_WEB_UI``.

It is not ours, and no part of it is here: only files below its ``build/`` are served, at the address from which it
loads them, and one page that runs it answers all of its routes, each below the code of a language.  It speaks to the
API of the same host, with the session cookie and the CSRF token.  What wger has outside of it leads to pages of ours.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, g, make_response, redirect, request, send_file, url_for
from werkzeug.security import safe_join

from ..rest.errors import ApiError
from ..rest.mount import mount_of, path_of
from ..rest.services import services
from ..rest.static_files import compressing
from .layout import respond
from .urls import address, mounted, present, with_args

STATIC = "/static/node/@wger-project/react-components/build"
MAIN, STYLE = "main.js", "assets/index.css"
# Its scripts make its styles; everything else comes from the server itself, as with pages of ours.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
KINDS = {
    ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".map": "application/json",
    ".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff": "font/woff", ".woff2": "font/woff2",
}  # fmt: skip
KEPT = 24 * 3600  # seconds, for pictures and fonts; what another release changes under the same name is asked for again
_ASKED_AGAIN = {".js", ".css", ".json", ".map"}
ROOMS = {
    "dashboard": "", "routine": "routine", "exercise": "exerciseinfo", "measurement": "measurement-category",
    "weight": "weightentry", "nutrition": "nutritionplan", "trophies": "user-trophy", "calendar": "workoutsession",
    "software": "",
}  # fmt: skip
"""How the addresses of the web UI begin, and the resource of ours that is about the same."""
MENU = (
    ("Dashboard", "dashboard"), ("Routines", "routine/overview"), ("Calendar", "routine/calendar"),
    ("Exercises", "exercise/overview"), ("Nutrition", "nutrition/overview"), ("Body weight", "weight/overview"),
    ("Measurements", "measurement/"), ("Trophies", "trophies"),
)  # fmt: skip
_ENGLISH = "en"
_KEY = re.compile(r"[1-9]\d{0,9}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

log = logging.getLogger("wger_flask")


class NoWebUi(ValueError):
    """Say in one line why the web UI cannot be served."""


def build_in(folder: str) -> Path:
    """Return the folder ``build`` of the web UI in ``folder``; raises :class:`NoWebUi` where there is none."""
    root = Path(folder).expanduser().absolute()
    for place in (root / "build", root / "package" / "build", root):
        if place.name == "build" and (place / MAIN).is_file() and (place / STYLE).is_file():
            return place.resolve()
    raise NoWebUi(f"there is no build/{MAIN} in {root}; docs/web-ui.md says how to get it")


def pages_for(settings) -> Blueprint | None:
    """Return what serves the web UI, None where none is set; raises :class:`NoWebUi`."""
    if not settings.WGER_WEB_UI:
        return None
    build = build_in(settings.WGER_WEB_UI)
    if path := path_of(settings.SITE_URL):
        raise NoWebUi(f"the web UI works at the root of a host only, and SITE_URL has the path {path}")
    if settings.WGER_BOOLEAN_FILTERS != "any-spelling":
        log.warning("WGER_WEB_UI: the web UI filters by true and false, so set WGER_BOOLEAN_FILTERS=any-spelling")
    languages = _languages(build)
    pages = Blueprint("web_ui", __name__)
    pages.add_url_rule(f"{STATIC}/<path:name>", "file", lambda name: _file(build, name))

    def page(language: str, room: str = "dashboard", rest: str = "") -> Response:
        return _page_of_ours(room, rest) if mount_of(request) else _page(languages, language)

    def onward(room: str, rest: str = "") -> Response:
        """Send a request without a language to the same page in the one that its sender prefers."""
        if mount_of(request):
            return _page_of_ours(room, rest)
        language = request.accept_languages.best_match(languages) or _ENGLISH
        return _sent_to(f"/{language}{request.path}{_query()}")

    rooms, below = f"/<any({', '.join(ROOMS)}):room>", f"/<any({', '.join(map(repr, languages))}):language>"
    rules: dict[str, tuple[str, Callable[..., Response]]] = {}
    rules |= {f"{rooms}{rest}": ("onward", onward) for rest in ("", "/<path:rest>")}
    rules |= {f"{below}{rule}": ("page", page) for rule in rules}
    rules[below] = ("start", lambda language: _sent_to(mounted(dashboard(language))))
    for place, (path, ours) in enumerate(_OURS.items()):
        rules[path] = rules[below + path] = (f"ours_{place}", _to(ours))
    rules[f"{below}/user/<path:rest>"] = (
        "account",
        lambda language, rest: _sent_to(mounted(f"/user/{quote(rest)}{_query()}")),
    )
    for rule, (name, view) in rules.items():
        pages.add_url_rule(rule, name, view, strict_slashes=False)
    return pages


def dashboard(language: str = "") -> str:
    """Return the address at which the web UI begins, in a language or in that of the request."""
    return f"/{language}/dashboard" if language else "/dashboard"


def is_served() -> bool:
    """Tell whether the web UI is there for the current request: it works at the root of a host only."""
    return "web_ui" in current_app.blueprints and not mount_of(request)


def _page_of_ours(room: str, rest: str) -> Response:
    """Lead to the page of ours that is about the same: below a path the web UI finds neither its API nor its routes."""
    key = next((part for part in rest.split("/") if _KEY.fullmatch(part)), None)
    if not (name := ROOMS[room]):
        return _sent_to(mounted("/"))
    return _sent_to(address(name) if key is None else address(name, key))


def _to(ours: Callable[..., str]) -> Callable[..., Response]:
    return lambda language="", **names: _sent_to(ours(**names))


def _sent_to(path: str, status: int = 302) -> Response:
    return make_response(redirect(path, status))


_OURS: dict[str, Callable[..., str]] = {
    "/user/preferences": lambda: address("userprofile"),
    "/user/registration": lambda: url_for("account.register"),
    "/software/equipment": lambda: address("equipment"),
    "/weight/add": lambda: f"{address('weightentry')}#new",
    "/nutrition/calculator/calories": lambda: address("userprofile"),
    "/nutrition/ingredient/overview": lambda: address("ingredientinfo"),
    "/nutrition/ingredient/<int:key>/view": lambda key: address("ingredientinfo", key),
    "/nutrition/ingredient/<int:key>/view/<name>": lambda key, name: address("ingredientinfo", key),
}
"""What wger has outside of its web UI, and which page of ours it is: with the code of a language and without."""


def _languages(build: Path) -> tuple[str, ...]:
    """Return the codes of the languages that the web UI has, as its addresses spell them."""
    codes = {file.parent.name.lower().replace("_", "-") for file in build.glob("locales/*/translation.json")}
    return tuple(sorted({_ENGLISH, *codes, *(code.partition("-")[0] for code in codes)}))


def _query() -> str:
    return with_args(request.args) if request.args else ""


def _page(languages: tuple[str, ...], language: str) -> Response:
    """Return the page that runs the web UI; it reads the address."""
    try:
        g.user = services().authenticate(request)
    except ApiError:
        g.user = None
    if g.user is None:
        return _sent_to(url_for("account.login", next=present()), 303)
    rest = request.path.removeprefix(f"/{language}")
    response = respond(
        "web_ui.html", language=language, languages=languages, menu=MENU, build=STATIC, main=MAIN, style=STYLE,
        rest=rest,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(build: Path, name: str) -> Response:
    """Return a file of the web UI; nothing outside its ``build`` is reached, by a link neither."""
    path, ending = safe_join(str(build), name), PurePosixPath(name).suffix.lower()
    if path is None or "\x00" in name or ending not in KINDS or not os.path.isfile(path):
        abort(404)
    file = Path(path).resolve()
    if not file.is_relative_to(build):
        abort(404)
    age = 0 if ending in _ASKED_AGAIN else KEPT
    return compressing(send_file(file, mimetype=KINDS[ending], conditional=True, max_age=age))
