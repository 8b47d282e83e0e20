"""The files in config/deploy, as far as can be told without a service manager and a container engine.

`make test-deploy` runs them.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT
from wger_flask.settings import OPTIONS

DEPLOY = ROOT / "config/deploy"


def test_what_is_locked_fits_what_is_declared_and_the_bill_of_materials():
    """When this fails, `make lock` writes both anew, from what is installed."""
    done = subprocess.run([sys.executable, ".ci/dependencies.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_systemd_takes_the_unit(tmp_path):
    unit = tmp_path / "wger.service"
    unit.write_text((DEPLOY / "wger.service").read_text().replace("/opt/wger/bin/wger-flask", sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_serves_as_a_user_of_its_own_from_what_is_there():
    lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    words = [word for word, _ in steps]
    user = [rest for word, rest in steps if word == "USER"]
    assert user == ["wger"] and words.index("USER") < words.index("CMD")
    for path in re.findall(r"/src/(\S+)", " ".join(rest for _, rest in steps)):
        assert (ROOT / path).exists(), path
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert all((ROOT / path).exists() for path in kept)
    for name in re.findall(r"(WGER_\w+)=", " ".join(rest for word, rest in steps if word == "ENV")):
        assert name in OPTIONS


def test_the_compose_file_has_one_service_of_known_settings():
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    assert set(service["environment"]) <= set(OPTIONS)
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
    assert (ROOT / service["build"]["dockerfile"]).is_file()


FAULTY = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
SKIPPED = {"name": "c", "skip_reason": "not found: c (1)"}


@pytest.mark.parametrize(
    ("found", "told", "status"),
    [
        ([SOUND], ["1 of 1 packages looked up, 0 known faults"], 0),
        ([SOUND, FAULTY], ["a 1: PYSEC-1, mended in 2", "2 of 2 packages looked up, 1 known faults"], 1),
        ([SOUND, SKIPPED], ["skipped, not found: c (1)", "1 of 2 packages looked up, 0 known faults; 1 skipped,"], 1),
        ([SKIPPED, SKIPPED], ["none of 2 packages could be looked up,"], 1),
    ],
)
def test_an_audit_fails_for_faults_and_for_what_was_not_looked_up(found, told, status):
    """``make audit``; pip-audit itself says of packages that it skipped that no fault is known."""
    says = f"import sys; print({json.dumps({'dependencies': found})!r}); print('No known faults', file=sys.stderr)"
    command = [sys.executable, ".ci/audit.py", sys.executable, "-c", says]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) == len(told) and all(map(str.startswith, lines, told)), lines
    assert (done.returncode, done.stderr) == (status, "")
