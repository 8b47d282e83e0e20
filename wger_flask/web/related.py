"""The lists that belong to a row: those of any resource that can be filtered by it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from ..rest.resource import Resource
from ..rest.services import services
from .display_names import heading
from .urls import address


@dataclass(frozen=True, slots=True)
class Related:
    """A list of rows that refer to the one that is shown."""

    label: str
    name: str
    url: str
    about: str


def related_lists(resource: Resource, key, user) -> list[Related]:
    """Return the lists that the row ``key`` of ``resource`` narrows, those that the user may read."""
    lists = []
    for other in services().registry:
        if not other.rules.read(user):
            continue
        for parameter in other.filter_set.describe():
            if parameter.model is resource.model and "__" not in parameter.name:
                words = heading(other)
                if parameter.name.replace("_", " ") != resource.title:
                    words = f"{words} by {parameter.name.replace('_', ' ')}"
                query = urlencode({parameter.name: key})
                lists.append(Related(words, other.name, f"{address(other.name)}?{query}", other.about))
    return lists
