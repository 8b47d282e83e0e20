"""Django's own ``loaddata`` takes what is exported, and its ``dumpdata`` writes the same: see ``make test-loaddata``.

Of wger nothing is needed: models are made of the specification, the database is one that it made, emptied.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.reference import MODELS, PACKED, SERVER, needs_reference, unpacked_database
from wger_flask.storage.model import label_of
from wger_flask.transfer.exporter import export_dump, wgers_models

from . import loaddata
from .documents import RELEASES, Document
from .rows import row, user

DJANGO = os.environ.get("WGER_TEST_DJANGO")
"""A Python that has Django."""
PROGRAM = Path(__file__).with_name("django_project.py")
_MICROSECONDS = re.compile(r"(T\d\d:\d\d:\d\d\.\d{3})\d{3}Z")

pytestmark = [
    needs_reference,
    pytest.mark.skipif(not DJANGO, reason="without WGER_TEST_DJANGO: a Python that has Django"),
    pytest.mark.skipif(bool(SERVER), reason="Django works on a file here"),
]


def documents() -> dict[str, Document]:
    """Return what is imported before it is exported."""
    each = loaddata.one_of_each([label_of(model) for model in wgers_models(MODELS)])
    granted = [
        row("auth.group", 3, name="editors", permissions=[["add_exercise", "exercises", "exercise"]]),
        user(groups=[3], user_permissions=[["manage_gym", "gym", "gym"]]),
    ]
    return {
        **{f"of {name}": make(4, 3, 20, 30, 2, 2, 20) for name, make in RELEASES.items()},
        "one of each model": each,
        "permissions": granted,
    }


@pytest.mark.parametrize("what", ["of 2.5", "of 2.7.0a2", "of 2.7.0", "one of each model", "permissions"])
def test_django_loads_what_is_exported_and_dumps_it_again(load, tmp_path, what):
    load(documents()[what])
    ours = tmp_path / "ours.json.gz"
    export_dump(ours, MODELS)
    plain = tmp_path / "ours.json"
    export_dump(plain, MODELS)
    (tmp_path / "theirs").mkdir()
    with unpacked_database(tmp_path / "theirs", PACKED) as held:
        loaddata.empty(held)
        held.close()
        described = tmp_path / "models.json"
        described.write_text(json.dumps(loaddata.models()))
        theirs = tmp_path / "theirs.json"

        def django(*command: str) -> str:
            told = subprocess.run(
                [str(DJANGO), PROGRAM, str(held.database), described, *command], capture_output=True, text=True, env={}
            )
            assert told.returncode == 0, told.stderr
            return told.stdout

        assert django("loaddata", str(ours)).startswith("Installed ")
        left_out = (one for label in ("contenttypes", "sessions", "sites", "auth.permission") for one in ("-e", label))
        django("dumpdata", *left_out, "-o", str(theirs))
        named = django("dumpdata", "--natural-foreign", "auth.group", "auth.user")
    assert comparable(theirs.read_text()) == comparable(_MICROSECONDS.sub(r"\1Z", plain.read_text()))
    # permissions by name, as Django itself writes them when it is asked for names
    assert permissions(json.loads(named)) == permissions(json.loads(plain.read_text()))


def comparable(document: str) -> dict[str, dict]:
    """Return the rows of a document by model and key, without permissions: Django writes their numbers."""
    return {
        f"{one['model']} {one['pk']}": {
            name: value for name, value in one["fields"].items() if not name.endswith("permissions")
        }
        for one in json.loads(document)
    }


def permissions(document: Document) -> set[str]:
    return {
        f"{one['model']} {one['pk']} {permission}"
        for one in document
        for name in ("permissions", "user_permissions")
        for permission in one["fields"].get(name, ())
    }
