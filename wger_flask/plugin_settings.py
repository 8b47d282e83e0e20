"""The settings of plugins: declared while they register, read from where all settings are read from.

Which names there are is known only when the plugins are loaded.  Until then :func:`owner` tells which installed plugin
a name must belong to; whether that plugin declares it is checked at the end of the start.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from .options import READERS, Option, SettingsError

GROUP = "wger_flask.plugins"  # the entry points that distributions have their plugins in


def in_folder(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name of each plugin in ``folder``, and the file that is imported for it."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py":
            yield path.stem, path
        elif (path / "__init__.py").is_file():
            yield path.stem, path / "__init__.py"


def prefix(plugin: str) -> str:
    """Return what the settings of a plugin begin with: ``WGER_WATER_``."""
    return f"WGER_{plugin.upper().replace('-', '_')}_"


def owner(name: str, plugins: Iterable[str]) -> str | None:
    """Return which of ``plugins`` a setting belongs to by its name, None for none of them."""
    return max((plugin for plugin in plugins if name.startswith(prefix(plugin))), key=len, default=None)


class PluginSettings:
    """The settings of all plugins of one application.

    ``given`` are the values by name that the environment, the profile or a caller gave.  ``options`` are the declared
    settings by name, and ``values`` what holds.
    """

    def __init__(self, given: dict[str, Any]):
        self.given = given
        self.options: dict[str, Option] = {}
        self.values: dict[str, Any] = {}

    def declare(self, plugin: str, name: str, default: Any, help: str, **rest: Any) -> Any:
        """Declare the setting ``name`` of ``plugin``; returns its value.

        Raises TypeError for a declaration that makes no sense, SettingsError for a given value that does not fit.
        """
        if not name.startswith(prefix(plugin)) or not name.isupper():
            raise TypeError(f"setting {name!r} must be in capitals and begin with {prefix(plugin)!r}")
        kind = {bool: "bool", int: "int", str: "str", tuple: "tuple[str, ...]"}.get(type(default), "")
        kind = "Path" if isinstance(default, Path) else kind
        if kind not in READERS:
            raise TypeError(f"setting {name!r} has a default of another type than str, int, bool, Path, tuple")
        option = Option(name=name, type=kind, default=default, help=help, group=f"Plugin {plugin}", **rest)
        self.options[name] = option
        self.values[name] = option.read(self.given.get(name, default))
        return self.values[name]

    def refuse_unknown(self, loaded: Iterable[str], installed: Iterable[str]) -> None:
        """Raise SettingsError for a given name that its plugin, which is one of ``loaded``, does not declare."""
        for name in self.given:
            plugin = owner(name, installed)
            if name not in self.options and plugin is not None and plugin in loaded:
                near = difflib.get_close_matches(name, self.options, n=1, cutoff=0)
                told = f"; the nearest that is one: {near[0]}" if near else ""
                raise SettingsError(f"{name} is not a setting of the plugin {plugin!r}{told}")


def installed_names(folder: Path) -> set[str]:
    """Return the names of all plugins that are installed or in ``folder``, whether they are enabled or not."""
    return {name for name, _ in in_folder(folder)} | {point.name for point in entry_points(group=GROUP)}
