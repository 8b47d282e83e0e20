"""The models of the core by name: ``models.Exercise``, for references of plugins and for reading rows.

They are imported when one is asked for, since the subjects build on the facade that this module is part of.  Where two
subjects have a model of one name, the subject stands in front: ``GalleryImage``, ``NutritionImage``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from .storage.model import Model

MODULES = (
    "auth.models", "auth.audit", "auth.first_answers", "domain.core.models", "domain.exercises.models",
    "domain.routines.models",
    "domain.nutrition.models", "domain.measurements.models", "domain.gallery.models", "domain.trophies.models",
    "webhooks.models", "jobs.models", "imports.models", "pull.models",
)  # fmt: skip


@cache
def _all() -> dict[str, type[Model]]:
    found: dict[str, dict[str, type[Model]]] = {}
    for name in MODULES:
        module = import_module(f"{__package__}.{name}")
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, Model) and item.__module__ == module.__name__:
                found.setdefault(item.__name__, {})[name.split(".")[-2].capitalize()] = item
    return {
        f"{subject}{name}" if len(alike) > 1 else name: model
        for name, alike in found.items()
        for subject, model in alike.items()
    }


def __getattr__(name: str) -> type[Model]:
    if name.startswith("__") or name not in _all():
        raise AttributeError(f"the core has no model {name!r}; it has: {', '.join(sorted(_all()))}")
    return _all()[name]


def __dir__() -> list[str]:
    return sorted(_all())
