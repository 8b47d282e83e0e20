"""Everything that a subject or a plugin builds with, in one import.

This is the public face of the kit: what is not here is internal to the kit and may change.
``docs/adding-a-resource.md`` and ``docs/plugins.md`` walk through it.
"""

from __future__ import annotations

from peewee import Case, fn

from . import models
from .auth.accounts import account_named, request_verification
from .auth.models import User
from .auth.trust import has_verified
from .auth.zones import zone_of
from .imports.errors import ImportRefused
from .imports.formats import ImportFormat
from .imports.options import ImportOptions
from .imports.records import BodyMeasurement, FoodDiaryEntry, WorkoutSet
from .imports.source import ImportSource
from .rest import fields
from .rest.actions import Action, Deprecation, Hooks
from .rest.answer_cache import keep_for, keep_not
from .rest.blueprint import Endpoints
from .rest.bodies import FormData
from .rest.call import Call
from .rest.context import Context, current_context
from .rest.cursor import Cursor
from .rest.deletion import HistoryDeletionSchema, Presence, Truth, told
from .rest.errors import ApiError, Forbidden, Invalid, NoMatch, NotAuthenticated, NotFound, NotYours, ParseError
from .rest.fields.computed import Batch, Computed, File
from .rest.fields.nested import Child, Children, Members, Nested
from .rest.fields.nested_input import Items
from .rest.fields.references import Key, Keys
from .rest.filtering.filter_set import FilterSet
from .rest.filtering.filters import BooleanFilter, Filter
from .rest.filtering.lookups import Compare, Lookup, Parameter, compared, exact, gt, gte, lt, lte, on_date, one_of
from .rest.filtering.values import Rejected
from .rest.former import FormerFields
from .rest.ownership import Ownership, owned_by
from .rest.permissions import Access, anyone, having, logged_in, private, public
from .rest.registry import RegistrationError, Registry
from .rest.renderers import part_encoder
from .rest.resource import READ, WRITE, Resource
from .rest.schema import Schema, load
from .rest.serialization import dump_held, dumper
from .rest.services import services
from .rest.storing import store
from .rest.throttling import Limit
from .rest.timezone import active_zone, midnight, server_zone, today, zone_named, zone_names
from .rest.uploads import ImageFile, VideoFile, delete_rows, move_file
from .storage import alter, columns
from .storage.bulk import upsert
from .storage.cascade import delete, dependants
from .storage.database import advisory_lock, after_commit, transaction
from .storage.history import history, record, versions
from .storage.latest import latest
from .storage.links import link, links_of
from .storage.model import (
    Model,
    clashes_of,
    columns_of,
    decode,
    encode,
    history_of,
    key_of,
    ordering_of,
    references_of,
    table_of,
    title_of,
)
from .storage.name_search import search
from .storage.predicates import NOTHING, Clause, along, any_of, equals, pad, within
from .storage.query import Selection, which_exist
from .storage.ranking import ranks
from .storage.signals import tell_replaced
from .storage.value_series import BUCKETS, Total, ValueCount, ValueSeries
from .storage.write_transaction import insert, update
from .web.cells import Cell
from .web.charts.bars import Amount, bar_chart
from .web.charts.heatmap import heatmap
from .web.charts.line import line_chart, lines_chart
from .web.controls import Control
from .web.display_names import know_names, loaded_names
from .web.language_choice import preferred
from .web.views import Shown, View

__all__ = [
    "NOTHING", "READ", "WRITE", "Access", "Action", "Amount", "ApiError", "Batch", "Call", "Case", "Child", "Children",
    "Clause", "Computed", "Context", "Cursor", "Deprecation", "Endpoints", "File", "Filter", "FilterSet", "Forbidden",
    "FormData", "HistoryDeletionSchema", "Hooks", "ImageFile", "Invalid", "Items", "Key", "Keys", "Limit", "Lookup",
    "Members", "Model", "Nested", "NoMatch", "NotAuthenticated", "NotFound", "NotYours", "Ownership", "Parameter",
    "ParseError", "Presence", "RegistrationError", "Registry", "Rejected", "Resource", "Schema", "Selection", "Shown",
    "Truth", "User", "VideoFile", "View", "account_named", "active_zone", "after_commit", "along", "alter",
    "anyone", "bar_chart",
    "columns", "compared", "current_context", "delete", "delete_rows", "dumper", "equals", "exact",
    "fields", "fn", "gt", "gte", "has_verified", "having", "heatmap", "history", "insert", "line_chart", "lines_chart",
    "keep_for", "keep_not", "know_names", "latest", "link", "load",
    "loaded_names", "logged_in", "lt", "lte", "midnight", "move_file", "on_date",
    "advisory_lock", "one_of", "owned_by", "pad", "preferred", "private", "public", "ranks", "record",
    "request_verification",
    "search", "server_zone", "services", "store", "today", "told", "transaction", "update", "versions", "any_of",
    "BooleanFilter", "which_exist", "within", "zone_named", "zone_names", "zone_of",
    "models", "FormerFields", "Compare",
    "Cell", "Control", "BUCKETS", "Total", "ValueCount", "ValueSeries", "upsert",
    "clashes_of", "columns_of", "decode", "dump_held", "encode", "history_of", "key_of", "links_of", "ordering_of",
    "references_of", "table_of", "tell_replaced", "title_of",
    "BodyMeasurement", "FoodDiaryEntry", "ImportFormat", "ImportOptions", "ImportRefused", "ImportSource", "WorkoutSet",
    "dependants", "part_encoder",
]  # fmt: skip
