"""What a new password ends, and what logging out ends: sessions, tokens, the API key."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from wger_flask.auth import accounts, credential_stamps, credentials, messages, passwords, sessions, tokens
from wger_flask.auth.models import LoginSession, Permission, SecurityStamp, Token, User
from wger_flask.auth.passwords import Hashing
from wger_flask.auth.policy import policy
from wger_flask.storage import columns
from wger_flask.storage.database import database, transaction
from wger_flask.sync import tokens as powersync

from .conftest import GRACE, PASSWORD, App

MINE = "userprofile/"


class Held:
    """Everything that grace's password can have been used for, and whether each still works."""

    def __init__(self, app, api, browser):
        self.app, self.api = app, api
        self.browser = browser().log_in("grace")
        self.pair = api().post("token", GRACE).json
        self.rotated = api().post("token/refresh", {"refresh": self.pair["refresh"]}).json
        self.key = api().post("login/", GRACE).json["token"]
        self.app_of_hers = App(app).post("auth/login", GRACE).json["meta"]
        self.sync = api("grace").get("powersync-token").json["token"]

    def still_works(self) -> set[str]:
        """Return the names of what is good for anything; renews what is renewed by use last."""

        def reads(header: str) -> bool:
            return self.api().get(MINE, headers={"Authorization": header}).status_code == 200

        def opens(**header) -> bool:
            return App(self.app, **header).get("auth/session").status_code == 200

        def renews(path: str, **body) -> bool:
            return self.app.test_client().post(path, json=body).status_code == 200

        found = {
            "cookie": self.browser.http.get(f"/api/v2/{MINE}").status_code == 200,
            "access": reads(f"Bearer {self.pair['access']}"),
            "renewed access": reads(f"Bearer {self.rotated['access']}"),
            "key": reads(f"Token {self.key}"),
            "app": opens(**{"X-Session-Token": self.app_of_hers["session_token"]}),
            "app's access": reads(f"Bearer {self.app_of_hers['access_token']}"),
            "app's access on its own": opens(Authorization=f"Bearer {self.app_of_hers['access_token']}"),
            "sync": self._syncs(),
            "verified": all(
                self.api().post("token/verify", {"token": text}).status_code == 200
                for text in (self.pair["access"], self.rotated.get("refresh", self.pair["refresh"]))
            ),
            "refresh": renews("/api/v2/token/refresh", refresh=self.rotated.get("refresh", self.pair["refresh"])),
            "app's refresh": renews("/allauth/app/v1/tokens/refresh", refresh_token=self.app_of_hers["refresh_token"]),
        }
        return {name for name, works in found.items() if works}

    def _syncs(self) -> bool:
        try:
            return powersync.read(self.sync).username == "grace"
        except tokens.BadToken:
            return False


ALL = {
    "cookie",
    "access",
    "renewed access",
    "key",
    "app",
    "app's access",
    "app's access on its own",
    "sync",
    "verified",
    "refresh",
    "app's refresh",
}


@pytest.fixture(params=[False, True], ids=["kept", "rotated"])
def held(request, app, api, browser, bend):
    bend(WGER_ROTATE_REFRESH_TOKENS=request.param)
    return Held(app, api, browser)


def test_all_of_it_works_before(held):
    assert held.still_works() == ALL


def test_setting_a_password_ends_all_of_it(held):
    accounts.set_password("grace", PASSWORD)
    assert held.still_works() == set()
    assert not Token.select().join(User).where(User.username == "grace").exists()


def test_a_reset_by_letter_on_the_page_ends_all_of_it(held, browser, outbox, link_in):
    browser().fill("/user/password/reset", email="grace@example.org")
    assert browser().fill(link_in(outbox[0]), password=PASSWORD, again=PASSWORD).status_code == 303
    assert held.still_works() == set()


def test_a_reset_by_letter_in_an_app_ends_all_of_it(held, phone):
    user = User.get(User.username == "grace")
    key = messages.reset_key(user, user.email)
    assert phone.post("auth/password/reset", {"key": key, "password": PASSWORD}).status_code == 401
    assert held.still_works() == set()


def test_others_keep_theirs(held, api, browser):
    other = browser().log_in("ada")
    access = api().post("token", {"username": "ada", "password": "ada-pass"}).json["access"]
    accounts.set_password("grace", PASSWORD)
    assert other.http.get(f"/api/v2/{MINE}").status_code == 200
    assert api("ada").get(MINE).status_code == 200
    assert api().get(MINE, headers={"Authorization": f"Bearer {access}"}).status_code == 200


def test_a_change_in_an_app_keeps_its_session_and_access_tokens_alone(held):
    own = App(held.app, **{"X-Session-Token": held.app_of_hers["session_token"]})
    body = {"current_password": "ecarg-pass", "new_password": PASSWORD}
    changed = own.post("account/password/change", body)
    assert changed.status_code == 200
    assert held.still_works() == {"app's access", "app's access on its own"}  # the session has another token now
    held.app_of_hers["session_token"] = changed.json["meta"]["session_token"]
    assert held.still_works() == {"app", "app's access", "app's access on its own"}


def test_a_change_on_the_page_keeps_its_session_alone(held):
    sent = {"current": "ecarg-pass", "password": PASSWORD, "again": PASSWORD, "revoke_key": "true"}
    assert held.browser.fill("/user/password", **sent).status_code == 303
    assert "your API key revoked" in held.browser.get("/user/api-key").text
    assert held.still_works() == {"cookie"}


def test_the_key_stays_where_the_tick_is_taken_away(held):
    sent = {"current": "ecarg-pass", "password": PASSWORD, "again": PASSWORD}
    assert held.browser.fill("/user/password", **sent).status_code == 303
    assert held.still_works() == {"cookie", "key"}


def test_the_page_asks_about_the_key_ticked_by_default(browser, people):
    held = browser().log_in("grace")
    tick = re.compile(r'<input type="checkbox" name="revoke_key" value="true"[^>]*?( checked)?>')
    assert tick.search(held.get("/user/password").text)[1]
    wrong = {"current": "wrong", "password": PASSWORD, "again": PASSWORD}
    assert not tick.search(held.fill("/user/password", **wrong).text)[1]  # what was chosen stays
    assert tick.search(held.fill("/user/password", **wrong, revoke_key="true").text)[1]
    accounts.revoke_token(people["grace"].id)
    assert tick.search(held.get("/user/password").text) is None


# -- another program's change, renewed hashes ------------------------------------------------------------
def rehash(password: str, iterations: int) -> None:
    with transaction():
        User.update(password=passwords.hash_password(password, Hashing(iterations=iterations))).where(
            User.username == "grace"
        ).execute()


def test_a_password_that_another_program_has_changed_ends_all_but_its_key(held, api):
    rehash(PASSWORD, policy().hashing.iterations)
    assert held.still_works() == {"key"}  # the table of keys is that program's too
    again = api().post("token", {**GRACE, "password": PASSWORD}).json
    assert api().get(MINE, headers={"Authorization": f"Bearer {again['access']}"}).status_code == 200
    assert held.still_works() == {"key"}


def test_a_hash_that_is_renewed_at_login_ends_nothing(app, api, browser, bend):
    rehash("ecarg-pass", policy().hashing.iterations + 1)  # as an import brings it
    bend(WGER_PASSWORD_ITERATIONS=policy().hashing.iterations + 1)
    held = Held(app, api, browser)
    bend(WGER_PASSWORD_ITERATIONS=policy().hashing.iterations + 1)
    before = User.get(User.username == "grace").password
    assert api().post("token", GRACE).status_code == 200
    assert User.get(User.username == "grace").password != before
    assert held.still_works() == ALL


def test_a_stamp_that_could_not_be_stored_is_known_all_the_same(api, bend, people):
    access = api().post("token", GRACE).json["access"]

    def reads() -> bool:
        return api().get(MINE, headers={"Authorization": f"Bearer {access}"}).status_code == 200

    with transaction():
        SecurityStamp.delete().execute()
    assert reads()
    bend(WGER_PASSWORD_ITERATIONS=policy().hashing.iterations + 1)
    api().post("token", GRACE)  # renews the hash
    assert reads() and SecurityStamp.select().where(SecurityStamp.user == people["grace"].id).count() == 1
    accounts.set_password("grace", PASSWORD)
    with transaction():
        SecurityStamp.delete().execute()
    assert not reads()


def test_of_two_logins_that_renew_the_hash_both_get_in(app, bend):
    bend(WGER_PASSWORD_ITERATIONS=policy().hashing.iterations + 1)
    first, second = (credentials.named("grace") for _ in range(2))
    for found in (first, second):
        user = credentials.verify(found, "ecarg-pass", None)
        assert user.password == User.get(User.username == "grace").password
        assert credential_stamps.current(user)


def test_a_password_that_is_changed_while_its_hash_is_renewed_is_wrong(app, bend):
    bend(WGER_PASSWORD_ITERATIONS=policy().hashing.iterations + 1)
    found = credentials.named("grace")
    accounts.set_password("grace", PASSWORD)
    assert credentials.verify(found, "ecarg-pass", None) is None


@pytest.mark.parametrize(
    "log_in",
    [
        lambda api, browser, phone: api().post("token", GRACE).status_code == 401,
        lambda api, browser, phone: api().post("login/", GRACE).status_code == 400,
        lambda api, browser, phone: phone.post("auth/login", GRACE).status_code == 410,
        lambda api, browser, phone: browser().fill("/user/login", **GRACE).status_code == 400,
    ],
    ids=["token", "login", "app", "page"],
)
def test_a_password_that_is_changed_between_proof_and_gift_gives_nothing(
    api, browser, phone, people, monkeypatch, log_in
):
    verify = credentials.verify

    def slow(*arguments):
        user = verify(*arguments)
        accounts.set_password("grace", PASSWORD)
        return user

    accounts.revoke_token(people["grace"].id)
    monkeypatch.setattr(credentials, "verify", slow)
    assert log_in(api, browser, phone)
    assert not LoginSession.select().exists() and not Token.select().where(Token.user == people["grace"].id).exists()


def test_a_key_that_is_revoked_while_it_is_used_gives_nothing(api, monkeypatch):
    current = credential_stamps.current

    def slow(user):
        accounts.set_password("grace", PASSWORD)
        return current(User.get_by_id(user.id))

    monkeypatch.setattr(credential_stamps, "current", slow)
    assert api("grace").get("powersync-token").status_code == 403
    assert not LoginSession.select().exists()


# -- logging out --------------------------------------------------------------------------------------------
def test_a_copied_cookie_is_worthless_after_logging_out(browser):
    held, other = browser().log_in("grace"), browser().log_in("grace")
    copy = browser()
    for name in ("sessionid", "csrftoken"):
        copy.http.set_cookie(name, held.http.get_cookie(name).value)
    assert copy.http.get(f"/api/v2/{MINE}").status_code == 200
    held.http.post("/user/logout", data={"csrfmiddlewaretoken": held.http.get_cookie("csrftoken").value})
    assert copy.http.get(f"/api/v2/{MINE}").status_code == 403
    assert copy.get("/user/api-key").status_code == 303
    assert other.http.get(f"/api/v2/{MINE}").status_code == 200  # that one alone


def test_a_copied_cookie_is_worthless_after_logging_in_anew_or_changing_the_password(browser):
    held, copy = browser().log_in("grace"), browser()
    copy.http.set_cookie("sessionid", held.http.get_cookie("sessionid").value)
    sent = {"csrfmiddlewaretoken": held.http.get_cookie("csrftoken").value}
    held.http.post("/user/login", data={**GRACE, **sent})
    assert copy.http.get(f"/api/v2/{MINE}").status_code == 403
    copy.http.set_cookie("sessionid", held.http.get_cookie("sessionid").value)
    assert copy.http.get(f"/api/v2/{MINE}").status_code == 200
    held.fill("/user/password", current="ecarg-pass", password=PASSWORD, again=PASSWORD)
    assert copy.http.get(f"/api/v2/{MINE}").status_code == 403
    assert held.http.get(f"/api/v2/{MINE}").status_code == 200
    assert LoginSession.select().count() == 1


def test_the_token_of_a_browser_opens_no_session_of_an_app(app, people):
    token, _ = sessions.begin(people["grace"], [], sessions.BROWSER)
    assert App(app, **{"X-Session-Token": token}).get("auth/session").status_code == 410
    token, _ = sessions.begin(people["grace"], [], sessions.APP)
    with pytest.raises(sessions.Gone):
        sessions.by_token(token, sessions.BROWSER)


def test_access_tokens_end_with_their_session_and_no_other(held):
    other = App(held.app).post("auth/login", GRACE).json["meta"]
    App(held.app, **{"X-Session-Token": other["session_token"]}).delete("auth/session")
    bearer = {"Authorization": f"Bearer {other['access_token']}"}
    assert held.api().get(MINE, headers=bearer).status_code == 403
    assert held.still_works() == ALL


# -- people who are out, or gone -------------------------------------------------------------------------------
def test_somebody_who_was_shut_out(held):
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
    assert held.still_works() <= {"verified"}


def test_nothing_is_left_of_somebody_who_was_deleted_by_a_program_that_knows_nothing_of_our_tables(app, api, browser):
    key = accounts.create_user("anna", PASSWORD)
    anna = {"username": "anna", "password": PASSWORD}
    access = api().post("token", anna).json["access"]
    own = App(app).post("auth/login", anna).json["meta"]
    with transaction():
        theirs = ("core_userprofile", "core_usercache", "measurements_category")
        for table, column in (*((table, "user_id") for table in theirs), ("auth_user", "id")):
            database.obj.execute_sql(f"DELETE FROM {table} WHERE {column} = {key}")
    assert not SecurityStamp.select().where(SecurityStamp.user == key).exists() and not LoginSession.select().exists()
    for text, code in ((access, "user_not_found"), (own["access_token"], "token_not_valid")):
        answer = api().get(MINE, headers={"Authorization": f"Bearer {text}"})
        assert (answer.status_code, answer.json["code"]) == (403, code)
        assert api().post("token/verify", {"token": text}).status_code == 401


# -- sync tokens -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("seconds", "told"), [(-1, "Token is expired"), (-4, "Token is expired")])
def test_sync_tokens_have_no_leeway(app, api, monkeypatch, seconds, told):
    monkeypatch.setattr(powersync, "lifetime", lambda: seconds)
    with pytest.raises(tokens.BadToken, match=told):
        powersync.read(api("grace").get("powersync-token").json["token"])


def test_other_tokens_are_no_sync_tokens(held):
    for text in (held.pair["access"], held.app_of_hers["access_token"], held.key, "x.y.z", ""):
        with pytest.raises(tokens.BadToken):
            powersync.read(text)
    assert held.api().get(MINE, headers={"Authorization": f"Bearer {held.sync}"}).status_code == 403


# -- what it costs ---------------------------------------------------------------------------------------------------
def test_every_credential_costs_one_query(held, queries):
    bearers = [held.pair["access"], held.app_of_hers["access_token"]]
    asks = [
        lambda text=text: held.api().get(
            "check-permission/?permission=x.y",
            headers={
                "Authorization": f"Bearer {text}",
            },
        )
        for text in bearers
    ]
    asks.append(lambda: held.browser.http.get("/api/v2/check-permission/?permission=x.y"))
    with transaction():
        Permission.delete().execute()
        User.update(is_superuser=True).where(User.username == "grace").execute()
    for ask in asks:
        ask()  # statements are compiled once
        queries.clear()
        assert ask().json == {"result": True}
        assert len(queries) == 1


def test_sessions_that_are_over_are_forgotten(held, browser):
    with transaction():
        LoginSession.update(expires=columns.now() - timedelta(seconds=1)).execute()
    assert "cookie" not in held.still_works()
    browser().log_in("grace")
    assert LoginSession.select().count() == 1
