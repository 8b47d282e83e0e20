"""Turn a declared resource into a flask-smorest blueprint.

Each resource is a real blueprint with two method views, so ``flask routes``, the OpenAPI
document and the test client see nothing unusual.  Beside the documented URL stand its twins:
with a format suffix, and a catch-all for methods that the resource does not have, because
their refusal too is negotiated, authenticated and phrased like any other answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, TypeVar, cast

from flask import Flask, Response
from flask.blueprints import BlueprintSetupState
from flask.views import MethodView
from flask_smorest import Api
from werkzeug.routing import BaseConverter

from . import deletion
from .actions import Deprecation
from .caching import NEVER, PRIVATE
from .call import Call
from .dispatch import dispatch
from .errors import Gone
from .openapi.document import Documented
from .permissions import Access, public
from .resource import WRITE, Resource
from .schema import Schema
from .target import Target
from .throttling import Limit
from .url_rules import LateRule
from .views import action_target, targets

PREFIX = "/api/v2"

Handle = TypeVar("Handle", bound=Callable[..., Any] | dict[str, Callable[..., Any]])


class KeyConverter(BaseConverter):
    """A primary key in a URL: anything without a slash or a dot."""

    regex = "[^/.]+"


class SuffixConverter(BaseConverter):
    """A format suffix: ``json`` and ``api`` exist, others are refused in JSON."""

    regex = "[a-z0-9]+"


def prepare(app: Flask) -> None:
    """Teach the application's URL map the kit's converters; once, before anything is mounted."""
    app.url_map.converters.update(key=KeyConverter, suffix=SuffixConverter)
    app.url_map.strict_slashes = False


def mount(resource: Resource, app: Flask, api: Api) -> None:
    """Register the blueprint of ``resource`` and the twins of its URLs."""
    blueprint = Documented(resource.name, f"{__name__}.{resource.name}", url_prefix=PREFIX, description=resource.about)
    listing, detail = targets(resource)
    rules = [(f"/{resource.name}", "list", listing), (f"/{resource.name}/<key:key>", "detail", detail)]
    for action in (*resource.actions, *filter(None, (deletion.action_of(resource),))):
        base = f"/{resource.name}/<key:key>" if action.detail else f"/{resource.name}"
        path = action.path.strip("/")
        rules.append((f"{base}/{path}", path.replace("/", "-"), action_target(resource, action)))
    for rule, endpoint, target in rules:
        blueprint.targets.append((f"{rule}/", target))
        blueprint.add_url_rule(f"{rule}/", endpoint, method_view(target))
    api.register_blueprint(blueprint)
    for rule, endpoint, target in rules:
        _add_twins(app, f"{resource.name}.{endpoint}", f"{PREFIX}{rule}", target, suffixes=True)


class Endpoints(Documented):
    """A flask-smorest blueprint for what is no table: tokens, versions, the user's profile.

    ``name`` is that of the blueprint.  Register it with ``registry.add_blueprint``.  Its endpoints run the same steps
    as a resource's: format, authentication, access rules, throttling.
    """

    def __init__(self, name: str, about: str = ""):
        super().__init__(name, f"{__name__}.{name}", url_prefix=PREFIX, description=about)
        self._twins: list[tuple[str, str, Target]] = []
        self.record(self._register_twins)

    def endpoint(
        self, path: str, *, methods: tuple[str, ...] = ("GET",), access: Access = public,
        throttle: str | Limit | None = None,
        authenticates: bool = True, transactional: bool = True, slash: bool = True, head: bool = True,
        bulk: bool = False, creates: bool = False, counts: bool = False,
        request: Any = None, response: Any = None, about: str = "", makes: str = "",
        asks: tuple[str, ...] = (), deprecated: tuple[str, ...] = (),
        replaced: Deprecation | None = None, query: type[Schema] | None = None, streams: bool = False, gives: str = "",
        kind: str = "plain", cache: str = NEVER, secret: bool = False,
    ) -> Callable[[Handle], Handle]:  # fmt: skip
        """Return a decorator that registers ``handle(call)`` at ``/api/v2/<path>/``; ``path`` has no slashes around it.

        Where ``path`` has ``<key:key>``, any text without a slash or a dot stands there, and is ``call.key``.

        * ``methods``: the HTTP methods that ``handle`` answers.  It returns what becomes JSON, or a pair of that and a
          status.
        * ``access``: the rules that say who may call it; ``throttle``: the scope whose rate it counts against.
        * ``authenticates=False``: credentials are not read, as where they are given out.
        * ``transactional=False``: a writing method runs outside of a transaction and opens its own.
        * ``slash=False``: the address has no slash at its end.  Both spellings are served; a GET of the other one is
          redirected.
        * ``head=False``: HEAD is refused.  ``bulk=True``: larger bodies are taken.
        * ``creates=True``: it may answer 201.  ``counts=True``: it may answer 429 by itself.
        * ``request``, ``response``: the schemas of the body and of the answer, for OpenAPI and for the form on its
          page.
        * ``about``: a sentence for the documentation; the docstring of ``handle`` otherwise.
        * ``makes``: the name of the resource whose row a POST makes; the answer has its ``id``.
        * ``asks``: names of the fields that the form shows first.
        * ``deprecated``: methods that only older clients still use; ``replaced``: since when all of it is old, and what
          to use instead, which every answer says in its headers.
        * ``query``: the schema of the query parameters of a GET, which ``call.query()`` reads.
        * ``streams=True``: it also answers ``text/event-stream``; ``handle`` returns a response of its own then.
        * ``gives="application/zip"``: a GET answers a file of this type; ``handle`` returns a response of its own.
        * ``cache="private"``: what a GET answers depends on the database, the user and the day alone, and may be kept
          for that user until something is written.  ``secret=True``: it is or shows a secret; no cache may keep it.

        * ``kind``: what :class:`Target` says.

        Raises ValueError for a path that is registered already, and for another ``cache``.
        """

        def register(handle: Handle) -> Handle:
            name = path.strip("/").replace("<key:key>", "key").replace("/", "-") or "root"
            known = next((item for item in self._twins if item[1] == f"/{path.strip('/')}"), None)
            if known:
                raise ValueError(f"{path} is registered twice")
            if cache not in (PRIVATE, NEVER):
                raise ValueError(f"{path}: cache {cache!r} is neither {PRIVATE!r} nor {NEVER!r}")
            handlers = handle if isinstance(handle, dict) else dict.fromkeys(methods, handle)
            text = about or next(iter(handlers.values())).__doc__ or ""
            target = Target(
                name, handlers, access, kind, throttle=dict.fromkeys(handlers, throttle) if throttle else {},
                authenticates=authenticates, slash=slash, transactional=transactional, head=head, bulk=bulk,
                creates=creates, counts=counts,
                about=text.strip(), request=request, response=response, makes=makes, asks=asks,
                deprecated=deprecated, replaced=replaced, query=query, streams=streams, cache=cache, secret=secret,
                gives=gives,
            )  # fmt: skip
            rule = f"/{path.strip('/')}"
            self.targets.append((f"{rule}/" if slash else rule, target))
            self.add_url_rule(f"{rule}/" if slash else rule, name, method_view(target))
            self._twins.append((name, rule, target))
            return handle

        return register

    def gone(self, path: str, message: str, replaced: Deprecation) -> None:
        """Answer 410 and ``message`` at ``/api/v2/<path>/``, and at the addresses of rows below it, to every method."""

        def refuse(call: Call) -> None:
            raise Gone(message)

        handlers = dict.fromkeys(WRITE, refuse)
        about = f"Gone. {message}"
        for place in (path, f"{path}/<key:key>"):
            self.endpoint(place, about=about, replaced=replaced, transactional=False, kind="gone")(handlers)

    def target(self, path: str) -> Target:
        """Return what was registered for ``path``; raises StopIteration where nothing was."""
        return next(target for _, rule, target in self._twins if rule == f"/{path.strip('/')}")

    def _register_twins(self, state: BlueprintSetupState) -> None:
        for name, rule, target in self._twins:
            _add_twins(cast(Flask, state.app), f"{self.name}.{name}", f"{PREFIX}{rule}", target, suffixes=False)


class _View(MethodView):
    """A method view whose methods all do the same, so that none has to be looked for in each request."""

    answer: Callable[..., Response]

    @classmethod
    def as_view(cls, name: str, *args: Any, **kwargs: Any) -> Callable[..., Response]:
        """Return the view function, which leads straight to :func:`~.dispatch.dispatch`."""
        return update_wrapper(cls.answer, super().as_view(name, *args, **kwargs))


def method_view(target: Target) -> type[MethodView]:
    """Return a method view whose every method is :func:`~.dispatch.dispatch` for ``target``."""
    answer = staticmethod(partial(dispatch, target))
    members: dict[str, Any] = {name.lower(): answer for name in ("answer", *target.handlers)}
    members |= {"init_every_request": False, "provide_automatic_options": False}
    return type(f"{target.name.title().replace('-', '')}{target.kind.title()}View", (_View,), members)


def _add_twins(app: Flask, endpoint: str, rule: str, target: Target, suffixes: bool) -> None:
    """Add the suffix URLs, the other spelling of the slash, and the catch-all for methods."""
    other = f"{endpoint}:any"
    app.view_functions[other] = partial(dispatch, target)
    spellings = [f"{rule}/"] if target.slash else [rule, f"{rule}/"]
    if suffixes:
        spellings.append(f"{rule}.<suffix:suffix>/")
    for spelling in spellings:
        app.url_map.add(LateRule(spelling, endpoint=other, methods=None, strict_slashes=False))
