"""The OpenAPI document, and the pages that show it.

``/api/v2/schema`` is YAML, or JSON where that is asked for by ``?format=json`` or an Accept
header.  Both texts are made once (for each path below which the server is reached, mostly one).
"""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import yaml
from flask import Blueprint, Response, abort, render_template, request, send_from_directory, url_for
from flask_smorest import Api

from ..rest.finishing import is_for_everybody
from ..rest.mount import mount_of
from .layout import HEADERS

# The packages that carry the programs' builds: the only ones on PyPI that hold current ones
# without a web framework of their own.  They are never imported.
BUILDS = {
    "swagger": (
        "mkdocs_swagger_ui_tag",
        "swagger-ui",
        ("javascripts/swagger-ui-bundle.js", "stylesheets/swagger-ui.css"),
    ),
    "redoc": ("mkdocs_redoc_tag", "redoc", ("javascripts/redoc.standalone.js",)),
}
# ReDoc fetches its own logo from a host of its makers.
FOREIGN_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
YAML, JSON = "application/vnd.oai.openapi; charset=utf-8", "application/vnd.oai.openapi+json; charset=utf-8"
# Both programs style what they draw with elements and attributes; ReDoc searches in a worker.
_POLICY = HEADERS["Content-Security-Policy"] + "; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:"
_AGE = 24 * 3600


def pages_for(api: Api) -> Blueprint:
    """Return the blueprint that shows the document of ``api``."""
    pages = Blueprint("documents", __name__)
    writing = threading.Lock()

    @lru_cache(8)
    def written(is_json: bool, mount: str) -> bytes:
        document = api.spec.to_dict() | ({"servers": [{"url": mount}]} if mount else {})
        if is_json:
            return json.dumps(document, ensure_ascii=False, indent=4).encode()
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        return yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120).encode()

    def text(is_json: bool) -> bytes:
        with writing:  # several first readers need one text
            return written(is_json, mount_of(request))

    @pages.get("/api/v2/schema")
    @pages.get("/api/v2/schema/", endpoint="schema_with_slash")
    def schema() -> Response:
        """Answer with the document."""
        is_for_everybody()
        wanted = request.args.get("format", "")
        if wanted not in ("", "json", "yaml", "openapi", "openapi-json"):
            abort(404)
        openapi = "application/vnd.oai.openapi"
        offered = ("application/yaml", openapi, "application/json", f"{openapi}+json")
        is_json = "json" in (wanted or request.accept_mimetypes.best_match(offered) or "")
        plain = is_json and (wanted == "json" or "application/json" in request.headers.get("Accept", ""))
        kind = "application/json" if plain else JSON if is_json else YAML
        response = Response(text(is_json), content_type=kind, headers={"Vary": "Accept, Origin"})
        response.headers["Content-Disposition"] = f'inline; filename="wger.{"json" if is_json else "yaml"}"'
        return response

    def show(program: str):
        page = render_template(f"schema/{program}.html")
        return Response(page, headers={"Content-Security-Policy": _POLICY}, mimetype="text/html")

    for address, program in (("ui", "swagger"), ("redoc", "redoc")):
        for prefix, endpoint in (("/api/v2/schema", f"{program}_in_api"), ("/schema", program)):
            pages.add_url_rule(
                f"{prefix}/{address}",
                endpoint,
                lambda program=program: show(program),
                strict_slashes=False,
                provide_automatic_options=False,
            )

    @pages.get("/schema/assets/<program>/<path:name>")
    def build(program: str, name: str) -> Response:
        """Serve a file of one of the programs."""
        if program not in BUILDS or name not in BUILDS[program][2]:
            abort(404)
        folder = build_folder(program)
        if folder is None:
            abort(404)
        if name.endswith(".js") and program == "redoc":
            keeping = {"Cache-Control": f"max-age={_AGE}"}
            script = _redoc(folder / name, url_for("static", filename="images/logo.svg"))
            return Response(script, mimetype="text/javascript", headers=keeping)
        return send_from_directory(folder, name, max_age=_AGE)

    return pages


def build_folder(program: str) -> Path | None:
    """Return where the build of a program is installed, None where it is not."""
    package, folder, _ = BUILDS[program]
    spec = find_spec(package)
    return Path(spec.submodule_search_locations[0]) / folder if spec and spec.submodule_search_locations else None


@lru_cache(2)  # megabytes
def _redoc(path: Path, logo: str) -> bytes:
    return path.read_bytes().replace(FOREIGN_LOGO, logo.encode())
