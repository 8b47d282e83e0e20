"""The controls of forms: what a template needs to draw one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .row_picker import chooser


@dataclass(slots=True)
class Group:
    """The controls of one of the objects that a form sends inside another."""

    label: str
    controls: list[Control]
    errors: list[str]
    required: bool


@dataclass(slots=True)
class Control:
    """A labelled control.

    ``widget`` is ``input``, ``textarea``, ``select``, ``tick`` (one checkbox), ``ticks`` (many),
    ``groups`` (of other controls), ``hidden`` or ``keys`` (references too many to offer).  Of an ``input`` the
    ``options`` are what a browser offers while something is typed.  ``source``
    is where a person can look them up, or choose one if it ``chooses``.
    """

    name: str
    label: str
    widget: str = "input"
    type: str = "text"
    value: Any = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    hint: str = ""
    errors: list[str] = field(default_factory=list)
    required: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    source: str = ""
    chooses: bool = False
    adds: str = ""  # what there is nothing of to choose from, but may be added
    form: str = ""  # where the form is shown, if that is not where it is sent
    on: str = "true"  # what a tick sends, and what the lack of one: nothing for nothing at all
    off: str = "false"
    groups: list[Group] = field(default_factory=list)

    @property
    def nested_controls(self) -> list[Control]:
        """The control itself, and those in its groups."""
        return [
            self,
            *(inner for group in self.groups for control in group.controls for inner in control.nested_controls),
        ]

    @property
    def is_short(self) -> bool:
        """Whether little is typed into it."""
        return self.type in ("date", "time") or "inputmode" in self.attributes

    @property
    def words(self) -> str:
        """The value as people read it."""
        if self.widget == "tick":
            return "yes" if self.value else "no"
        if self.widget == "select":
            return next((text for value, text in self.options if value and value == str(self.value)), "")
        return "" if isinstance(self.value, list) else str(self.value)

    def chooser(self, anchor: str) -> str:
        """Return where a row is chosen for this control, which has the id ``anchor``."""
        return chooser(self.source, self.name, anchor, self.form)
