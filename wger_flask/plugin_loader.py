"""Find plugins and let them register, exactly as the core subjects do.

A plugin is a module or package with a function ``register(registry)``: a file in the
``plugins`` folder that ships, or an entry point in the group ``wger_flask.plugins`` of any
installed distribution.  One that is broken, or that takes a name which is taken, stops the
start with one line that says where it came from: half a server is worse than none.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from .options import SettingsError
from .plugin_settings import GROUP, in_folder
from .rest.registry import RegistrationError, Registry


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin in the folder or of an entry point: its origin, and how to import it."""

    name: str
    origin: str
    load: Callable[[], object]


def discover(folder: Path) -> dict[str, Plugin]:
    """Return the plugins by name; raises :class:`RegistrationError` for a name that occurs twice."""
    plugins: dict[str, Plugin] = {}
    for plugin in [*_in_folder(folder), *_entry_points()]:
        if plugin.name in plugins:
            raise RegistrationError(
                f"plugin {plugin.name!r} is there twice: {plugins[plugin.name].origin} and {plugin.origin}"
            )
        plugins[plugin.name] = plugin
    return plugins


def register_plugins(registry: Registry, chosen: tuple[str, ...], folder: Path) -> list[str]:
    """Let the ``chosen`` plugins (``("all",)``: every one) register; returns their names.

    Raises :class:`RegistrationError` for one that is unknown or broken.
    """
    if not chosen:
        return []
    available = discover(folder)
    names = sorted(available) if "all" in chosen else list(chosen)
    for name in names:
        if name not in available:
            known = ", ".join(sorted(available)) or "none"
            raise RegistrationError(f"WGER_PLUGINS names {name!r}, which is not installed; there are: {known}")
        plugin = available[name]
        with registry.registering(plugin.origin, name):
            try:
                loaded = plugin.load()
                register = getattr(loaded, "register", loaded)
                if not callable(register):
                    raise TypeError("it has no function register(registry)")
                register(registry)
            except (RegistrationError, SettingsError):
                raise
            except Exception as wrong:
                told = " ".join(f"{type(wrong).__name__}: {wrong}".split())
                raise RegistrationError(f"plugin {name!r} ({plugin.origin}) is broken: {told}") from wrong
    return names


def _in_folder(folder: Path) -> Iterator[Plugin]:
    for name, path in in_folder(folder):
        is_package = path.name == "__init__.py"
        origin = f"folder {folder.name}/{name}" if is_package else f"file {folder.name}/{path.name}"
        yield Plugin(name, origin, _file_loader(name, path))


def _entry_points() -> Iterator[Plugin]:
    for point in entry_points(group=GROUP):
        source = point.dist.name if point.dist else point.value
        yield Plugin(point.name, f"package {source}", point.load)


def _file_loader(name: str, path: Path) -> Callable[[], ModuleType]:
    def load() -> ModuleType:
        module_name = f"wger_flask_plugin_{name}"
        folder = [str(path.parent)] if path.name == "__init__.py" else None
        if module_name not in sys.modules or getattr(sys.modules[module_name], "__file__", "") != str(path):
            spec = importlib.util.spec_from_file_location(module_name, path, submodule_search_locations=folder)
            if spec is None or spec.loader is None:
                raise ImportError(f"{path} is no module")
            module = importlib.util.module_from_spec(spec)
            sys.modules[module_name] = module
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[module_name]
                raise
        return sys.modules[module_name]

    return load
