"""The OpenAPI document: valid, complete, and true to what is served."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate

from tests.reference import SHARED
from tests.snapshots import kept
from tests.snapshots.descriptions import answer_of, kind, shapes
from wger_flask.app import open_app
from wger_flask.rest.openapi.document import Documented
from wger_flask.testing.server import put_aside

RECORDED = Path(SHARED) / "spec" / "openapi-2.7.0.json"


@pytest.fixture(scope="module")
def document(built):
    """The document of the application, plugins included."""
    with put_aside():
        open_app(built)
        return json.loads(built.test_client().get("/api/v2/schema?format=json").data)


def test_it_is_valid(document):
    assert document["openapi"] == "3.0.3"
    validate(document)


def test_it_can_be_had_in_both_formats(app, document):
    client = app.test_client()
    for path in ("/api/v2/schema", "/api/v2/schema/", "/api/v2/schema?format=yaml"):
        answer = client.get(path)
        assert answer.content_type.startswith("application/vnd.oai.openapi")
        assert yaml.load(answer.data, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == document
    text = client.get("/api/v2/schema/?format=json")
    assert text.content_type == "application/json"
    assert text.data.startswith(b'{\n    "')
    assert client.get("/api/v2/schema", headers={"Accept": "application/json"}).json == document
    assert client.get("/api/v2/schema?format=xml").status_code == 404


def test_flask_smorest_prints_the_same(app, document):
    printed = app.test_cli_runner().invoke(args=["openapi", "print"])
    assert json.loads(printed.output) == document


def test_every_target_is_described(app, document):
    for name, blueprint in app.blueprints.items():
        for rule, target in getattr(blueprint, "targets", ()):
            assert isinstance(blueprint, Documented)
            path = f"/api/v2{rule}".replace("<key:key>", "{id}")
            described = set(document["paths"][path]) - {"parameters"}
            assert described == {method.lower() for method in target.handlers}, name


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for operation in operations(document)]
    assert len(names) == len(set(names))
    assert {
        "weightentry_list",
        "weightentry_create",
        "weightentry_partial_update",
        "exercise_alternatives_retrieve",
        "token_create",
        "check_language_create",
        "deletion_log_retrieve",
        "water_destroy",
    } <= set(names)


def operations(document):
    for path in document["paths"].values():
        yield from (found for name, found in path.items() if name != "parameters")


def test_what_is_said_of_a_resource(document):
    path = document["paths"]["/api/v2/weightentry/"]
    listing, making = path["get"], path["post"]
    parameters = {found["name"]: found for found in listing["parameters"]}
    assert set(parameters) == set(
        (
            "id id__in weight weight__gt weight__gte weight__lt weight__lte date date__gt date__gte date__lt date__lte "
            "limit offset ordering fields format"
        ).split()
    )
    assert parameters["date__gte"]["schema"] == {"type": "string", "format": "date-time"}
    assert (parameters["id__in"]["style"], parameters["id__in"]["explode"]) == ("form", False)
    assert {"date", "-date", "value"} <= set(parameters["ordering"]["schema"]["anyOf"][0]["items"]["enum"])
    assert {} not in listing["security"]
    assert set(making["requestBody"]["content"]) == {
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }
    assert set(making["responses"]) >= {"201", "400", "403", "406"}
    row = document["components"]["schemas"]["WeightEntry"]
    assert row["required"] == ["id", "date", "weight", "user"]
    assert row["properties"]["user"] == {"type": "integer", "readOnly": True}
    body = document["components"]["schemas"]["WeightEntryRequest"]
    assert set(body["properties"]) == {"id", "date", "weight"} and body["required"] == ["weight"]
    assert body["properties"]["weight"]["pattern"] == r"^-?\d{0,6}(?:\.\d{0,2})?$"
    assert "required" not in document["components"]["schemas"]["PatchedWeightEntryRequest"]


def test_what_is_public_needs_no_key(document):
    assert {} in document["paths"]["/api/v2/muscle/"]["get"]["security"]
    assert document["paths"]["/api/v2/token"]["post"]["security"] == []
    assert set(document["components"]["securitySchemes"]) == {"cookieAuth", "tokenAuth", "jwtAuth", "sessionToken"}


def test_files_are_sent_as_forms(document):
    path = document["paths"]["/api/v2/exerciseimage/"]
    assert set(path["post"]["requestBody"]["content"]) == {"multipart/form-data"}
    schemas = document["components"]["schemas"]
    body = path["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"].rpartition("/")[2]
    assert schemas[body]["properties"]["image"]["format"] == "binary"
    assert schemas[body.removesuffix("Form")]["properties"]["image"]["format"] == "uri"


def test_every_reference_leads_somewhere(document):
    for found in re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(document)):
        assert found[1] in document["components"][found[0]]


def test_subjects_group_the_tags(document):
    tags = [tag for group in document["x-tagGroups"] for tag in group["tags"]]
    used = {tag for operation in operations(document) for tag in operation["tags"]}
    assert len(tags) == len(set(tags)) and set(tags) == used


def test_answers_are_as_described(document, resource_name, api, registry):
    """Every key that a list answers is described, and the other way round."""
    listing = api("ada").get(f"{resource_name}/?limit=1")
    described = answer_of(document, document["paths"][f"/api/v2/{resource_name}/"]["get"])
    for row in listing.json["results"]:
        assert list(row) == list(described["properties"])


def test_shapes_agree_with_what_is_kept(document, resource_name):
    """The same fields of the same types as before; ``python -m tests.snapshots`` keeps others."""
    assert shapes(document, [resource_name])["rows"] == {resource_name: kept("shapes.json")["rows"][resource_name]}


@pytest.mark.skipif(not RECORDED.exists(), reason="without ../shared: the published document")
def test_shapes_agree_with_the_published_document(document, registry):
    """The same fields of the same types, where the resource is one of wger's."""
    recorded, wrong, compared = json.loads(RECORDED.read_text()), [], 0
    for resource in registry:
        path = f"/api/v2/{resource.name}/"
        if path in recorded["paths"]:
            theirs = answer_of(recorded, recorded["paths"][path]["get"])["properties"]
            ours = answer_of(document, document["paths"][path]["get"])["properties"]
            compared += 1
            wrong += [f"{resource.name}.{name}: in one document" for name in set(ours) ^ set(theirs)]
            wrong += [
                f"{resource.name}.{name}: {kind(document, ours[name])}"
                for name in set(ours) & set(theirs)
                if kind(document, ours[name]) not in (kind(recorded, theirs[name]), None)
            ]
    assert not wrong
    assert compared > 40


# -- the pages that show it --------------------------------------------------------------------------
@pytest.mark.parametrize("base", ["", "/api/v2"])
@pytest.mark.parametrize("name", ["ui", "ui/", "redoc"])
def test_the_pages_are_served_from_here(app, base, name):
    client = app.test_client()
    page = client.get(f"{base}/schema/{name}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert 'data-url="/api/v2/schema?format=json"' in page.text
    fetched = re.findall(r'(?:src|<link rel="stylesheet" href)="([^"]+)"', page.text)
    assert len(fetched) >= 3
    for url in fetched:
        assert url.startswith("/")
        with client.get(url) as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/schema/ui", "/api/v2/schema/ui", "/schema/redoc", "/api/v2/schema/redoc"])
@pytest.mark.parametrize("method", ["OPTIONS", "POST", "DELETE"])
def test_the_pages_can_only_be_read(app, path, method):
    answer = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_redoc_fetches_nothing_from_its_makers(app):
    script = app.test_client().get("/schema/assets/redoc/javascripts/redoc.standalone.js")
    assert script.mimetype == "text/javascript" and len(script.data) > 100_000
    assert b"cdn.redoc.ly/redoc/logo-mini.svg" not in script.data


@pytest.mark.parametrize("path", ["swagger/../plugin.py", "swagger/plugin.py", "nothing/x.js", "redoc/redoc.html"])
def test_nothing_else_is_served_from_those_packages(app, path):
    assert app.test_client().get(f"/schema/assets/{path}").status_code == 404
