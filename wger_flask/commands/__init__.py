"""The ``wger-flask`` command: a module a subject, whose commands are listed here.

Each command is a thin face of a function elsewhere, imported only when the command runs. What goes wrong is one line on
standard error and an exit status of 1 (:class:`~.errors.CommandError`), never a traceback for a person's mistake.
"""

from __future__ import annotations

from importlib import import_module

import click

from .. import __version__
from .errors import Group

MODULES = (
    "audit", "backups", "database", "doctor", "foods", "imports", "inspection", "plugins", "pull", "recalculation",
    "serve", "sync", "takeout", "transfer", "users",
)  # fmt: skip


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wger-flask")
def main() -> None:
    """Serve the wger REST API: workouts, exercises, nutrition and body weight.

    Settings come from the environment or a profile; see docs/configuration.md.
    """


for module in MODULES:
    for command in import_module(f"{__name__}.{module}").COMMANDS:
        main.add_command(command)
