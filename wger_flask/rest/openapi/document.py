"""The OpenAPI document, made from the declarations that answer the requests.

It cannot lag behind them, since it is not written by hand. Describing everything takes longer than starting:
:class:`LazyApi` does it when the document is first asked for, and keeps it. It is flask-smorest's document: ``flask
openapi print`` prints the same, and a plugin may register plain flask-smorest blueprints that describe themselves.
"""

from __future__ import annotations

import re
import threading
from typing import Any

import flask
from apispec import APISpec
from flask import Flask
from flask_smorest import Api, Blueprint
from flask_smorest.spec.plugins import FlaskPlugin
from werkzeug.routing import Rule

from ..target import Target
from .answers import OTHER_NAMES, operation_id, register_refusals, responses
from .requests import IDEMPOTENCY, KEY, parameters, path_parameter, request_body
from .schemas import Components

SECURITY = {
    "cookieAuth": {"type": "apiKey", "in": "cookie", "name": "sessionid",
                   "description": "The session of a browser; writes need the header X-CSRFToken as well."},
    "tokenAuth": {"type": "apiKey", "in": "header", "name": "Authorization",
                  "description": "A permanent token: `Token <key>`."},
    "jwtAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "An access token of `/api/v2/token`."},
}  # fmt: skip
ABOUT = "Workouts, exercises, nutrition and body weight: the wger REST API."
_SUMMARIES = {
    ("list", "GET"): "List rows: {}", ("list", "POST"): "Add: {}", ("detail", "GET"): "Show: {}",
    ("detail", "PUT"): "Replace: {}", ("detail", "PATCH"): "Change: {}", ("detail", "DELETE"): "Delete: {}",
}  # fmt: skip


class Documented(Blueprint):  # type: ignore[misc]  # flask-smorest declares no types
    """A blueprint of targets: ``targets`` are their paths (without the prefix) and themselves."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.targets: list[tuple[str, Target]] = []

    def register_views_in_doc(
        self, api: Api, app: Flask, spec: APISpec, *, name: str, parameters: list[dict[str, Any]] | None
    ) -> None:
        """Describe every target; flask-smorest calls this for its document."""
        writer = app.extensions.setdefault("wger_flask_openapi", {})
        components = writer.get("components")
        if components is None or components.spec is not spec:
            components = writer["components"] = Components(spec)
            _register_shared(spec)
        for rule, target in self.targets:
            path = f"{self.url_prefix}{rule}".replace("<key:key>", "{id}")
            methods = [method for method in target.allow if method in target.handlers]
            described = {method.lower(): operation(components, target, method, rule) for method in methods}
            in_path = [path_parameter(target)] if "{id}" in path else []
            spec.path(path=path, operations=described, parameters=in_path)


class Paths(FlaskPlugin):  # type: ignore[misc]  # as above
    """Take the paths that targets give; those of plain blueprints follow from their rules."""

    def path_helper(self, rule: Rule | None = None, **kwargs: Any) -> Any:
        return None if rule is None else super().path_helper(rule, **kwargs)

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Name the operations of plain blueprints, which generators of clients turn into methods."""
        words = re.sub(r"\W+", "_", path or "").strip("_")
        for method, described in (operations or {}).items():
            described.setdefault("operationId", f"{words}_{OTHER_NAMES.get(method.upper(), method)}")


class LazyApi(Api):  # type: ignore[misc]  # as above
    """flask-smorest's API, whose document is made when it is first asked for.

    Other threads that ask meanwhile wait until it is complete.
    """

    def __init__(self, app: Flask):
        self._describing = threading.RLock()  # what describes itself may look at the document
        self._pending: list[tuple[Blueprint, str, list[Any] | None]] = []
        self._document: APISpec = None  # type: ignore[assignment]  # flask-smorest sets it
        self._subjects: dict[str, list[str]] = {}
        app.config.update(API_TITLE="wger REST API", API_VERSION="v2", OPENAPI_VERSION="3.0.3")
        super().__init__(app, spec_kwargs={"info": {"description": ABOUT}, "flask_plugin": Paths()})

    def register_blueprint(
        self, blp: flask.Blueprint, *, parameters: list[dict[str, Any]] | None = None, **options: Any
    ) -> None:
        """Register the blueprint's routes now, and its documentation later."""
        name = options.get("name", blp.name)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blp, **options)
        self._pending.append((blp, name, parameters))

    @property
    def spec(self) -> APISpec:
        """The document; whatever was registered since it was last looked at is described now."""
        with self._describing:
            described = bool(self._pending)
            while self._pending:
                self._describe(*self._pending.pop(0))
            if described:  # an extension that ReDoc knows: tags under headings
                groups = [{"name": heading, "tags": tags} for heading, tags in self._subjects.items()]
                self._document.options["x-tagGroups"] = groups
            return self._document

    @spec.setter
    def spec(self, document: APISpec) -> None:
        self._document = document

    def _describe(self, blueprint: Blueprint, name: str, parameters: list[Any] | None) -> None:
        blueprint.register_views_in_doc(self, self._app, self._document, name=name, parameters=parameters)
        if getattr(blueprint, "targets", True):
            self._document.tag({"name": name, "description": blueprint.description})
        if not hasattr(blueprint, "targets"):
            self._subjects.setdefault("More", []).append(name)
        for rule, target in getattr(blueprint, "targets", ()):
            heading = target.resource.subject if target.resource else "Accounts and the server"
            tag = tag_of(target, rule)
            if not any(tag in tags for tags in self._subjects.values()):
                self._subjects.setdefault(heading, []).append(tag)


def operation(components: Components, target: Target, method: str, rule: str) -> dict[str, Any]:
    """Return the operation object of a target's method."""
    handler = target.handlers[method]
    about = (target.action.about if target.action else target.about) or (handler.__doc__ or "").strip()
    made: dict[str, Any] = {
        "operationId": operation_id(target, method),
        "summary": _summary(target, method, about),
        "tags": [tag_of(target, rule)],
        "parameters": parameters(components, target, method),
        "responses": responses(components, target, method),
        "security": _security(target, method),
    }
    if about:
        made["description"] = about
    if method in target.deprecated or target.deprecation:
        made["deprecated"] = True
    body = request_body(components, target, method)
    if body:
        made["requestBody"] = body
    return made


def tag_of(target: Target, rule: str) -> str:
    """Return the tag of a target's operations: its resource, or the first part of its path."""
    return target.resource.name if target.resource else rule.strip("/").partition("/")[0] or target.name


def _summary(target: Target, method: str, about: str) -> str:
    if (target.kind, method) in _SUMMARIES:
        return _SUMMARIES[target.kind, method].format(target.required_resource.title)
    first = (target.handlers[method].__doc__ or about).strip().split("\n")[0]
    return first.rstrip(".") or target.name


def _security(target: Target, method: str) -> list[dict[str, Any]]:
    if not target.authenticates:
        return []
    schemes: list[dict[str, Any]] = [{name: []} for name in SECURITY]
    return [*schemes, {}] if target.access.rule(method)(None) else schemes


def _register_shared(spec: APISpec) -> None:
    for name, scheme in SECURITY.items():
        spec.components.security_scheme(name, scheme)
    spec.components.parameter(KEY, "header", IDEMPOTENCY)
    register_refusals(spec)
