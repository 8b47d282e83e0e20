"""The filter form of a list, built from what its filters say about themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from ..rest.filtering import lookups
from ..rest.filtering.lookups import Parameter
from .cells import label
from .controls import Control
from .display_names import names_of
from .error_texts import sentences
from .row_picker import KEPT
from .urls import with_args
from .widgets import number_keys, offer, show_moment

_INPUTS = {"date": "date", "time": "time", "date-time": "datetime-local"}
_SUFFIXES = tuple(
    f"__{item.suffix}" for item in (lookups.one_of, lookups.gt, lookups.gte, lookups.lt, lookups.lte, lookups.on_date)
)
_KEPT = ("ordering", "limit", "format", *KEPT)


@dataclass(slots=True)
class Group:
    """The parameters that narrow one thing, such as a date from and to."""

    label: str
    controls: list[Control] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use: what it says, and the query without it."""

    text: str
    url: str


@dataclass(slots=True)
class FilterForm:
    """All groups; ``kept`` are parameters that are no filters and stay as they are."""

    groups: list[Group]
    kept: list[tuple[str, str]]
    active: int
    chips: list[Chip] = field(default_factory=list)


def filter_form(
    parameters: Iterable[Parameter],
    args: MultiDict,
    errors: Mapping,
    user,
    labels: Mapping | None = None,
    kept: Iterable[str] = (),
) -> FilterForm:
    """Return the form of ``parameters``, filled from ``args``.

    ``labels`` are those of known fields, ``kept`` parameters that are no filters and stay as they are.
    """
    labels = labels or {}
    groups: dict[str, Group] = {}
    chips: list[Chip] = []
    in_use: set[str] = set()
    for parameter in parameters:
        base = _base(parameter.name)
        group = groups.setdefault(base, Group(_called(parameter, base) or labels.get(base) or label(base)))
        control = _control(parameter, base, args, sentences(errors.get(parameter.name)), user)
        group.controls.append(control)
        in_use |= {parameter.name} if any(args.getlist(parameter.name)) else set()
        chips += _chips(parameter, group.label, control, args, user)
    for group in groups.values():
        if len(group.controls) == 1 and (words := group.controls[0].label.removeprefix("is")):
            group.label += words if group.controls[0].label != words and not group.controls[0].options else ""
    stays = [(name, value) for name, value in args.items(multi=True) if name in (*_KEPT, *kept)]
    return FilterForm(list(groups.values()), stays, len(in_use), chips)


def _chips(parameter: Parameter, label: str, control: Control, args: MultiDict, user) -> Iterable[Chip]:
    """Return what says that ``parameter`` narrows the list, once for each value that does."""
    values = [value for value in args.getlist(parameter.name) if value]
    words = f" {control.label}" if control.label.startswith("is ") else ":"
    names = dict(control.options)
    if control.widget == "ticks" and not parameter.several:
        said = ", ".join(names[value] for value in control.value)
        if said:
            yield Chip(f"{label}{words} {said}", with_args(args, **{parameter.name: None, "offset": None}))
        return
    if parameter.model is not None and not names:
        names = names_of(parameter.model, values, user)
    for value in values if parameter.several else values[-1:]:
        rest = MultiDict(
            [
                (name, text)
                for name, text in args.items(multi=True)
                if name != "offset" and (name != parameter.name or parameter.several and text != value)
            ]
        )
        text = names.get(value) or value
        yield Chip(f"{label}{words} {text}", with_args(rest))


def _called(parameter: Parameter, base: str) -> str:
    """Return the label that a filter gives itself, nothing where it is made of the parameter's name."""
    own = not parameter.label.startswith(base.replace("_", " ")) and base == parameter.name
    return label(parameter.label) if own else ""


def _base(name: str) -> str:
    ending = next((suffix for suffix in _SUFFIXES if name.endswith(suffix)), "")
    return name.removesuffix(ending)


def _control(parameter: Parameter, base: str, args: MultiDict, errors: list[str], user) -> Control:
    value = (args.getlist(parameter.name) or [""])[-1]
    words = parameter.label.removeprefix(base.replace("_", " ")).strip() or "is"
    made = Control(parameter.name, words, hint=parameter.help, value=value, errors=errors)
    several = parameter.help == "comma-separated"
    if parameter.choices and several:
        chosen = {part.strip() for text in args.getlist(parameter.name) for part in text.split(",")}
        made.widget, made.options, made.hint = "ticks", list(parameter.choices), ""
        made.value = [value for value, _ in parameter.choices if value in chosen]
    elif parameter.choices:
        made.widget, made.options = "select", [("", "any"), *parameter.choices]
    elif parameter.model is not None and not several:
        offer(made, parameter.model, user)
        if made.widget == "select" and parameter.several:
            made.widget, made.value, made.hint = "ticks", args.getlist(parameter.name), ""
        elif made.widget == "select":
            made.options = [("", "any"), *made.options]
    elif not several:
        made.type = "date" if parameter.name.endswith("__date") else _INPUTS.get(parameter.kind, "text")
        if parameter.kind in ("integer", "number"):
            made.attributes["inputmode"] = number_keys(parameter.is_whole or parameter.kind == "integer")
        if made.type == "time":
            made.attributes["step"] = "1"
        elif made.type == "datetime-local":
            show_moment(made, value)
        if errors:  # a browser would not show what it cannot parse
            made.type, made.value = "text", value
    return made
