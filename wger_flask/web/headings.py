"""What every page of a target shows around its content: its title, the way there, its JSON."""

from __future__ import annotations

from ..rest.call import Call
from ..rest.resource import Resource
from ..rest.services import services
from . import index
from .cells import label, label_of, pretty
from .display_names import heading, name_shown, names_of, plain_name
from .urls import address, as_json, here

_VERBS = {"POST": "Add", "DELETE": "Delete"}


def frame_of(call: Call, payload, title: str, name: str | None = None) -> dict:
    """Return what every page of a target shows around its content; ``name`` is that of the row, if it is known."""
    return {
        "call": call, "title": title, "crumbs": _crumbs(call, name_of(call) if name is None else name),
        "about": index.plain_words(call.target.about),
        "resource": call.resource, "json_url": as_json(call.args, call.suffix),
        "json_text": pretty(payload) if payload is not None else "", "allow": call.target.headers["Allow"],
    }  # fmt: skip


def title_of(call: Call) -> str:
    """Return what a target is called."""
    if made := made_by(call):
        return f"{_VERBS['POST']} {made.title}"
    return label_of(call.action.path, call.action) if call.action else label(call.target.name)


def made_by(call: Call) -> Resource | None:
    """Return the resource of the row that a target makes which is no resource itself, None for any other."""
    return services().registry.get(call.target.makes) if call.target.makes else None


def heading_of(call: Call) -> dict[str, str]:
    """Return the title of the page of what is no resource's list or row, and the name in it."""
    name = name_of(call)
    return {"title": f"{title_of(call)}: {name}" if name else title_of(call), "name": name}


def form_title(call: Call, method: str) -> str:
    """Return the title of the page of a form."""
    if call.resource is None or call.action is not None:
        return heading_of(call)["title"]
    return f"{_VERBS.get(method, 'Change')} {call.resource.title}"


def name_of(call: Call, shown: dict | None = None) -> str:
    """Return what the row is called that the address names, nothing where it names none; ``shown`` is its JSON."""
    if call.resource is None or call.key is None:
        return ""
    if shown and services().registry.of_model(call.resource.model) is call.resource:
        if name := name_shown(call.resource, shown):
            return name
    names = names_of(call.resource.model, [call.key], call.user)
    return next(iter(names.values()), "") or plain_name(call.resource, call.key)


def _crumbs(call: Call, name: str) -> list[tuple[str, str]]:
    made = [("API", address())]
    if call.target.kind == "root":
        return made
    if call.resource is None:
        return [*made, (title_of(call), here())]
    made.append((heading(call.resource), address(call.resource.name)))
    if call.key is not None:
        made.append((name, address(call.resource.name, call.key)))
    if call.action is not None:
        made.append((title_of(call), here()))
    return made
