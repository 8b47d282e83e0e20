"""Errors of commands: one line, and an exit status of 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click

from ..options import SettingsError
from ..rest.registry import RegistrationError
from ..secrets import SecretKeyError
from ..storage.alter import ChangeRefused
from ..storage.database import DatabaseURLError
from ..storage.tables import TablesDiffer
from ..storage.upgrades import UpgradeRefused

# what stops the making of an application
STOPPING = (
    ChangeRefused,
    DatabaseURLError,
    RegistrationError,
    SecretKeyError,
    SettingsError,
    TablesDiffer,
    UpgradeRefused,
)
P = ParamSpec("P")
T = TypeVar("T")


class CommandError(Exception):
    """Say in one line why a command cannot do what was asked."""


class Group(click.Group):
    """A group that tells known mistakes in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CommandError, *STOPPING) as wrong:
            raise click.ClickException(str(wrong)) from None


def checked(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Return what ``function`` returns; a ``ValueError`` of its is raised as a :class:`CommandError`."""
    try:
        return function(*arguments, **options)
    except ValueError as wrong:
        raise CommandError(str(wrong)) from None
