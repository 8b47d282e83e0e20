"""``/user/import``: bring a file of another app, look through what it would become, import it, take it back.

What was read from a file is kept as a draft until it is imported; everybody has one at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask import Response, flash, g, request, url_for

from wger_flask.api import Selection, equals, logged_in, services, title_of, transaction
from wger_flask.auth.page_parts import on, page, show, show_again
from wger_flask.rest.errors import Throttled

from .choices import RememberedChoices
from .drafts import pack, unpack
from .errors import ImportRefused
from .importing import FileRead, formats, import_records, options_for, person_of, plans_for, read_file
from .models import DRAFT, ImportRun
from .runs import Changed, UndoRefused, last_run, undo
from .stores.plan import LEAVE_OUT, Named, Plan

MOST_RECORDS = 50_000
SCOPE, RATE = "import", "60/hour"  # files: reading one takes seconds
_NAMES, _REMARKS, _RUNS, _UNREAD = 300, 50, 10, 10  # shown
_LONGEST = 200
_LATER = "later"
_OPTIONS: dict[str, dict[str, tuple[str, Any]]] = {
    "weight_unit": {"kg": ("kilograms", "kg"), "lb": ("pounds", "lb")},
    "distance_unit": {"km": ("kilometres", "km"), "mi": ("miles", "mi")},
    "decimal_comma": {"comma": ("a comma: 80,5", True), "point": ("a point: 80.5", False)},
    "day_first": {"day": ("the day first: 31/12/2024", True), "month": ("the month first: 12/31/2024", False)},
}


@page("/user/import", takes_files=True, access=logged_in)
def import_file() -> Response:
    """Bring a file that another app exported."""
    if request.method != "POST":
        return _start()
    try:
        services().throttle.demand(SCOPE, f"user-{g.user.id}")
    except Throttled as wrong:
        return show_again("import", wrong, **_told_at_start())
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start({"file": ["Choose a file."]})
    chosen = {
        name: choices[request.form[name]][1] for name, choices in _OPTIONS.items() if request.form.get(name) in choices
    }
    format = request.form.get("format", "")
    try:
        options = options_for(g.user.id, **chosen)
        read = read_file(cast(Any, sent.stream), sent.filename, format, options, MOST_RECORDS)
    except ImportRefused as refused:
        return _start({"file": [f"Nothing was imported: {refused}."]})
    return on(url_for("account.look_through_import", key=_keep(read).id))


def _start(errors: dict[str, Any] | None = None, status: int = 0) -> Response:
    return show("import", errors, status, **_told_at_start())


def _told_at_start() -> dict[str, Any]:
    runs = list(
        Selection(ImportRun, (equals(ImportRun.user, g.user.id),), ("-id",)).rows(
            ("id", "format", "file_name", "created", "state", "rows"), _RUNS
        )
    )
    last, known = last_run(g.user.id), formats()
    return {
        "formats": known,
        "runs": [run for run in runs if run[4] != DRAFT],
        "last": last and last.id,
        "labels": {name: format.label for name, format in known.items()},
        "options": _OPTIONS,
    }


def _keep(read: FileRead) -> ImportRun:
    with transaction():
        ImportRun.delete().where((ImportRun.user == g.user.id) & (ImportRun.state == DRAFT)).execute()
        return ImportRun.create(
            user=g.user.id, format=read.format.name, checksum=read.checksum, file_name=read.name[-_LONGEST:],
            state=DRAFT, draft=pack(read.records, read.unread),
        )  # fmt: skip


@page("/user/import/<key>", access=logged_in)
def look_through_import(key: str) -> Response:
    """Look through what a file would become, say what names in it are, and import it."""
    draft = _draft(key)
    if draft is None:
        return _start({"form": ["There is no such file any more: send it again."]}, status=404)
    read = FileRead(formats()[draft.format], draft.checksum, draft.file_name, *unpack(draft.draft))
    person = person_of(g.user.id)
    if request.method != "POST":
        return _plans(draft, read, plans_for(person, read.records, RememberedChoices(person.id)))
    names = _names_in(plans_for(person, read.records, RememberedChoices(person.id)))
    choices = RememberedChoices(person.id, _chosen(names))
    if request.form.get("action") != "import":
        searches = {
            named.name: text
            for place, named in enumerate(names)
            if (text := request.form.get(f"search-{place}", "").replace("\0", "").strip()[:_LONGEST])
        }
        return _plans(draft, read, plans_for(person, read.records, choices, searches), searches)
    run, plans = import_records(person, read, choices, draft)
    flash(" ".join(_told(plan) for plan in plans) if run else "Nothing new was in the file.")
    return on(url_for("account.import_file"))


def _draft(key: str) -> ImportRun | None:
    """Return the user's draft with this key; None where it was imported, replaced, or another one's."""
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
    of_user = equals(ImportRun.id, number), equals(ImportRun.user, g.user.id), equals(ImportRun.state, DRAFT)
    found = Selection(ImportRun, of_user).first()
    return found if isinstance(found, ImportRun) and found.format in formats() else None


def _names_in(plans: Sequence[Plan]) -> list[Named]:
    """Return the names that the page asks about, those first that match nothing."""
    names = [named for plan in plans for named in plan.names]
    return sorted(names, key=lambda named: named.target is not None)[:_NAMES]


def _chosen(names: Sequence[Named]) -> dict[tuple[str, str], str]:
    """Return what the form says that names are; what it leaves as it was is no choice."""
    given: dict[tuple[str, str], str] = {}
    by_place = {str(number): named for number, named in enumerate(names)}
    for place, named in by_place.items():
        target = request.form.get(f"target-{place}")
        if target in (None, _LATER) or target == named.target or len(target) > 40 or "\0" in target:
            continue
        given[named.kind, named.name] = LEAVE_OUT if target == "leave-out" else target
    return given


def _plans(draft: ImportRun, read: FileRead, plans: Sequence[Plan], searches: dict[str, str] | None = None) -> Response:
    names = _names_in(plans)
    return show(
        "import_plan", draft=draft, format=read.format, plans=plans, names=names, searches=searches or {},
        more_names=sum(len(plan.names) for plan in plans) - len(names),
        remarks=[remark for plan in plans for remark in plan.remarks][:_REMARKS],
        unread=read.unread[:_UNREAD], more_unread=max(0, len(read.unread) - _UNREAD),
        more_remarks=max(0, sum(len(plan.remarks) for plan in plans) - _REMARKS),
    )  # fmt: skip


def _told(plan: Plan) -> str:
    told = f"{plan.new} {plan.label} were imported"
    if plan.known:
        told += f"; imported before: {plan.known}"
    return told + (f"; left out for their names: {plan.skipped}." if plan.skipped else ".")


@page("/user/import/undo", methods=("POST",), access=logged_in)
def undo_import() -> Response:
    """Take the last import back."""
    run = last_run(g.user.id)
    if run is None or str(run.id) != request.form.get("run"):  # another page has done it meanwhile
        return on(url_for("account.import_file"))
    changed = request.form.get("changed", "refuse")
    try:
        gone = undo(run, cast(Changed, changed if changed in ("keep", "delete") else "refuse"))
    except UndoRefused as refused:
        told = [(title_of(model), f"{count} changed since") for model, count in refused.changed.items()]
        told += [(title_of(model), f"{count} added since") for model, count in refused.dependants.items()]
        return show("import_undo", run=run, told=told, status=409)
    flash(f"The import is taken back: {sum(gone.values())} rows are gone.")
    return on(url_for("account.import_file"))
