"""Everything that a subject or a plugin builds with, in one import.

This is the public face of the kit: what is not here is nobody's business but the kit's.
``docs/adding-a-resource.md`` and ``docs/plugins.md`` walk through it.
"""

from __future__ import annotations

from .auth.models import User
from .rest import fields
from .rest.blueprint import Endpoints
from .rest.clock import moment_reader, server_zone, today
from .rest.context import Context, current_context
from .rest.errors import ApiError, Detailed, Forbidden, Invalid, NoMatch, NotAuthenticated, NotFound
from .rest.filters import (
    Filter,
    Lookup,
    Parameter,
    compared,
    exact,
    gt,
    gte,
    lt,
    lte,
    on_date,
    one_of,
)
from .rest.ownership import Ownership, owned_by
from .rest.pagination import LimitOffset
from .rest.permissions import Access, anyone, having, logged_in, private, public
from .rest.relations import Batch, Children, Computed, File, Key, Keys, Members, Nested
from .rest.resource import READ, WRITE, Action, Hooks, Resource
from .rest.schema import Schema, load
from .rest.values import Rejected
from .rest.views import Call, store
from .storage.database import after_commit, transaction
from .storage.model import Model
from .storage.selection import Clause, Selection, equals, within

__all__ = [
    "READ", "WRITE", "Access", "Action", "ApiError", "Batch", "Call", "Children", "Clause", "Computed", "Context",
    "Detailed", "Endpoints", "File", "Filter", "Forbidden", "Hooks", "Invalid", "Key", "Keys", "LimitOffset", "Lookup",
    "Members", "Model", "Nested", "NoMatch", "NotAuthenticated", "NotFound", "Ownership", "Parameter", "Rejected",
    "Resource", "Schema", "Selection", "User", "after_commit", "anyone", "compared", "current_context", "equals",
    "exact", "fields", "gt", "gte", "having", "load", "logged_in", "lt", "lte", "moment_reader", "on_date", "one_of",
    "owned_by", "private", "public", "server_zone", "store", "today", "transaction", "within",
]  # fmt: skip
