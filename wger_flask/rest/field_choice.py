"""Answer with the fields alone that a client asks for: ``?fields=name,date``."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from .errors import Invalid
from .filtering.lookups import Parameter
from .resource import Resource
from .serialization import Dumper, partial_dumper

FIELDS = "fields"
_LONGEST = 100  # letters of an unknown name that are said again


def dumper_for(resource: Resource, args: MultiDict[str, str]) -> Dumper:
    """Return what dumps the fields of ``resource`` that the query ``args`` ask for, all where they name none.

    Raises :class:`~.errors.Invalid` (400) for names of no field.
    """
    if FIELDS not in args or FIELDS in resource.filter_set.by_param:
        return resource.dump
    named = [name.strip() for text in args.getlist(FIELDS) for name in text.split(",")]
    wanted = dict.fromkeys(name for name in named if name)
    if not wanted:
        return resource.dump
    if unknown := [name for name in wanted if name not in resource.dump.fields]:
        raise Invalid({FIELDS: [f"“{name[:_LONGEST]}” is no field." for name in unknown]})
    return partial_dumper(resource.schema, resource.model, frozenset(wanted))


def parameter(resource: Resource) -> Parameter | None:
    """Return the query parameter, None where a filter of the resource has its name."""
    if FIELDS in resource.filter_set.by_param:
        return None
    names = tuple((field.data_key or name,) * 2 for name, field in resource.schema().dump_fields.items())
    label = "the fields to answer with, all unless given; the answer then lacks all others, required ones too"
    return Parameter(FIELDS, label, help="comma-separated", choices=names)
