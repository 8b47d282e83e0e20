"""What every page shows around its content: the menu, who is logged in, and a strict policy.

Pages of other parts (logging in, an API key) extend the same ``base.html`` and find the same
names in their templates: ``site`` and ``csrf_token()``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

from flask import Flask, Response, g, render_template, request, url_for

from ..rest.errors import ApiError
from ..rest.services import services
from .index import for_people
from .urls import API, with_args

# Scripts and styles come from the server itself, and nothing may be put into a frame of others.
POLICY = (
    "default-src 'self'; img-src 'self' data:; media-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Where people log in and out; ``register`` is empty where they may not make an account."""

    login: str = "/user/login"
    logout: str = "/user/logout"
    home: str = "/user/"
    api_key: str = "/user/api-key"
    register: str = "/user/register"


class Site:
    """What templates know of the site during one request."""

    name = "wger"

    @cached_property
    def user(self):
        """Who is logged in, or None."""
        if "user" in g:
            return g.user
        if request.method not in ("GET", "HEAD"):
            return None
        try:
            g.user = services().authenticate(request)
        except ApiError:
            g.user = None
        return g.user

    @cached_property
    def account(self) -> Account:
        """Where the pages of accounts are."""
        allowed = getattr(services().settings, "ALLOW_REGISTRATION", False)
        return Account() if allowed else Account(register="")

    @property
    def login_url(self) -> str:
        """Where to log in and come back to the present page."""
        if request.path == "/" or request.path.startswith("/user/"):
            return self.account.login
        back = request.full_path.removesuffix("?") if request.method == "GET" else request.path
        return self.account.login + with_args(request.args.__class__(), next=back)

    @property
    def menu(self) -> list[tuple[str, str]]:
        """The labels and addresses of the main menu."""
        return [(label, url) for label, url in services().registry.navigation if self._may_read(url)]

    @property
    def programs(self) -> list[tuple[str, str]]:
        """The labels and addresses of the menu's end, for those who write programs."""
        return [("Explore", f"{API}/"), ("API documentation", "/schema/ui")]

    @property
    def more(self) -> dict[str, list[tuple[str, str]]]:
        """The other lists that are for people, by subject."""
        registry = services().registry
        main = {_path(url) for _, url in registry.navigation}
        found: dict[str, list[tuple[str, str]]] = {}
        for subject, entries in for_people(registry).items():
            for entry in entries:
                if entry.url not in main and self._may_read(entry.url):
                    found.setdefault(subject, []).append((entry.label, entry.url))
        return found

    def _may_read(self, url: str) -> bool:
        registry, name = services().registry, _path(url).removeprefix(API).strip("/")
        return name not in registry or bool(registry.get(name).rules.read(self.user))

    @property
    def current(self) -> str:
        """The entry of the menu below which the present page is."""
        others = [entry for entries in self.more.values() for entry in entries]
        known = [*self.menu, *others, *self.programs]
        return max((url for _, url in known if request.path.startswith(_path(url))), key=len, default="")

    @property
    def version(self) -> str:
        """The version of this server."""
        return _version()

    def static(self, name: str) -> str:
        """Return the address of a file that ships with the server."""
        return url_for("static", filename=name)


def _path(url: str) -> str:
    return url.partition("?")[0]


def _version() -> str:
    try:
        return version("wger-flask")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return ""


def respond(template: str, status: int = 200, /, **context) -> Response:
    """Return the page that ``template`` makes of ``context``."""
    return Response(render_template(template, **context), status, mimetype="text/html")


def register(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.setdefault("csrf_token", lambda: "")
    app.context_processor(lambda: {"site": _site()})

    @app.after_request
    def protect(response: Response) -> Response:
        if response.mimetype == "text/html":
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response


def _site() -> Site:
    if "site" not in g:
        g.site = Site()
    return g.site
