"""Every way of asking for every row, as everybody: who may not gets nothing, and nothing is written.

What may be asked is made from the registry: lists, rows and computed endpoints, every method, every format of answers,
forms that override the method, lists of rows, events, and uploads of offline clients.  Who may is what the declarations
say, and rows with an owner are that owner's alone.  A row of grace's carries a mark in every text, so that any part of
it that leaks is seen; statements that write are seen as they are sent to the database.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from ...auth.identity import by_id
from ...auth.models import ContentType, Permission, Token, User, user_permissions
from ...auth.passwords import UNUSABLE
from ...rest import deletion
from ...rest.fields.computed import File
from ...rest.permissions import SAFE_METHODS
from ...storage.database import transaction
from ...storage.model import key_of, label_of, table_of
from ..rows import mark
from ..server import key_of as token_of
from .conftest import made_of

MARK = "zq7marked"
DOOR = "/api/v2/upload-powersync-data"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE")
EVENTS = "events/"
FORMATS = ("api", "csv", "ndjson", "xlsx")
OTHERS = ("nobody", "inactive", "linus", "editor", "ada")
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE)\b", re.IGNORECASE)


@pytest.fixture
def users(people, registry):
    """Everybody by name: the three people, a member of the staff with every permission, and one who is shut out."""
    given = {"editor": {"is_staff": True}, "inactive": {"is_active": False}}
    found = {name: people[name] for name in ("ada", "grace", "linus")}
    with transaction():
        for name, flags in given.items():
            found[name] = User.create(username=name, password=UNUSABLE, **flags)
            Token.create(key=token_of(name), user=found[name])
        for label in sorted({label_of(resource.model) for resource in registry}):
            app, model = label.split(".")
            kind, _ = ContentType.get_or_create(app_label=app, model=model)
            for does in ("add", "change", "delete"):
                permission, _ = Permission.get_or_create(
                    content_type=kind, codename=f"{does}_{model}", defaults={"name": does}
                )
                user_permissions.through.create(user=found["editor"], permission=permission)
    return {"nobody": None, **{name: by_id(user.id) for name, user in found.items()}}


@pytest.fixture
def asking(api, queries):
    """Return a function that asks as a user, and gives the answer with the statements that wrote."""

    def ask(name: str, method: str, path: str, body=None, **options):
        del queries[:]
        client = api(None if name == "nobody" else name)
        answer = client.open(method, path, **_sent(body), **options)
        return answer, [sql for sql in queries if _WRITES.match(sql)]

    return ask


def _sent(body) -> dict:
    """Return how a body goes: as JSON, or as a form where it has a file."""
    if body is None or isinstance(body, list) or not any(isinstance(value, bytes) for value in body.values()):
        return {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    form = {
        name: (BytesIO(value), "a.png", "image/png") if isinstance(value, bytes) else str(value)
        for name, value in body.items()
        if value is not None and not isinstance(value, dict)
    }
    return {"data": form, "content_type": "multipart/form-data"}


@pytest.fixture
def row(resource, rows, people):
    """The key of a row of grace's whose texts, and those of the rows between it and her, have the mark in them."""
    found = resource.model.get_by_id(rows[0])
    marked = [found]
    for name in resource.owner.path[:-1] if resource.owner else ():
        marked.append(getattr(marked[-1], name))
    with transaction():
        for each in marked:
            mark(each, MARK, resource.only)
            each.save()
    return rows[0]


def bodies(resource, shown: dict) -> dict:
    """Return what would be written: the row as it is shown, and a file where one is taken."""
    picture = BytesIO()
    Image.new("RGB", (8, 8), "orange").save(picture, "PNG")
    found: dict[str, object] = {}
    for name, field in resource.schema().load_fields.items():
        if isinstance(field, File):
            found[field.data_key or name] = picture.getvalue()
        elif (field.data_key or name) in shown:
            value = shown[field.data_key or name]
            found[field.data_key or name] = "of somebody else" if value == MARK else value
    found.pop("id", None)
    return found


def places(resource, key) -> list[tuple[str, bool, object]]:
    """Return the addresses below a resource, whether each is about the row, and the access rules of each."""
    found = [(f"{resource.name}/", False, resource.rules), (f"{resource.name}/{key}/", True, resource.rules)]
    for action in (*resource.actions, *filter(None, (deletion.action_of(resource),))):
        below = f"{resource.name}/{key}/" if action.detail else f"{resource.name}/"
        found.append((f"{below}{action.path.strip('/')}/", action.detail, action.access or resource.rules))
    return found


def ways(path: str, method: str, body: dict | None, all_of_them: bool) -> list[tuple[str, str, dict | None, dict]]:
    """Return the ways of asking the same: JSON, a page, and a form of a page that says which method it means."""
    page: dict[str, dict] = {"headers": {"Accept": "text/html"}}
    found: list[tuple[str, str, dict | None, dict]] = [(method, path, body, {})]
    if method == "GET" and all_of_them:
        found += [("GET", f"{path.rstrip('/')}.json", None, {}), ("GET", path, None, page)]
        found += [("GET", f"{path}?format={name}", None, {}) for name in FORMATS]
    if method in ("PATCH", "DELETE") and all_of_them:
        form = {"_method": method, **{name: value for name, value in (body or {}).items() if isinstance(value, str)}}
        found.append(("FORM", path, form, page))
    return found


def test_who_may_not_gets_nothing_and_writes_nothing(app, asking, resource, row, users, registry):
    shown, _ = asking("grace", "GET", f"{resource.name}/{row}/")
    body = bodies(resource, shown.json or {})
    private = resource.owner is not None and resource.visible is None
    for path, _, _ in places(resource, row):
        asking("grace", "GET", path)  # so that there is something to be kept, and given to another user
    for name in OTHERS:
        may_see = not private and resource.rules.read(users[name]) or is_shared(registry, resource, row, users[name])
        for path, about_row, access in places(resource, row):
            for method in METHODS:
                sent = body if method not in SAFE_METHODS and method != "DELETE" else None
                allowed = name != "inactive" and access.rule(method)(users[name])
                if allowed and method not in SAFE_METHODS and not private:
                    continue  # everybody's row would go
                for how, where, content, options in ways(path, method, sent, name in ("nobody", "linus")):
                    answer, written = _ask(asking, name, how, where, content, options)
                    told = (name, how, method, where, answer.status_code, written)
                    assert answer.status_code < 500, told
                    assert may_see or MARK not in text_of(answer), told
                    if method == "OPTIONS" or allowed and not (private and about_row):
                        continue
                    assert 400 <= answer.status_code < 500, told
                    assert not written, told
    assert resource.model.get_or_none(key_of(resource.model) == row) is not None


def text_of(answer) -> str:
    """Return the text of an answer, of all parts of a workbook."""
    if not answer.data.startswith(b"PK"):
        return answer.text
    with ZipFile(BytesIO(answer.data)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


def is_shared(registry, resource, row, user) -> bool:
    """Tell whether a resource of the same table shows the row to more than its owner, as it declares."""
    shows = [other for other in registry if other.model is resource.model and (other.visible or other.owner is None)]
    return any(other.rules.read(user) and row in other.visible_to(user).keys() for other in shows)


def _ask(asking, name, how, where, content, options):
    if how != "FORM":
        return asking(name, how, where, content, **options)
    return asking(name, "POST", where, data=content, content_type="application/x-www-form-urlencoded", **options)


def test_uploads_of_others_leave_a_row_as_it_is(asking, resource, row, people):
    """Uploads are answered 200 whatever becomes of them, so the row is looked at."""
    if resource.owner is None:
        pytest.skip("these have no owner")
    shown, _ = asking("grace", "GET", f"{resource.name}/{row}/")
    sent = {name: value for name, value in bodies(resource, shown.json).items() if not isinstance(value, bytes)}
    before = _stored(resource, row)
    for name in (None, "linus", "ada"):
        for method in ("PUT", "PATCH", "DELETE"):
            body = {"table": table_of(resource.model), "data": {**sent, "id": str(row)}}
            answer, _ = asking(name or "nobody", method, DOOR, body)
            assert answer.status_code == (403 if name is None else 200), (name, method, answer.text)
            assert MARK not in answer.text
            assert _stored(resource, row) == before, (name, method, answer.text)


def test_lists_of_rows_of_others_leave_a_row_as_it_is(asking, resource, row, users):
    """Where clients choose keys, a row of a list takes the place of the one with its key: of one of their own."""
    if resource.owner is None or "POST" not in resource.methods:
        pytest.skip("no user writes these")
    shown, _ = asking("grace", "GET", f"{resource.name}/{row}/")
    body = bodies(resource, shown.json or {})
    if any(isinstance(value, bytes) for value in body.values()):
        pytest.skip("a list has no files")
    before = _stored(resource, row)
    for name in OTHERS:
        answer, written = asking(
            name, "POST", f"{resource.name}/", [{**body, "id": str(row)}, {**body, "id": str(row)}]
        )
        told = (name, answer.status_code, answer.text[:300], written)
        assert answer.status_code < 500 and MARK not in answer.text, told
        assert name not in ("nobody", "inactive") or answer.status_code == 403 and not written, told
        assert _stored(resource, row) == before, told


def test_events_tell_no_user_of_rows_of_others(asking, registry, resource, people, users):
    if resource.owner is None or resource.name not in registry.names_of_synced.values():
        pytest.skip("there are no events of these for one user alone")
    cursors = {}
    for name in (*OTHERS, "grace"):
        answer, _ = asking(name, "GET", EVENTS)
        if name in ("nobody", "inactive"):
            assert answer.status_code == 403, (name, answer.text)
        else:
            cursors[name] = answer.json["cursor"]
    made_of(resource, people["grace"], 1)
    for name, cursor in cursors.items():
        answer, _ = asking(name, "GET", f"{EVENTS}?limit=1000&since={cursor}")
        told = {event["resource"] for event in answer.json["results"]}
        assert (resource.name in told) is (name == "grace"), (name, answer.text)


def _stored(resource, row) -> dict:
    """Return a row as the database has it."""
    return resource.model.select().where(key_of(resource.model) == row).dicts().get()
