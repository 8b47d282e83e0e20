"""Who has taken which name: one that is taken twice stops the start, and the message names both origins."""

from __future__ import annotations

from collections.abc import Iterable

from .actions import Action


class RegistrationError(Exception):
    """What cannot be registered, and why, in one line."""


class Claims:
    """The part of a :class:`~.registry.Registry` that knows which names are taken, and by whom."""

    def __init__(self) -> None:
        self._claims: dict[str, str] = {}
        self.origin = "wger_flask"

    def _claim(self, *names: str) -> None:
        """Take names for the present origin; raises :class:`RegistrationError` for one that is taken."""
        for name in names:
            if name in self._claims:
                raise RegistrationError(f"{name} is registered twice: by {self._claims[name]} and by {self.origin}")
            self._claims[name] = self.origin


def names_in(resource: str, params: Iterable[str], actions: Iterable[Action], fields: Iterable[str]) -> list[str]:
    """Return what the filters, actions and fields of a resource are called where names are claimed."""
    named = [f"filter {param!r}" for param in params]
    named += [f"action {action.path.strip('/')!r}" for action in actions]
    return [f"{name} of resource {resource!r}" for name in (*named, *(f"field {field!r}" for field in fields))]
