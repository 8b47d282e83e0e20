"""The overview: every resource by subject, and what is no resource."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..registry import Registry
from ..resource import Resource
from .cells import label
from .paths import API, address


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the overview."""

    name: str
    url: str
    about: str
    is_private: bool = False
    methods: str = ""
    origin: str = ""


def subject(resource: Resource) -> str:
    """Return the heading that a resource stands under: its own, or the package of its model."""
    return resource.group or label(resource.model.__module__.removesuffix(".models").rpartition(".")[2])


def groups(registry: Registry) -> dict[str, list[Entry]]:
    """Return the resources by subject, in the order in which they were registered."""
    found: dict[str, list[Entry]] = {}
    for resource in registry:
        if getattr(resource, "deprecated", None):
            continue
        origin = registry.origin_of(resource.name)
        found.setdefault(subject(resource), []).append(Entry(
            resource.name, address(resource.name), resource.about, not resource.rules.read(None),
            origin="" if origin == "wger_flask" else origin,
        ))  # fmt: skip
    return found


def endpoints(registry: Registry) -> list[Entry]:
    """Return what is no resource, such as tokens and versions."""
    return [
        Entry(path.strip("/"), f"{API}{path}", _first(target.about), methods=", ".join(target.handlers))
        for path, target in sorted(_targets(registry.blueprints), key=lambda found: found[0])
    ]


def _targets(blueprints: Iterable) -> Iterable[tuple]:
    for blueprint in blueprints:
        yield from getattr(blueprint, "targets", ())


def _first(text: str) -> str:
    return text.strip().split("\n\n")[0].replace("\n", " ")
