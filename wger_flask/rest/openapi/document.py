"""The OpenAPI document, read off the declarations that answer the requests.

Nobody writes it, so it cannot lag behind.  Describing everything takes longer than starting:
:class:`LazyApi` does it when the document is first asked for, and remembers it.  It is
flask-smorest's document: ``flask openapi print`` prints the same, and a plugin may register
plain flask-smorest blueprints that describe themselves.
"""

from __future__ import annotations

import re
import threading

from flask import Flask
from flask_smorest import Api, Blueprint
from flask_smorest.spec.plugins import FlaskPlugin

from ..dispatch import Target
from ..filtering.filters import Parameter
from ..permissions import SAFE_METHODS
from ..resource import DELETION, HISTORY, Resource
from ..throttling import Limit
from .schemas import ANSWER, PATCHED, REQUEST, Components, key_of

SECURITY = {
    "cookieAuth": {"type": "apiKey", "in": "cookie", "name": "sessionid",
                   "description": "The session of a browser; writes need the header X-CSRFToken as well."},
    "tokenAuth": {"type": "apiKey", "in": "header", "name": "Authorization",
                  "description": "A permanent token: `Token <key>`."},
    "jwtAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "An access token of `/api/v2/token`."},
}  # fmt: skip
ABOUT = "Workouts, exercises, nutrition and body weight: the wger REST API."
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
_ERROR = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
_INVALID = {
    "type": "object",
    "description": "Messages by the name of the field that they are about.",
    "additionalProperties": {"anyOf": [{"type": "array", "items": {}}, {"type": "object"}, {"type": "string"}]},
}
_NAMES = {
    "list": {"GET": "list", "POST": "create"},
    "detail": {"GET": "retrieve", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"},
}
_OTHER_NAMES = {"GET": "retrieve", "POST": "create", "PUT": "update", "PATCH": "partial_update", "DELETE": "destroy"}
_SUMMARIES = {
    ("list", "GET"): "List rows: {}", ("list", "POST"): "Add: {}", ("detail", "GET"): "Show: {}",
    ("detail", "PUT"): "Replace: {}", ("detail", "PATCH"): "Change: {}", ("detail", "DELETE"): "Delete: {}",
}  # fmt: skip
_REFUSALS = {
    "BadRequest": ("The input is wrong.", "Invalid"),
    "Unauthorized": ("The token is not valid.", "Refusal"),
    "Forbidden": ("Whoever asks may not, or nobody is logged in.", "Refusal"),
    "NotFound": ("There is no such row, or not for this user.", "Refusal"),
    "NotAcceptable": ("There is no such format.", "Refusal"),
    "TooManyRequests": ("Too many requests; Retry-After says how long to wait.", "Refusal"),
}


class Documented(Blueprint):
    """A blueprint of targets: ``targets`` are their paths (without the prefix) and themselves."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.targets: list[tuple[str, Target]] = []

    def register_views_in_doc(self, api, app, spec, *, name, parameters):
        """Describe every target; flask-smorest calls this for its document."""
        writer = app.extensions.setdefault("wger_flask_openapi", {})
        components = writer.get("components")
        if components is None or components.spec is not spec:
            components = writer["components"] = Components(spec)
            _register_shared(spec)
        for rule, target in self.targets:
            path = f"{self.url_prefix}{rule}".replace("<key:key>", "{id}")
            spec.path(
                path=path, operations={method.lower(): operation(components, target, method, rule)
                                       for method in target.allow if method in target.handlers},
                parameters=[_path_parameter(target)] if "{id}" in path else [],
            )  # fmt: skip


class Paths(FlaskPlugin):
    """Take the paths that targets give; those of plain blueprints follow from their rules."""

    def path_helper(self, rule=None, **kwargs):
        return None if rule is None else super().path_helper(rule, **kwargs)

    def operation_helper(self, path=None, operations=None, **kwargs):
        """Name the operations of plain blueprints, which generators of clients turn into methods."""
        words = re.sub(r"\W+", "_", path or "").strip("_")
        for method, described in (operations or {}).items():
            described.setdefault("operationId", f"{words}_{_OTHER_NAMES.get(method.upper(), method)}")


class LazyApi(Api):
    """flask-smorest's API, whose document is made when it is first looked at.

    Others who look meanwhile wait until it is whole.
    """

    def __init__(self, app: Flask):
        self._describing = threading.RLock()  # what describes itself may look at the document
        self._pending: list[tuple[Blueprint, str, list | None]] = []
        self._document = None
        self._subjects: dict[str, list[str]] = {}
        app.config.update(API_TITLE="wger REST API", API_VERSION="v2", OPENAPI_VERSION="3.0.3")
        super().__init__(app, spec_kwargs={"info": {"description": ABOUT}, "flask_plugin": Paths()})

    def register_blueprint(self, blp, *, parameters=None, **options):
        """Register the blueprint's routes now, and its documentation later."""
        name = options.get("name", blp.name)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blp, **options)
        self._pending.append((blp, name, parameters))

    @property
    def spec(self):
        """The document; whatever was registered since it was last looked at is described now."""
        with self._describing:
            described = bool(self._pending)
            while self._pending:
                self._describe(*self._pending.pop(0))
            if described:  # an extension that ReDoc knows: tags under headings
                groups = [{"name": heading, "tags": tags} for heading, tags in self._subjects.items()]
                self._document.options["x-tagGroups"] = groups
            return self._document

    def _describe(self, blueprint: Blueprint, name: str, parameters: list | None) -> None:
        blueprint.register_views_in_doc(self, self._app, self._document, name=name, parameters=parameters)
        if getattr(blueprint, "targets", True):
            self._document.tag({"name": name, "description": blueprint.description})
        if not hasattr(blueprint, "targets"):
            self._subjects.setdefault("More", []).append(name)
        for rule, target in getattr(blueprint, "targets", ()):
            heading = target.resource.subject if target.resource else "Accounts and the server"
            tags = self._subjects.setdefault(heading, [])
            if (tag := tag_of(target, rule)) not in tags:
                tags.append(tag)

    @spec.setter
    def spec(self, document):
        self._document = document


def operation(components: Components, target: Target, method: str, rule: str) -> dict:
    """Return the operation object of a target's method."""
    resource, handler = target.resource, target.handlers[method]
    about = (target.action.about if target.action else target.about) or (handler.__doc__ or "").strip()
    made = {
        "operationId": _operation_id(target, method),
        "summary": _summary(target, method, about),
        "tags": [tag_of(target, rule)],
        "parameters": _parameters(target, method),
        "responses": _responses(components, target, method),
        "security": _security(target, method),
    }
    if about:
        made["description"] = about
    if resource is not None and resource.deprecated:
        made["deprecated"] = True
    body = _body(components, target, method)
    if body:
        made["requestBody"] = body
    return made


def tag_of(target: Target, rule: str) -> str:
    """Return the tag of a target's operations: its resource, or the first part of its path."""
    return target.resource.name if target.resource else rule.strip("/").partition("/")[0] or target.name


def _operation_id(target: Target, method: str) -> str:
    name = target.name.replace("-", "_")
    if target.kind in _NAMES:
        return f"{name}_{_NAMES[target.kind][method]}"
    path = f"_{target.action.path.strip('/').replace('/', '_').replace('-', '_')}" if target.action else ""
    return f"{name}{path}_{_OTHER_NAMES[method]}"


def _summary(target: Target, method: str, about: str) -> str:
    if (target.kind, method) in _SUMMARIES:
        return _SUMMARIES[target.kind, method].format(target.resource.title)
    first = (target.handlers[method].__doc__ or about).strip().split("\n")[0]
    return first.rstrip(".") or target.name


def _path_parameter(target: Target) -> dict:
    schema = key_of(target.resource.model) if target.resource else {"type": "string"}
    return {"name": "id", "in": "path", "required": True, "schema": schema}


def _parameters(target: Target, method: str) -> list[dict]:
    made: list[dict] = []
    if method == "GET" and target.kind == "list":
        resource = target.resource
        for parameter in (*resource.filter_set.describe(), *resource.pagination.describe()):
            made.append(_query(parameter, resource))
        names = resource.order.describe()
        if names:
            terms = [f"{sign}{name}" for name in names for sign in ("", "-")]
            made.append({
                "name": "ordering", "in": "query", "style": "form", "explode": False,
                "description": "Names to order by, the first one first; - in front: descending.",
                "schema": {"type": "array", "items": {"type": "string", "enum": terms}},
            })  # fmt: skip
    resource, path = target.resource, target.action.path if target.action else ""
    if resource is not None and resource.deletion and (path == DELETION or method == "DELETE" and not path):
        told = resource.deletion().load_fields.items()
        made += [_option(name, field) for name, field in told if not path or name == HISTORY]
    made.append({
        "name": "format", "in": "query", "description": "The format of the answer, in place of the Accept header.",
        "schema": {"type": "string", "enum": ["json", "api"]},
    })  # fmt: skip
    return made


def _option(name: str, field) -> dict:
    """Return the parameter in which a deletion is told something."""
    return {"name": name, "in": "query", "schema": field.parameter, "description": field.help}


def _query(parameter: Parameter, resource: Resource) -> dict:
    schema = _QUERY.get(parameter.kind, {"type": "string"})
    if parameter.kind == "reference" and parameter.model is not None:
        schema = key_of(parameter.model)
    if parameter.choices:
        schema = {"type": "string", "enum": [value for value, _ in parameter.choices]}
    made: dict = {"name": parameter.name, "in": "query", "schema": schema}
    if parameter.help == "comma-separated" or parameter.several:
        made |= {
            "schema": {"type": "array", "items": schema},
            "style": "form",
            "explode": parameter.help != "comma-separated",
        }
    if parameter.name == "limit":
        made["schema"] = {"type": "integer", "minimum": 1, "default": getattr(resource.pagination, "default", 20)}
    words = parameter.help or (parameter.label if parameter.label != parameter.name.replace("_", " ") else "")
    return made | ({"description": words} if words else {})


_QUERY = {
    "integer": {"type": "integer", "minimum": 0}, "number": {"type": "number"}, "boolean": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"}, "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"}, "time": {"type": "string", "format": "time"},
}  # fmt: skip


def _body(components: Components, target: Target, method: str) -> dict | None:
    what = target.schema("request", method)
    if method in SAFE_METHODS or method == "DELETE" or what is None:
        return None
    schema = components.described(what, PATCHED if method == "PATCH" else REQUEST)
    is_upload = target.resource is not None and target.action is None and target.resource.takes_files
    if is_upload:
        kinds = (MULTIPART, JSON) if method == "PATCH" else (MULTIPART,)
    else:
        kinds = (JSON, FORM, MULTIPART)
    return {"required": method != "PATCH", "content": {kind: {"schema": schema} for kind in kinds}}


def _responses(components: Components, target: Target, method: str) -> dict:
    made: dict = {}
    if method == "DELETE" and target.kind == "detail":
        made["204"] = {"description": "It is deleted."}
    else:
        is_new = method == "POST" and target.kind == "list"
        made["201" if is_new else "200"] = {
            "description": "The new row." if is_new else "The answer.",
            "content": {JSON: {"schema": _answer(components, target, method)}},
        }
    refusals = {"406": "NotAcceptable"}
    if method not in SAFE_METHODS or target.kind == "list":
        refusals["400"] = "BadRequest"
    if not target.authenticates:
        refusals["401"] = "Unauthorized"
    if target.authenticates:
        refusals["403"] = "Forbidden"
    if target.kind == "detail" or (target.action and target.action.detail):
        refusals["404"] = "NotFound"
    limits = target.throttle
    if isinstance(limits.get(method) or limits.get(target.kind), str | Limit):
        refusals["429"] = "TooManyRequests"
    return made | {status: {"$ref": f"#/components/responses/{name}"} for status, name in sorted(refusals.items())}


def _answer(components: Components, target: Target, method: str) -> dict:
    what = target.schema("response", method)
    if target.kind == "list" and method == "GET":
        return components.page(what, target.resource.pagination.counts)
    if target.action is not None and target.action.many and what is not None:
        return {"type": "array", "items": components.described(what)}
    if target.kind == "root":
        return {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
    return components.described(what, ANSWER)


def _security(target: Target, method: str) -> list[dict]:
    if not target.authenticates:
        return []
    schemes = [{name: []} for name in SECURITY]
    return [*schemes, {}] if target.access.rule(method)(None) else schemes


def _register_shared(spec) -> None:
    for name, scheme in SECURITY.items():
        spec.components.security_scheme(name, scheme)
    spec.components.schema("Refusal", _ERROR)
    spec.components.schema("Invalid", _INVALID)
    for name, (about, schema) in _REFUSALS.items():
        # flask-smorest registers answers of its own under names of HTTP statuses: ours are the documented ones.
        content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
        spec.components.response(name, {"description": about, "content": content})
