"""``/user/data``: take everything out, bring it in, and take back what was brought in last."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request, url_for

from ..auth.page_parts import on, page, row_of_user, show, show_again
from ..imports import runs
from ..rest.errors import Throttled
from ..rest.mount import root_url
from ..rest.permissions import logged_in
from ..rest.services import services
from . import endpoints, importer
from .errors import Refused
from .rows import selection_of

IMPORT_RATE = "10/hour"
IMPORT_SCOPE = "import_user"


@page("/user/data", takes_files=True, access=logged_in)
def your_data() -> Response:
    """Take out what is yours, and bring in what you took out of another server."""
    if request.method != "POST":
        return _show()
    action = request.form.get("action", "")
    try:
        if action == "export":
            _count(endpoints.SCOPE)
            return endpoints.download(g.user.id, root_url(request))
        if action in ("look", "import"):
            _count(IMPORT_SCOPE)
            return _bring_in(dry_run=action == "look")
    except Throttled as wrong:
        return show_again("data", wrong, **_told())
    if action == "undo":
        return _undo()
    return _show({"form": ["Choose what to do."]})


def _count(scope: str) -> None:
    services().throttle.demand(scope, f"user-{g.user.id}")


def _bring_in(dry_run: bool) -> Response:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _show({"file": ["Choose the zip that you took out."]})
    try:
        report = importer.bring_in(
            sent.stream, g.user, sent.filename, dry_run=dry_run, leave_out="leave_out" in request.form
        )
    except Refused as wrong:
        return _show({"file": [str(wrong)]})
    if report.is_done and report.is_whole:
        flash("Everything is here now.")
    errors = {} if report.is_done or dry_run else {"form": ["Nothing was written: look through what cannot come."]}
    return _show(errors, report=report, is_look=dry_run)


def _undo() -> Response:
    run = runs.last_run(g.user.id)
    if run is None or str(run.id) != request.form.get("run"):
        return _show({"form": ["There is no such import any more."]})
    try:
        gone = runs.undo(run, "delete" if "changed" in request.form else "refuse")
    except runs.UndoRefused as wrong:
        return _show({"undo": [str(wrong)]})
    flash(f"The import is taken back: {sum(gone.values())} rows are gone.")
    return on(url_for("account.your_data"))


def _show(errors: dict[str, Any] | None = None, **values: Any) -> Response:
    return show("data", errors, **_told(), **({"report": None, "is_look": False} | values))


def _told() -> dict[str, Any]:
    counted = [(owned.name, selection_of(owned, g.user.id).count()) for owned in services().registry.owned]
    run = runs.last_run(g.user.id)
    return {
        "user": row_of_user(),
        "tables": [(name, number) for name, number in counted if number],
        "run": run if run is not None and run.format == importer.FORMAT else None,
    }
