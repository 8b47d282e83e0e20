"""Read the settings: arguments, the environment, a profile, the defaults that :mod:`.settings` declares."""

from __future__ import annotations

import difflib
import os
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import plugin_settings
from .folders import shipped
from .options import SettingsError
from .settings import OPTIONS, Settings

# Written by other programs into the same environment: known, and none of our business.
NEIGHBOURS = {
    "WGER_API_KEY": "API clients",
    "WGER_BASE_URL": "API clients",
    "WGER_INSTANCE": "wger's own containers",
    "WGER_TEST_DATABASE_URL": "the tests",
    "WGER_USE_GUNICORN": "wger's own containers",
}


def load(profile: str | None = None, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings; ``overrides`` win over ``environ``, which wins over the profile.

    ``profile`` is what ``WGER_PROFILE`` would say.  An empty environment variable counts as
    absent.  Raises :class:`SettingsError`, whose text is one line, for a value that does not
    fit, a name that is not known, or a profile that cannot be read.
    """
    environ = os.environ if environ is None else environ
    given = {
        name: value
        for name, value in environ.items()
        if name in OPTIONS or name.startswith("WGER_") and name not in NEIGHBOURS
    }
    for name in (*given, *overrides):
        _must_be_known(name)
    given = {name: value for name, value in given.items() if value.strip()}
    profile = overrides.pop("WGER_PROFILE", None) if profile is None else profile
    profile = given.pop("WGER_PROFILE", "") if profile is None else profile
    given = {**_read_profile(profile), **given, **overrides, "WGER_PROFILE": profile}
    values: dict[str, Any] = {}
    for name, option in OPTIONS.items():
        values[name] = option.read(given[name] if name in given else option.default_for(values))
    if values["EMAIL_USE_TLS"] and values["EMAIL_USE_SSL"]:
        raise SettingsError("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other: choose one")
    of_plugins = {name: value for name, value in given.items() if name not in OPTIONS}
    return Settings(**values, of_plugins=plugin_settings.PluginSettings(of_plugins))


def _must_be_known(name: str, where: str = "") -> None:
    if name not in OPTIONS and not _is_of_a_plugin(name):
        near = difflib.get_close_matches(name, OPTIONS, n=1, cutoff=0)
        raise SettingsError(f"{name}{where} is not a setting; the nearest that is one: {near[0]}")


def _is_of_a_plugin(name: str) -> bool:
    """Tell whether an installed plugin may declare a setting of that name: it says so only when it is loaded."""
    installed = plugin_settings.installed_names(shipped("plugins")) if name.startswith("WGER_") else ()
    return plugin_settings.owner(name, installed) is not None


def _read_profile(profile: str) -> dict[str, Any]:
    """Return what a profile assigns, by running its file."""
    if not profile:
        return {}
    is_path = profile.endswith(".py") or os.sep in profile
    path = Path(profile).expanduser() if is_path else shipped("config") / f"{profile}.py"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in shipped("config").glob("*.py") if "." not in found.stem))
        raise SettingsError(f"WGER_PROFILE must be a file or one of {known}, not {profile!r}")
    try:
        assigned = runpy.run_path(str(path))
    except Exception as wrong:
        raise SettingsError(f"WGER_PROFILE cannot be read: {path}: {type(wrong).__name__}: {wrong}") from wrong
    found = {name: value for name, value in assigned.items() if name.isupper() and not name.startswith("_")}
    for name in found:
        _must_be_known(name, f" (in {path})")
    if "WGER_PROFILE" in found:
        raise SettingsError(f"WGER_PROFILE (in {path}) cannot be chosen by a profile")
    return found
