"""The overview: every resource by subject, and what is no resource."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..rest.registry import Registry
from .urls import API, address, mounted


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the overview; ``label`` is what people call it, where it is for people."""

    name: str
    url: str
    about: str
    is_private: bool = False
    methods: str = ""
    origin: str = ""
    label: str = ""


def groups(registry: Registry) -> dict[str, list[Entry]]:
    """Return the resources by subject, in the order in which they were registered."""
    by_subject: dict[str, list[Entry]] = {}
    for resource in registry:
        if getattr(resource, "deprecated", None):
            continue
        name, origin, is_private = resource.name, registry.origin_of(resource.name), not resource.rules.read(None)
        plugin = "" if origin == "wger_flask" else origin
        entry = Entry(name, address(name), resource.about, is_private, origin=plugin, label=resource.label)
        by_subject.setdefault(resource.subject, []).append(entry)
    return by_subject


def for_people(registry: Registry) -> dict[str, list[Entry]]:
    """Return what people look for, by subject: what has a label.  The rest is for programs, and in the overview."""
    labelled = {subject: [entry for entry in entries if entry.label] for subject, entries in groups(registry).items()}
    return {subject: entries for subject, entries in labelled.items() if entries}


def endpoints(registry: Registry) -> list[Entry]:
    """Return what is no resource, such as tokens and versions."""
    return [
        Entry(path.strip("/"), mounted(f"{API}{path}"), _first(target.about), methods=", ".join(target.handlers))
        for path, target in sorted(targets_of(registry), key=lambda pair: pair[0])
        if not target.replaced
    ]


def targets_of(registry: Registry) -> Iterable[tuple]:
    """Yield the path and the target of everything that is no resource."""
    for blueprint in registry.blueprints:
        yield from getattr(blueprint, "targets", ())


def _first(text: str) -> str:
    return plain_words(text).split("\n\n")[0].replace("\n", " ")


def plain_words(text: str) -> str:
    """Return a docstring as people read it, without its marks."""
    return text.replace("``", "").strip()
