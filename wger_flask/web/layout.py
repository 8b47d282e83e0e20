"""What every page shows around its content: the menu, who is logged in, and a strict policy.

Pages of other parts (logging in, an API key) extend the same ``base.html`` and find the same
names in their templates: ``site`` and ``csrf_token()``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flask import Flask, Response, g, render_template, request, url_for

from .. import __version__
from ..rest.errors import ApiError
from ..rest.services import services
from .index import for_people
from .urls import API, address, here, mounted, present, with_args

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

    login: str
    logout: str
    home: str
    api_key: str
    register: str


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
        login, logout, home, api_key = (url_for(f"account.{name}") for name in ("login", "logout", "home", "api_key"))
        register = url_for("account.register") if services().settings.ALLOW_REGISTRATION else ""
        return Account(login, logout, home, api_key, register)

    @property
    def login_url(self) -> str:
        """Where to log in and come back to the present page."""
        if request.path == "/" or request.path.startswith("/user/"):
            return self.account.login
        back = present() if request.method == "GET" else here()
        return self.account.login + with_args(request.args.__class__(), next=back)

    @property
    def menu(self) -> list[tuple[str, str]]:
        """The labels and addresses of the main menu."""
        known = [(label, _below(url)) for label, url in services().registry.navigation]
        return [(label, url) for label, url in known if self._may_read(url)]

    @property
    def programs(self) -> list[tuple[str, str]]:
        """The labels and addresses of the menu's end, for those who write programs."""
        return [("Explore", address()), ("API documentation", url_for("documents.swagger"))]

    @property
    def more(self) -> dict[str, list[tuple[str, str]]]:
        """The other lists that are for people, by subject."""
        registry = services().registry
        main = {_path(_below(url)) for _, url in registry.navigation}
        by_subject: dict[str, list[tuple[str, str]]] = {}
        for subject, entries in for_people(registry).items():
            for entry in entries:
                if entry.url not in main and self._may_read(entry.url):
                    by_subject.setdefault(subject, []).append((entry.label, entry.url))
        return by_subject

    def _may_read(self, url: str) -> bool:
        registry, name = services().registry, _path(url).removeprefix(mounted(API)).strip("/")
        return name not in registry or bool(registry.get(name).rules.read(self.user))

    @property
    def current(self) -> str:
        """The entry of the menu below which the present page is."""
        others = [entry for entries in self.more.values() for entry in entries]
        known = [*self.menu, *others, *self.programs]
        present = here()
        return max((url for _, url in known if present.startswith(_path(url))), key=len, default="")

    @property
    def version(self) -> str:
        """The version of this server."""
        return __version__

    def static(self, name: str) -> str:
        """Return the address of a file that ships with the server."""
        return url_for("static", filename=name)


def _below(url: str) -> str:
    """Return the address of an entry of the menu: those of this server are declared as if it were at the root."""
    return mounted(url) if url.startswith("/") else url


def _path(url: str) -> str:
    return url.partition("?")[0]


def respond(template: str, status: int = 200, /, **context) -> Response:
    """Return the page that ``template`` makes of ``context``."""
    return Response(render_template(template, **context), status, mimetype="text/html")


def register(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.setdefault("csrf_token", lambda: "")
    app.jinja_env.globals |= {"api_url": address, "here": here}
    app.context_processor(lambda: {"site": site()})

    @app.after_request
    def protect(response: Response) -> Response:
        if response.mimetype == "text/html":
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            if "site" in g:  # the frame shows who is logged in, and lists call rows what the reader would
                response.vary.update(("Accept-Language", "Authorization", "Cookie"))
        return response


def site() -> Site:
    """Return what templates know of the site during the current request."""
    if "site" not in g:
        g.site = Site()
    return g.site
