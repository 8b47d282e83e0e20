"""Show a value: by the field that describes it, else by what it looks like.

A :class:`Cell` says what kind of thing is shown; ``templates/_parts.html`` says how.  The class of a field names what
makes a cell of its values (:class:`..rest.fields.Field`), a function ``cell(field, value)``, and the registry has
them by name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from markupsafe import Markup

from ..rest.fields import Field
from ..rest.services import services
from ..storage.model import Model, key_of
from .display_names import names_of, plain_name
from .urls import address

_IMAGES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif")
_NAMED_BY = ("name", "title", "full_name", "username", "alias", "comment")
_SHORT, _FEW = 60, 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A value on a page; ``items`` are cells too, or pairs of a label and a cell."""

    kind: str
    text: str = ""
    url: str = ""
    items: tuple = ()


EMPTY = Cell("empty")


class Cells:
    """Turn values into cells; names of referenced rows are asked once for all ``rows``."""

    def __init__(self, schema, rows: list[dict], user, model: type[Model] | None = None):
        self.fields = {field.data_key or name: (name, field) for name, field in schema().dump_fields.items()}
        self.model, self.user = model, user
        self._names: dict[type[Model], dict[str, str]] = {}
        wanted: dict[type[Model], dict] = {}
        for key, (_, field) in self.fields.items():
            if kind_of_cell(field) in REFERENCES:
                for row in rows:
                    value = row.get(key)
                    referred = value if isinstance(value, list) else [value]
                    wanted.setdefault(field.model, {}).update(dict.fromkeys(key for key in referred if key is not None))
        for target, keys in wanted.items():
            self._names[target] = names_of(target, keys, user)

    def cell(self, key: str, value) -> Cell:
        """Return the cell of the field ``key``."""
        name, field = self.fields[key]
        if value is None or value == "" or value == []:
            return EMPTY
        if not isinstance(field, Field):  # one of marshmallow's own, as actions may have
            return guess(value)
        model = field.model_behind(name, self.model)
        if model is not None and field.cell in REFERENCES:
            cells = [self._reference(model, each) for each in (value if isinstance(value, list) else [value])]
            return Cell("list", items=tuple(cells)) if isinstance(value, list) else cells[0]
        if model is not None:
            return self._objects(model, value)
        described = field.shown
        return services().registry.cells[kind_of_cell(described)](described, value)

    def _reference(self, model: type[Model], key) -> Cell:
        resource = services().registry.of_model(model)
        if resource is None:
            return Cell("key", str(key))
        named = self._names.get(model, {}).get(str(key))
        return Cell("link", named or plain_name(resource, key), address(resource.name, key))

    def _objects(self, model: type[Model], value) -> Cell:
        if isinstance(value, list):
            return Cell("list", items=tuple(self._objects(model, item) for item in value if isinstance(item, dict)))
        resource, key = services().registry.of_model(model), value.get(key_of(model).name)
        if resource is None or key is None:
            return guess(value)
        return Cell("link", name_in(value) or plain_name(resource, key), address(resource.name, key))


def kind_of_cell(described) -> str:
    """Return the name of the cell of a field that says what values are, or of one of marshmallow's own."""
    return getattr(described, "cell", "plain")


def name_in(value: dict) -> str:
    """Return the name that an object carries, or nothing."""
    return next((str(value[key]) for key in _NAMED_BY if isinstance(value.get(key), str) and value[key]), "")


def guess(value) -> Cell:
    """Return the cell of a value that nothing describes."""
    if value is None or value == "" or value == [] or value == {}:
        return EMPTY
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        return Cell("number", str(value))
    if isinstance(value, list):
        return Cell("list", items=tuple(guess(item) for item in value[:_FEW]), text=_more(len(value) - _FEW))
    if isinstance(value, dict):
        if name := name_in(value):
            return Cell("text", name)
        return Cell("object", items=tuple((label(key), guess(item)) for key, item in value.items()))
    return _text(str(value))


def _choice(field, value) -> Cell:
    return Cell("text", field.choices.get(str(value), str(value)))


REFERENCES = ("reference", "references")  # cells with the names of rows, which are asked for once a page
CELLS = {
    "plain": lambda field, value: guess(value), "objects": lambda field, value: guess(value),
    "json": lambda field, value: guess(value),
    "choice": _choice, "moment": lambda field, value: Cell("moment", f"{value[:10]} {value[11:16]}", value),
    "number": lambda field, value: Cell("number", str(value)), "short": lambda field, value: Cell("key", str(value)),
    "uuid": lambda field, value: Cell("uuid", str(value)),
}  # fmt: skip


def _text(value: str) -> Cell:
    if value.startswith(("http://", "https://")) and not any(letter.isspace() for letter in value):
        path = value.partition("?")[0].lower()
        return Cell("image" if path.endswith(_IMAGES) else "link", value.rpartition("/")[2] or value, value)
    plain = Markup(value).striptags() if value.lstrip().startswith("<") else value
    return Cell("long" if len(plain) > _SHORT or "\n" in plain else "text", plain)


def _more(count: int) -> str:
    return f"and {count} more" if count > 0 else ""


_CAPITALS = {"id": "ID", "uuid": "UUID", "url": "URL", "rir": "RiR", "ai": "AI"}


def label(name: str) -> str:
    """Return what a field is called on a page: ``image_url_main`` is "Image URL main"."""
    words = " ".join(_CAPITALS.get(word, word) for word in re.split("[-_/]", name) if word)
    return words[:1].upper() + words[1:]


def label_of(name: str, declared) -> str:
    """Return the label that a field or an action declares, or one made of its name."""
    return getattr(declared, "label", None) or label(name)


def pretty(payload) -> str:
    """Return ``payload`` as indented JSON, or nothing if that would be endless."""
    text = json.dumps(payload, ensure_ascii=False, indent=2, default=str)
    return text if len(text) <= 60_000 else ""
