"""The API root: the address of every list, in JSON or as the page that people begin at."""

from __future__ import annotations

from functools import partial

from flask import Flask, request
from flask_smorest import Api

from .blueprint import PREFIX, method_view
from .call import Call
from .dispatch import dispatch
from .mount import root_url
from .openapi.document import Documented
from .permissions import public
from .services import services
from .target import Target
from .url_rules import LateRule


def list_resources(call: Call) -> dict[str, str]:
    """List the resources: names and the addresses of their lists, without those that are deprecated or declared so."""
    ending = f".{call.suffix}" if call.suffix else "/"
    asked = call.args.get("format", "")
    ending += f"?format={asked}" if asked and not call.suffix else ""
    base = root_url(request) + PREFIX
    named = (resource.name for resource in services().registry if resource.listed and not resource.deprecated)
    return {name: f"{base}/{name}{ending}" for name in named}


ROOT = Target("api", {"GET": list_resources}, public, "root", about="Everything that this server offers to programs.")


def mount(app: Flask, api: Api) -> None:
    """Serve the root at its two spellings and with a format suffix."""
    blueprint = Documented("api", f"{__name__}.api", url_prefix=PREFIX, description=ROOT.about)
    blueprint.targets.append(("/", ROOT))
    blueprint.add_url_rule("/", "root", method_view(ROOT))
    api.register_blueprint(blueprint)
    app.view_functions["api.root:any"] = partial(dispatch, ROOT)
    for rule in (f"{PREFIX}/", f"{PREFIX}/.<suffix:suffix>/"):
        app.url_map.add(LateRule(rule, endpoint="api.root:any", methods=None, strict_slashes=False))
