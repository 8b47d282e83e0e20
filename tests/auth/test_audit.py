"""The audit log: every act has its entry, in the transaction that does it, and no secret is in any."""

from __future__ import annotations

import inspect
import json
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from wger_flask.auth import accounts, audit, sessions
from wger_flask.auth.account_deletion import delete_account
from wger_flask.auth.models import User
from wger_flask.auth.second_factors import changes
from wger_flask.commands import main
from wger_flask.storage.database import transaction
from wger_flask.testing.server import Client

PASSWORD = "ecarg-pass"


def acts(*wanted):
    """Return the entries since the test began, the oldest first: act, actor, subject, about."""
    return [(e.act, e.actor, e.subject, e.about) for e in reversed(audit.entries()) if not wanted or e.act in wanted]


@pytest.fixture(autouse=True)
def nothing_noted(app):
    with transaction():
        audit.AuditEntry.delete().execute()


@pytest.fixture
def anybody(app):
    return Client(app)


@pytest.fixture
def user():
    return User.get(User.username == "grace")


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/api/v2/token", "for access tokens"),
        ("/api/v2/login/", "for the permanent token"),
        ("/allauth/app/v1/auth/login", ""),
    ],
)
def test_a_login_and_one_that_fails_are_noted_however_it_is_tried(anybody, path, more):
    for password in ("s3cret wrong", PASSWORD):
        anybody.post(path, {"username": "grace", "password": password})
    assert acts(audit.LOGIN_FAILED, audit.LOGIN) == [
        (audit.LOGIN_FAILED, "", "grace", ""),
        (audit.LOGIN, "grace", "grace", more),
    ]


def test_what_was_typed_as_a_name_is_not_kept_unless_an_account_has_it(anybody):
    anybody.post("/api/v2/token", {"username": "my-s3cret-password", "password": "grace"})
    assert acts() == [(audit.LOGIN_FAILED, "", "", "")]


def test_an_account_that_is_closed_is_told_apart(anybody, user):
    with transaction():
        User.update(is_active=False).where(User.id == user.id).execute()
    anybody.post("/api/v2/token", {"username": "grace", "password": PASSWORD})
    assert acts() == [(audit.LOGIN_FAILED, "", "grace", "the account is closed")]


def test_logging_in_and_out_on_a_page(app, browser):
    page = browser()
    page.log_in("grace")
    page.http.post("/user/logout", data={"csrfmiddlewaretoken": page.token("/user/password")})
    assert acts() == [(audit.LOGIN, "grace", "grace", ""), (audit.LOGOUT, "grace", "grace", "")]


def test_what_is_done_to_an_account_is_noted(app, user):
    accounts.change_password(user, "another-ecarg")
    accounts.permanent_token(user)
    accounts.permanent_token(user)
    accounts.revoke_token(user.id)
    accounts.revoke_token(user.id)
    made = accounts.create_user("hopper", "reppoh-pass", admin=True)
    with app.app_context():
        delete_account(User.get_by_id(made))
    by = audit.BY_COMMAND
    assert acts() == [
        (audit.PASSWORD_CHANGED, by, "grace", ""),
        (audit.TOKEN_MADE, by, "grace", ""),
        (audit.TOKEN_REVOKED, by, "grace", ""),
        (audit.USER_CREATED, by, "hopper", "an administrator"),
        (audit.USER_DELETED, by, "hopper", ""),
    ]


def test_second_factors_are_noted(user):
    from wger_flask.auth.second_factors import authenticators

    _, key = sessions.begin(user, [])
    session = sessions.by_id(key)
    secret = changes.offered_secret(session)
    changes.turn_on(user, session, pyotp.TOTP(secret).now())
    assert authenticators.prove(user.id, "000", None) is None
    changes.renew_codes(user)
    changes.remove_all(user)
    assert [act for act, *_ in acts()] == [
        audit.FACTOR_SET,
        audit.FACTOR_FAILED,
        audit.CODES_RENEWED,
        audit.FACTOR_REMOVED,
    ]


def test_an_act_that_is_undone_has_no_entry(user):
    with pytest.raises(RuntimeError), transaction():
        accounts.change_password(user, "another-ecarg")
        raise RuntimeError
    assert acts() == []


def test_a_deletion_in_the_catalogue_is_noted_and_one_of_ones_own_is_not(api):
    ada = api("ada")
    row = ada.get("exercise/?limit=1").json["results"][0]
    assert ada.delete(f"exercise/{row['id']}/").status_code == 204
    plan = ada.post("nutritionplan/", {"description": "Mine"}).json
    ada.delete(f"nutritionplan/{plan['id']}/")
    ((act, actor, subject, about),) = acts()
    assert (act, actor, subject) == (audit.ROW_DELETED, "ada", "") and about.startswith(f"exercise {row['id']}")


def test_no_secret_is_in_any_entry(app, anybody, user):
    anybody.post("/api/v2/login/", {"username": "grace", "password": PASSWORD})
    key = accounts.permanent_token(user)
    anybody.post("/api/v2/token", {"username": "grace", "password": "s3cret"})
    kept = json.dumps([entry.__data__ for entry in audit.AuditEntry.select()], default=str)
    assert not any(secret in kept for secret in (PASSWORD, "s3cret", key))
    assert "127.0.0.1" not in kept


def test_entries_are_kept_for_a_time(user):
    accounts.note_login(user)
    days = accounts.policy().settings.WGER_AUDIT_DAYS
    assert audit.drop_old() == 0
    assert audit.drop_old(datetime.now(UTC) + timedelta(days=days, minutes=1)) == 1
    assert acts() == []


def test_administrators_alone_see_the_page(app, browser, user):
    accounts.note_login(user)
    assert browser().get("/user/audit").status_code == 303
    page = browser()
    page.log_in("grace")
    assert page.get("/user/audit").status_code == 403
    page = browser()
    page.log_in("ada")
    text = page.get("/user/audit?user=grace").get_data(as_text=True)
    assert "login" in text and "<td>grace</td>" in text
    for odd in ("act=%00", "before=x", "before=99999999999999999999", "user=%00%F0", "act=login&before=1"):
        assert page.get(f"/user/audit?{odd}").status_code == 200


def test_the_page_goes_on_to_older_entries(app, browser, user):
    for _ in range(53):
        accounts.note_login(user)
    page = browser()
    page.log_in("ada")
    first = page.get("/user/audit?act=login").get_data(as_text=True)
    assert first.count("<tr>") == 51 and "Older entries" in first
    older = first.partition('href="?')[2].partition('"')[0].replace("&amp;", "&")
    rest = page.get(f"/user/audit?{older}").get_data(as_text=True)
    assert rest.count("<tr>") == 5 and "Older entries" not in rest  # with the login of ada


def test_the_command_shows_it(app, user, monkeypatch):
    from wger_flask.commands import audit as command

    accounts.note_login(user)
    monkeypatch.setattr(command, "migrated", lambda: app)
    text = CliRunner().invoke(main, ["audit", "--user", "grace"])
    assert text.exit_code == 0 and "login  by grace  to grace" in text.output, text.output
    rows = CliRunner().invoke(main, ["audit", "--json", "--act", "login", "--since", "2020-01-01"])
    assert json.loads(rows.output)["subject"] == "grace"
    assert CliRunner().invoke(main, ["audit", "--act", "dance"]).exit_code == 2


QUIET = {  # they read, or make anew what follows from other rows
    "audit",
    "doctor",
    "make-migration",
    "new-plugin",
    "recalculate-measurements",
    "recalculate-statistics",
    "resources",
    "serve",
    "settings",
    "sync-compact",
    "sync-status",
}
BY_WHAT_THEY_DO = {"create-token", "create-user", "delete-user", "remove-second-factor", "set-password"}


def test_every_other_command_is_noted_and_listed_in_the_documentation():
    noted = {
        name
        for name, command in main.commands.items()
        if re.search(r"\bnote\(f?\"", inspect.getsource(command.callback))
    }
    assert set(main.commands) == noted | QUIET | BY_WHAT_THEY_DO
    about = (ROOT / "docs/operations.md").read_text().partition("## Who did what")[2].partition("## ")[0]
    assert [name for name in sorted(noted) if f"`{name}`" not in about] == []


def test_what_a_command_does_with_an_account_names_it(user, monkeypatch, tmp_path):
    from wger_flask.commands import takeout, users

    for module in (takeout, users):
        monkeypatch.setattr(module, "migrated", lambda: None)
    monkeypatch.setattr(takeout, "write_everything", lambda app, user, file: file)
    run = CliRunner().invoke
    assert run(main, ["export-user", "grace", str(tmp_path / "hers.zip")]).exit_code == 0
    assert run(main, ["email", "grace", "--add", "grace@example.com"]).exit_code == 0
    assert run(main, ["email", "grace"]).exit_code == 0, "to look is nothing to note"
    by = audit.BY_COMMAND
    assert acts() == [(audit.COMMAND, by, "grace", "export-user hers.zip"), (audit.COMMAND, by, "grace", "email")]
