"""Who may import whom: the layers that docs/architecture.md draws."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "wger_flask"
ALLOWED = {
    name: set(names.split())
    for name, names in {
        "engine": "wger_flask.engine",
        "storage": "wger_flask.storage peewee psycopg pymysql limits",
        "text": "wger_flask.text markdown_it nh3",
        "media": "wger_flask.media PIL minio urllib3",
        "mail": "wger_flask.mail",
        "serving": "wger_flask.serving gunicorn",
        "auth": (
            "wger_flask.auth wger_flask.web wger_flask.storage wger_flask.rest wger_flask.mail wger_flask.secrets "
            "flask flask_smorest apispec marshmallow werkzeug peewee itsdangerous jwt confusable_homoglyphs argon2 "
            "cryptography bcrypt pyotp segno webauthn"
        ),
        "web": (
            "wger_flask.web wger_flask.rest wger_flask.storage wger_flask.__version__ flask flask_smorest marshmallow "
            "werkzeug jinja2 markupsafe orjson yaml"
        ),
        "sync": (
            "wger_flask.sync wger_flask.auth wger_flask.rest wger_flask.storage wger_flask.secrets flask jwt "
            "cryptography peewee"
        ),
        "operations": (
            "wger_flask.operations wger_flask.backups wger_flask.storage wger_flask.rest wger_flask.auth "
            "wger_flask.sync wger_flask.webhooks wger_flask.mail wger_flask.media wger_flask.tallies flask "
            "flask_smorest marshmallow prometheus_client"
        ),
        "backups": (
            "wger_flask.backups wger_flask.storage wger_flask.media wger_flask.rest.registry wger_flask.jobs.models "
            "wger_flask.__version__ zstandard"
        ),
        "takeout": (
            "wger_flask.takeout wger_flask.auth wger_flask.rest wger_flask.storage wger_flask.media "
            "wger_flask.transfer wger_flask.imports wger_flask.archives flask marshmallow orjson werkzeug"
        ),
        "jobs": "wger_flask.jobs wger_flask.api wger_flask.sync wger_flask.storage wger_flask.rest.jobs flask",
        "imports": (
            "wger_flask.imports wger_flask.api wger_flask.auth.page_parts wger_flask.domain flask "
            "wger_flask.archives wger_flask.engine wger_flask.rest.errors wger_flask.storage.chunks "
            "wger_flask.storage.name_search.folding wger_flask.storage.upgrades"
        ),
        "webhooks": (
            "wger_flask.webhooks wger_flask.api wger_flask.storage.database wger_flask.sync wger_flask.tallies flask"
        ),
        "pull": (
            "wger_flask.pull wger_flask.domain wger_flask.rest wger_flask.storage wger_flask.media "
            "wger_flask.auth.models wger_flask.auth.zones wger_flask.transfer.columns wger_flask.webhooks.posting "
            "wger_flask.__version__ orjson peewee requests urllib3 werkzeug"
        ),
        "rest": (
            "wger_flask.rest wger_flask.storage wger_flask.media wger_flask.tallies flask flask_smorest marshmallow "
            "apispec werkzeug orjson peewee markupsafe jinja2 yaml zstandard"
        ),
    }.items()
}
BELOW_MODELS = {"wger_flask.storage", "wger_flask.auth.models", "wger_flask.rest.timezone"}
BACKENDS = ("sqlite", "postgres", "mysql", "psycopg", "mariadb")

# The type of the settings, which the application gives every layer, and none reads by itself
SETTINGS_FOR_TYPES = "if TYPE_CHECKING:\n    from {dots}settings import Settings"


def modules(folder: Path):
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, relative ones resolved."""
    package = ["wger_flask", *path.relative_to(PACKAGE).parts[:-1]] if path.is_relative_to(PACKAGE) else []
    found = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node) == SETTINGS_FOR_TYPES.format(dots="." * len(package)):
            node.body.clear()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            names = {f"{prefix}.{name.name}" for name in node.names} if not node.module else {prefix}
            found |= names
    return found


def any_of(name: str, roots: set[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_a_layer_imports_only_what_it_may(layer):
    for path in modules(PACKAGE / layer):
        for name in imports(path):
            if name.partition(".")[0] not in sys.stdlib_module_names:
                assert any_of(name, ALLOWED[layer]), f"{path.relative_to(ROOT)} imports {name}"


def test_pytest_is_imported_by_the_test_kit_alone():
    """An installation without it serves all the same."""
    wanting = {path for path in modules(PACKAGE) if {"pytest", "hypothesis"} & imports(path)}
    assert wanting and {path.relative_to(PACKAGE).parts[0] for path in wanting} == {"testing"}
    for path in modules(PACKAGE):
        kit = [name for name in imports(path) if any_of(name, {"wger_flask.testing"})]
        assert not kit or path.is_relative_to(PACKAGE / "testing"), path


def test_subjects_build_on_the_facade_and_on_models_of_others():
    for path in modules(PACKAGE / "domain"):
        own = f"wger_flask.domain.{path.relative_to(PACKAGE / 'domain').parts[0]}"
        for name in imports(path):
            if not name.startswith("wger_flask."):
                continue
            others = name.startswith("wger_flask.domain.") and name.rpartition(".")[2] in ("models", "schemas", "trust")
            below = {"wger_flask.engine", "wger_flask.text", "wger_flask.media", "wger_flask.archives"}
            fine = any_of(name, {"wger_flask.api", *below, own})
            models = path.name == "models.py" and any_of(name, BELOW_MODELS)
            assert fine or others or models, f"{path.relative_to(ROOT)} imports {name}"


def test_plugins_build_on_the_facade():
    for path in modules(ROOT / "plugins"):
        for name in imports(path):
            if name.startswith("wger_flask"):
                assert any_of(name, {"wger_flask.api", "wger_flask.engine"}), f"{path.name} imports {name}"


def test_nobody_imports_the_application():
    for path in modules(PACKAGE):
        if path.relative_to(PACKAGE).parts[0] not in ("app.py", "commands", "testing"):
            assert "wger_flask.app" not in imports(path), path


def test_no_database_is_named_outside_storage():
    allowed = {"deployment_settings.py", "options.py", "counters.py"}
    makes_them = PACKAGE / "testing" / "databases.py"  # for tests, on whatever server they are to run
    for path in modules(PACKAGE):
        if "storage" in path.parts or path.name in allowed or path == makes_them:
            continue
        code = "\n".join(_code_lines(path)).lower()
        for word in BACKENDS:
            assert word not in code, f"{path.relative_to(ROOT)} mentions {word}"


def _code_lines(path: Path):
    """Yield the identifiers, strings and names of a file, without docstrings and comments."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body[0].value.value = ""
    yield ast.unparse(tree)


def test_only_the_storage_knows_how_peewee_keeps_a_model_and_encodes_values():
    for path in [*modules(PACKAGE), *modules(ROOT / "plugins")]:
        used = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        if "storage" not in path.parts:
            assert not used & {"_meta", "db_value", "python_value"}, f"{path.relative_to(ROOT)}: see storage/model.py"
        if path.relative_to(ROOT).parts[:2] not in (("wger_flask", "storage"), ("wger_flask", "rest")):
            assert "raw_rows" not in used, f"{path.relative_to(ROOT)} takes rows that are not decoded"


def test_flask_is_not_in_the_declarations():
    assert not any(name.partition(".")[0] == "flask" for name in imports(PACKAGE / "rest" / "resource.py"))
