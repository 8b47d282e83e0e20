"""The addresses that pages link to, all relative to the host that was asked."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from ..rest.mount import mount_of

API = "/api/v2"
BACK = "_next"
ASK, TELL, LAND = "_ask", "_tell", "_land"


def address(*parts) -> str:
    """Return the address of something in the API: ``address("exercise", 9)``."""
    inner = "/".join(quote(str(part), safe="") for part in parts)
    return f"{mount_of(request)}{API}/{inner}/" if inner else f"{mount_of(request)}{API}/"


def mounted(path: str) -> str:
    """Return the address of a ``path`` of the application, below the path at which the server is reached."""
    return mount_of(request) + path


def with_args(args: MultiDict, **changes) -> str:
    """Return the query string of ``args`` with some values replaced, or removed by None."""
    kept = {name: values for name, values in args.lists() if name not in changes}
    kept.update({name: [str(value)] for name, value in changes.items() if value is not None})
    return "?" + urlencode(kept, doseq=True)  # a bare "?" too: an empty address would keep the present query


def as_json(args: MultiDict, suffix: str = "") -> str:
    """Return the address of the current page's JSON, with the query ``args``."""
    path = request.path.removesuffix("/")
    path = f"{path.removesuffix('.' + suffix)}/" if suffix else request.path
    return f"{mount_of(request)}{path}{with_args(args, format='json')}"


def local_path(wanted: str | None, otherwise: str | None = None) -> str:
    """Return ``wanted`` if it is a path of this server, else ``otherwise``, the first page unless given.

    It leads nowhere else: neither to another host nor to what else this one serves.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or not wanted.isprintable():
        known = False
    elif mount := mount_of(request):
        path = unquote(wanted.partition("?")[0].partition("#")[0]).replace("\\", "/")
        known = f"{path}/".startswith(f"{unquote(mount)}/") and not {".", ".."} & set(path.split("/"))
    else:
        known = True
    if known and wanted:
        return wanted
    return mounted("/") if otherwise is None else otherwise


def way_back() -> str:
    """Return where a form was opened from and leads back to, nothing where that is not known."""
    return local_path(request.values.get(BACK), "")


def listed(name: str) -> list[str]:
    """Return the names that the parameter ``name`` lists, be it in the query or kept by a form."""
    return [part for part in request.values.get(name, "").split(",") if part]


def here() -> str:
    """Return the current address without its query, for forms that post to where they stand."""
    return mounted(request.path)


def present() -> str:
    """Return the current address with its query."""
    return mounted(request.full_path.removesuffix("?"))
