"""What the doctor finds on the machine and at the address: each fault is named, with what to do."""

from __future__ import annotations

import ast
import json
import shutil
import smtplib
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.browser.serving import serving
from tests.reference import SERVER
from tests.test_doctor import Proxy
from wger_flask.commands import main
from wger_flask.operations import machine, reach, readiness
from wger_flask.settings_reader import load
from wger_flask.storage.database import DatabaseURLError
from wger_flask.sync import app_walk
from wger_flask.sync import doctor as sync_doctor
from wger_flask.sync.app_walk import OK, PROBLEM, WARNING


@pytest.fixture
def services(app):
    return app.extensions["wger_flask"]


def settings(tmp_path, **given):
    return load(environ={}, WGER_INSTANCE_PATH=tmp_path, **given)


def test_a_machine_that_is_well(services):
    found = {finding.check: finding for finding in machine.findings(services)}
    assert found["database"].status == OK and "version" in found["database"].found
    assert {name for name, finding in found.items() if finding.status == PROBLEM} == set()
    assert found["backups"].status == WARNING and "None are configured" in found["backups"].found


def test_what_readiness_finds_is_told_with_advice(services, monkeypatch):
    monkeypatch.setattr(readiness, "free_megabytes", lambda folder: 0)
    found = {finding.check: finding for finding in machine.findings(services)}
    assert found["disk"].status == PROBLEM and found["disk"].advice


def test_a_secret_that_others_read(tmp_path):
    assert machine.secret(settings(tmp_path)).status == PROBLEM
    key = tmp_path / "secret.key"
    key.write_text("s3cret")
    for mode, status in ((0o600, OK), (0o640, PROBLEM), (0o604, PROBLEM)):
        key.chmod(mode)
        found = machine.secret(settings(tmp_path))
        assert found.status == status and "s3cret" not in str(found)


def test_a_folder_that_everybody_writes_to(tmp_path):
    tmp_path.chmod(0o700)
    assert machine.permissions(settings(tmp_path)).status == OK
    tmp_path.chmod(0o777)
    assert machine.permissions(settings(tmp_path)).status == PROBLEM
    tmp_path.chmod(0o1777)
    assert machine.permissions(settings(tmp_path)).status == OK
    (media := tmp_path / "media").mkdir()
    media.chmod(0o777)
    assert str(media) in machine.permissions(settings(tmp_path)).advice


@pytest.mark.skipif(bool(SERVER), reason="a server's files are its own")
def test_a_database_that_other_users_of_the_machine_read_or_replace(services, monkeypatch):
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    file = folder / "wger.sqlite"
    file.touch()
    for module in (machine, machine.readiness):
        monkeypatch.setattr(module, "database_file", lambda: file)
    wanted = ((0o604, 0o701, WARNING), (0o604, 0o700, OK), (0o600, 0o701, OK), (0o600, 0o703, PROBLEM))
    for mode, of_folder, status in wanted:
        file.chmod(mode)
        folder.chmod(of_folder)
        assert machine.permissions(services.settings).status == status, (mode, of_folder)
    shutil.rmtree(folder)


def test_zones_that_differ(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    machine.time.tzset()
    try:
        assert machine.time_zone(settings(tmp_path)).status == OK
        assert machine.time_zone(settings(tmp_path, TIME_ZONE="Asia/Tokyo")).status == WARNING
    finally:
        monkeypatch.undo()
        machine.time.tzset()


def test_mail(tmp_path, monkeypatch):
    assert machine.mail(settings(tmp_path)).status == WARNING
    given = {"EMAIL_HOST": "mail.invalid", "EMAIL_HOST_PASSWORD": "s3cret", "FROM_EMAIL": "wger@example.org"}
    monkeypatch.setattr(machine, "_greet", lambda settings: None)
    assert machine.mail(settings(tmp_path, **given)).status == OK
    assert machine.mail(settings(tmp_path, EMAIL_HOST="mail.invalid")).status == WARNING  # from localhost

    def refuse(settings):
        raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(machine, "_greet", refuse)
    found = machine.mail(settings(tmp_path, **given))
    assert found.status == PROBLEM and "mail.invalid:587" in found.found and "s3cret" not in str(found)


def test_a_proxy_that_is_not_counted(tmp_path):
    https = {"SITE_URL": "https://wger.example.org"}
    assert machine.proxies(settings(tmp_path, **https)).status == WARNING
    assert machine.proxies(settings(tmp_path, NUMBER_OF_PROXIES=1, **https)).status == OK


def loses_port(environ):
    environ["HTTP_HOST"] = environ["HTTP_HOST"].partition(":")[0]


@pytest.mark.parametrize(
    ("meddle", "told"),
    [
        (loses_port, "another port"),
        (lambda environ: environ.update(HTTP_HOST="backend:8000"), "another host"),
        (lambda environ: environ.update({"wsgi.url_scheme": "https"}), "another scheme"),
        (lambda environ: environ.update(SCRIPT_NAME="/wger"), "another path"),
    ],
)
def test_links_that_lead_elsewhere(app, services, meddle, told):
    with serving(Proxy(app, meddle=meddle)) as base:
        found = next(reach.findings(services, base))
    assert (found.check, found.status) == ("links", PROBLEM) and told in found.found and found.advice


def test_a_host_that_a_client_chooses(app, services):
    def believe(environ):
        environ["HTTP_HOST"] = environ.get("HTTP_X_FORWARDED_HOST", environ["HTTP_HOST"])

    with serving(app) as base:
        assert {finding.status for finding in reach.findings(services, base)} == {OK}
    with serving(Proxy(app, meddle=believe)) as base:
        found = {finding.check: finding for finding in reach.findings(services, base)}
    assert found["forwarded host"].status == PROBLEM and found["links"].status == OK


def test_media_that_is_not_served(app, services):
    def elsewhere(environ):
        environ["PATH_INFO"] = environ["PATH_INFO"].replace("/media/", "/nowhere/")

    with serving(Proxy(app, meddle=elsewhere)) as base:
        found = {finding.check: finding for finding in reach.findings(services, base)}
    assert found["served media"].status == PROBLEM and found["readiness"].status == OK
    assert not list((services.settings.WGER_MEDIA_ROOT / "doctor").glob("*.txt"))


@pytest.mark.parametrize("header", ["X-Content-Type-Options", "Content-Security-Policy"])
def test_media_that_comes_without_what_keeps_it_from_running(app, services, header):
    def without(environ, start):
        def begin(status, headers, *more):
            return start(status, [(name, value) for name, value in headers if name != header], *more)

        return app(environ, begin)

    with serving(app) as base:
        found = {finding.check: finding for finding in reach.findings(services, base)}
    assert found["served media"].status == OK
    with serving(without) as base:
        found = {finding.check: finding for finding in reach.findings(services, base)}
    assert found["served media"].status == WARNING and header in found["served media"].found


def test_a_server_that_is_not_ready(app, services, monkeypatch):
    with serving(app) as base:
        with monkeypatch.context() as patched:
            patched.setattr(readiness, "free_megabytes", lambda folder: 0)
            found = {finding.check: finding for finding in reach.findings(services, base)}
    assert found["readiness"].status == PROBLEM and "disk" in found["readiness"].found


def test_a_start_that_fails_is_a_finding(monkeypatch):
    def refuse():
        raise DatabaseURLError("WGER_DATABASE_URL: the database cannot be opened: away")

    monkeypatch.setattr("wger_flask.commands.doctor.migrated", refuse)
    done = CliRunner().invoke(main, ["doctor", "--json"])
    told = json.loads(done.output)
    assert done.exit_code == 1 and told["ok"] is False and "away" in told["findings"][0]["found"]


def test_the_machine_alone(app, monkeypatch):
    monkeypatch.setattr("wger_flask.commands.doctor.migrated", lambda: app)
    done = CliRunner().invoke(main, ["doctor", "--local", "--json"])
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.output)["findings"]) == 10


PLACES = [(module, Path(module.__file__)) for module in (machine, reach, app_walk, sync_doctor)]


def told_in(source: str):
    """Yield the arguments of each call that makes a finding of what is wrong."""
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        maker = getattr(call.func, "id", getattr(call.func, "attr", ""))
        names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
        if maker in ("Finding", "_found") and names & {"WARNING", "PROBLEM"}:
            yield call.args


@pytest.mark.parametrize(("module", "path"), PLACES, ids=[module.__name__ for module, _ in PLACES])
def test_whatever_is_wrong_is_told_with_what_to_do(module, path):
    found = list(told_in(path.read_text(encoding="utf-8")))
    without = [
        ast.unparse(args[0])
        for args in found
        if not any(isinstance(arg, ast.Starred) for arg in args)
        and (len(args) != 4 or isinstance(args[3], ast.Constant) and not args[3].value)
    ]
    assert found and not without
