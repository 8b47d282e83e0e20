"""Collect which functions are to be called when something happens, as subjects and plugins declare them.

They are the application's; while it is open, they are those of its process (:mod:`wger_flask.open_application`).
"""

from __future__ import annotations

from collections.abc import Callable

from ..storage.model import Model
from ..storage.signals import Changed, Created, Deleted, Listener, Replaced
from .claims import RegistrationError
from .declaration_checks import unregistered
from .resource import Resource


class Listeners:
    """The part of a :class:`~.registry.Registry` that knows who is to be told of what."""

    origin: str
    models: list[type[Model]]
    _resources: dict[str, Resource]

    def __init__(self) -> None:
        super().__init__()
        self._listeners: list[tuple[str | type[Model], str, Listener]] = []
        self.new_user_hooks: list[Callable[[int, str], None]] = []
        self.doubts: dict[Callable[[int], bool], str] = {}

    def listen(
        self,
        what: str | type[Model],
        *,
        created: Created | None = None,
        changed: Changed | None = None,
        deleted: Deleted | None = None,
        replaced: Replaced | None = None,
    ) -> None:
        """Have functions called when rows of a resource, or of a model, are written, by the API or by any other code.

        ``what`` is the name of the resource, or the model of rows that no resource shows.

        They run in the transaction of the write, after it:

        * ``created(row)``: the new row, an instance of the model.
        * ``changed(row, names)``: the row, and a frozen set of the names of the columns that were set.
        * ``deleted(rows)``: a list of the rows as they were.
        * ``replaced(gone, replacement)``: the keys of a row that is about to be deleted and of the one to which all
          that pointed there was led over, as when an exercise is deleted with ``replaced_by``.

        What one of them raises undoes the write.  The resource may be registered later; a name that no resource has,
        and a model that is not registered, stop the start.
        """
        self._listeners.append((what, self.origin, Listener(created, changed, deleted, replaced)))

    def on_user_created(self, make: Callable[[int, str], None]) -> None:
        """Have ``make(user_id, language)`` called for every new user, in the transaction that makes the user.

        ``language`` is a code such as ``de``, or empty.
        """
        self.new_user_hooks.append(make)

    def distrust(self, doubt: Callable[[int], bool], said: str = "This account is not trusted.") -> None:
        """Do not trust a user of whom ``doubt(user_id)`` is True: they contribute only what they are permitted to.

        ``said`` is the sentence that such a user is told.
        """
        self.doubts[doubt] = said

    def listeners(self) -> dict[type[Model], tuple[Listener, ...]]:
        """Return the listeners of each model, by model.

        Raises :class:`RegistrationError` for a resource, or a model, that is not registered.
        """
        by_model: dict[type[Model], tuple[Listener, ...]] = {}
        for what, origin, listener in self._listeners:
            if isinstance(what, str) and what not in self._resources:
                raise RegistrationError(f"{origin} listens to resource {what!r}, which does not exist")
            model = self._resources[what].model if isinstance(what, str) else what
            for wrong in unregistered(model, self.models):
                raise RegistrationError(f"{origin} listens to {model.__name__}: {wrong}")
            by_model[model] = by_model.get(model, ()) + (listener,)
        return by_model
