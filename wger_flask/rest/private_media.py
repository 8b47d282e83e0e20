"""Say whose a file is, where files of users are theirs alone: the setting ``WGER_PRIVATE_MEDIA``.

Which files are of users follows from what is declared: those in the folders into which resources whose rows have an
owner store what is uploaded, such as ``gallery/``.  There, a file is given to whom a row that names it is shown, and
no other: a file that no row names is no user's.  All other files are for all clients.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import PurePosixPath

from flask import Request, Response

from ..media import thumbnails
from ..storage.model import columns_of
from ..storage.predicates import any_of
from .errors import NotAuthenticated, NotFound
from .permissions import User
from .registry import Registry
from .resource import Resource
from .services import services
from .uploads import UploadField


def is_private(name: str) -> bool:
    """Tell whether a file lies in a folder of files that belong to users, and these are given to them alone."""
    return services().settings.WGER_PRIVATE_MEDIA and _top(name) in _folders(services().registry)


def demand_reader(request: Request, name: str) -> None:
    """Raise :class:`NotAuthenticated` or :class:`NotFound` unless the file may be given to who sends ``request``.

    Broken credentials are refused as everywhere.  Nothing is said of whether there is such a file.
    """
    if not is_private(name):
        return
    user = services().authenticate(request)
    if user is None:
        raise NotAuthenticated()
    if not any(_shows(resource, column, name, user) for resource, column in _folders(services().registry)[_top(name)]):
        raise NotFound()


def mark(response: Response, name: str) -> None:
    """Let no cache keep a private file without asking again, nor show it on a page of another site."""
    if is_private(name):
        response.cache_control.no_cache, response.cache_control.max_age = True, None
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.vary.update(("Authorization", "Cookie"))


def _top(name: str) -> str:
    return name.partition("/")[0].lower()  # there are disks to which letters of either case are the same


@lru_cache(1)
def _folders(registry: Registry) -> dict[str, list[tuple[Resource, str]]]:
    """Return, for each folder of files of users, the resources that store files there, and the column that names them.

    ``gallery/3`` is in the folder ``gallery``: what a resource makes of a row's values stands further down.
    """
    found: dict[str, list[tuple[Resource, str]]] = defaultdict(list)
    for resource in registry:
        for name, field in resource.schema().load_fields.items() if resource.owner else ():
            if isinstance(field, UploadField):
                found[_top(field.folder(defaultdict(str)))].append((resource, field.attribute or name))
    return found


def _shows(resource: Resource, column: str, name: str, user: User) -> bool:
    """Tell whether a resource shows ``user`` a row that names the file, or the picture of which it is a thumbnail."""
    if not resource.rules.read(user):
        return False
    endings = (thumbnails.name_of("", box) for box in thumbnails.SIZES.values())
    names = [name, *(name.removesuffix(ending) for ending in endings if PurePosixPath(name).name != ending)]
    return resource.visible_to(user).where(any_of(columns_of(resource.model)[column], names)).exists()
