"""A process starts with what it answers with: what few of its requests need is imported by the first of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT, key_of

# Each costs memory that stays, in every process, and time of the start.
HEAVY = {
    "pictures": ("PIL",),
    "signed tokens": ("jwt", "cryptography"),
    "passwords": ("argon2", "bcrypt"),
    "second factors": ("segno", "webauthn"),
    "descriptions": ("markdown_it", "nh3"),
    "names that look alike": ("confusable_homoglyphs",),
    "other servers": ("requests", "openfoodfacts", "minio"),
    "metrics": ("prometheus_client",),
    "databases and counters": ("psycopg", "pymysql", "limits", "redis"),
    "checks of documents, and commands": ("jsonschema", "tqdm"),
    "tests": ("hypothesis", "pytest"),
}
READS = """
client = wsgi.app.test_client()
token = {{"Authorization": "Token {token}"}}
for path in ("exercise/", "exerciseinfo/?limit=2", "ingredient/?name__search=banana"):
    assert client.get("/api/v2/" + path).status_code == 200, path
for path in ("weightentry/", "workoutlog/", "userprofile/"):
    assert client.get("/api/v2/" + path, headers=token).status_code == 200, path
"""


@pytest.mark.parametrize("does", ["", READS], ids=["starts", "reads"])
def test_what_few_requests_need_is_not_imported_before_one_does(template, tmp_path, does):
    names = {name for some in HEAVY.values() for name in some}
    looks = f"import sys, wsgi\n{does.format(token=key_of('grace'))}\nprint(sorted(set({names}) & set(sys.modules)))"
    env = {
        **os.environ,
        "WGER_DATABASE_URL": template.url,
        "WGER_INSTANCE_PATH": str(tmp_path),
        "WGER_PROFILE": "testing",
        "WGER_PLUGINS": "none",
    }
    done = subprocess.run([sys.executable, "-c", looks], cwd=ROOT, env=env, capture_output=True, text=True)
    known = "['psycopg']" if template.url.startswith("postgres") else "['pymysql']" if "mysql" in template.url else "[]"
    assert done.stdout.splitlines()[-1:] == [known], done.stderr
