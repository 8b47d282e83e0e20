"""``/healthz`` and ``/readyz``, which those ask who start, stop and balance servers.

The first says that the process answers, and looks at nothing else: who restarts what it does not answer would gain
nothing from a restart while the database is away.  The second says whether requests can be served.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from ..rest.registry import Registry
from ..rest.services import services
from . import readiness

HEALTH = "health"
ENDPOINTS = frozenset((f"{HEALTH}.Healthz", f"{HEALTH}.Readyz"))
"""What looks at the database by itself, or not at all."""


class AliveSchema(Schema):
    """The process answers."""

    status = fields.String(required=True, metadata={"description": "`ok`", "enum": ["ok"]})


class BackupSchema(Schema):
    """The last backup."""

    last = fields.DateTime(required=True, allow_none=True, metadata={"description": "When it was made, in UTC"})
    age = fields.Integer(required=True, allow_none=True, metadata={"description": "How many seconds ago that was"})
    status = fields.String(
        required=True,
        metadata={
            "enum": [readiness.OK, readiness.OVERDUE, readiness.FAILED, readiness.NONE],
            "description": "`overdue`: one should have been made; `failed`: the last one that was due was not made",
        },
    )


class ReadinessSchema(Schema):
    """Whether requests can be served, and for each part `ok` or what is wrong with it."""

    status = fields.String(required=True, metadata={"enum": ["ok", "unavailable"]})
    checks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "`database`, `migrations`, `media` and `disk`"},
    )
    backup = fields.Nested(
        BackupSchema,
        allow_none=True,
        required=True,
        metadata={"description": "The last backup, null where the database does not tell; of no effect on `status`"},
    )


def register(registry: Registry) -> None:
    """Register the two addresses."""
    registry.add_blueprint(_blueprint())


def _blueprint() -> Blueprint:
    health = Blueprint(HEALTH, __name__, description="Whether the server lives, and whether it can work.")

    @health.route("/healthz")
    class Healthz(MethodView):
        @health.response(200, AliveSchema)  # type: ignore[untyped-decorator]  # flask-smorest declares no types
        def get(self) -> Response:
            """Tell that the process answers

            Nothing else is looked at, not even the database.
            """
            return _answered({"status": "ok"}, 200)

    unavailable: Callable[[Callable[..., Response]], Callable[..., Response]] = health.alt_response(
        503, schema=ReadinessSchema, description="A part does not work: `checks` names it."
    )

    @health.route("/readyz")
    class Readyz(MethodView):
        @health.response(200, ReadinessSchema)  # type: ignore[untyped-decorator]  # as above
        @unavailable
        def get(self) -> Response:
            """Tell whether requests can be served

            Looks at the database, its migrations, the media folder and the room that is left on the disk, and says how
            old the last backup is.
            """
            found = services()
            checks = readiness.look(found.settings, found.registry)
            is_ready = all(told == readiness.OK for told in checks.values())
            told = {
                "status": "ok" if is_ready else "unavailable",
                "checks": checks,
                "backup": readiness.look_at_backups(found.settings),
            }
            return _answered(told, 200 if is_ready else 503)

    return health


def _answered(told: dict[str, Any], status: int) -> Response:
    response = jsonify(told)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
