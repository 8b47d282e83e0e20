"""Accounts as the command and the other subjects see them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from wger_flask.auth import accounts, credential_stamps, passwords, refresh_tokens, trust
from wger_flask.auth.identity import by_id, by_token
from wger_flask.auth.models import (
    BlacklistedToken,
    ContentType,
    EmailAddress,
    Group,
    OutstandingToken,
    Permission,
    Token,
    User,
    group_permissions,
    user_groups,
    user_permissions,
)
from wger_flask.domain.core.models import Gym, GymConfig, UserCache, UserProfile
from wger_flask.storage import columns
from wger_flask.storage.database import database, transaction

from .conftest import PASSWORD


def test_a_new_account_has_all_that_belongs_to_one(app, outbox):
    key = accounts.create_user("anna", PASSWORD, email="Anna@Example.org")
    user = User.get_by_id(key)
    assert (user.username, user.email, user.is_active, user.is_staff, user.is_superuser) == (
        "anna",
        "anna@example.org",
        True,
        False,
        False,
    )
    assert passwords.matches(PASSWORD, user.password)
    assert UserProfile.get(UserProfile.user == key).notification_language_id == 2
    assert UserCache.get(UserCache.user == key).last_activity is None
    address = EmailAddress.get(EmailAddress.user == key)
    assert (address.email, address.primary, address.verified) == ("anna@example.org", True, False)
    assert [message["To"] for message in outbox] == ["anna@example.org"]


def test_an_admin_may_everything(app):
    caller = by_id(accounts.create_user("root", PASSWORD, admin=True))
    assert caller.is_staff and caller.is_superuser and caller.may("what.ever") and caller.is_trustworthy


def test_language_and_gym_of_a_new_profile(app):
    with transaction():
        gym = Gym.create(name="Downtown")
        GymConfig.create(default_gym=gym)
    user = accounts.register("anna", PASSWORD, language="de")
    profile = UserProfile.get(UserProfile.user == user.id)
    assert (profile.notification_language.short_name, profile.gym_id) == ("de", gym.id)


def test_nothing_is_left_of_an_account_that_cannot_be_made(app, outbox, monkeypatch):
    def fail(user, language):
        raise RuntimeError("no more room")

    monkeypatch.setattr(accounts, "_new_user_hooks", [*accounts._new_user_hooks, fail])
    with pytest.raises(RuntimeError):
        accounts.create_user("anna", PASSWORD, email="anna@example.org")
    assert not User.select().where(User.username == "anna").exists()
    assert not EmailAddress.select().where(EmailAddress.email == "anna@example.org").exists()
    assert outbox == []


@pytest.mark.parametrize(
    ("name", "password", "email", "told"),
    [
        ("grace", PASSWORD, "", "there is an account with this username already"),
        ("anna", PASSWORD, "GRACE@example.org", "there is an account with this email already"),
        ("grace", PASSWORD, "grace@example.org", "there is an account with this username and this email already"),
        (" ", PASSWORD, "", "a name has 1 to 150 printable characters"),
        ("a" * 151, PASSWORD, "", "a name has 1 to 150 printable characters"),
        ("a\x00b", PASSWORD, "", "a name has 1 to 150 printable characters"),
        ("anna", "  ", "", "a password is needed"),
        ("anna", PASSWORD, "nowhere", "'nowhere' is not an e-mail address"),
    ],
)
def test_what_the_command_refuses(app, name, password, email, told):
    before = User.select().count()
    with pytest.raises(ValueError, match=told):
        accounts.create_user(name, password, email=email)
    assert User.select().count() == before


def test_of_two_people_who_want_the_same_name_one_gets_it(app):
    results = []

    def ask():
        try:
            results.append(accounts.register("anna", PASSWORD).id)
        except accounts.Taken as clash:
            results.append(clash.fields)
        finally:
            database.obj.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(("username",)) == 3 and User.select().where(User.username == "anna").count() == 1


def test_setting_a_password_ends_what_came_with_the_old_one(app, bend, people):
    bend(WGER_ROTATE_REFRESH_TOKENS=True)
    refresh_tokens.new_refresh(people["grace"].id, credential_stamps.current(people["grace"]))
    accounts.set_password("grace", PASSWORD)
    assert passwords.matches(PASSWORD, User.get(User.username == "grace").password)
    assert BlacklistedToken.select().count() == OutstandingToken.select().count() == 1
    with pytest.raises(ValueError, match="there is no account 'nobody'"):
        accounts.set_password("nobody", PASSWORD)
    with pytest.raises(ValueError, match="a password is needed"):
        accounts.set_password("grace", "")


def test_there_is_one_permanent_token(app, people):
    known = Token.get(Token.user == people["grace"]).key
    assert accounts.create_token("grace") == known
    accounts.revoke_token(people["grace"].id)
    assert by_token(known) is None
    fresh = accounts.create_token("grace")
    assert fresh != known and len(fresh) == 40 and set(fresh) <= set("0123456789abcdef")
    assert by_token(fresh).username == "grace"
    with pytest.raises(ValueError):
        accounts.create_token("nobody")


# -- permissions and trust -----------------------------------------------------------------------
def permission(codename: str) -> Permission:
    kind, _ = ContentType.get_or_create(app_label="exercises", model="exercise")
    found, _ = Permission.get_or_create(content_type=kind, codename=codename, defaults={"name": codename})
    return found


def test_permissions_of_a_user_and_of_their_groups(app, people, queries):
    grace = people["grace"]
    with transaction():
        user_permissions.through.create(user=grace, permission=permission("test_one"))
        editors = Group.create(name="editors")
        group_permissions.through.create(group=editors, permission=permission("test_two"))
        user_groups.through.create(user=grace, group=editors)
    queries.clear()
    caller = by_id(grace.id)
    assert [caller.may(f"exercises.test_{name}") for name in ("one", "two", "three")] == [True, True, False]
    assert len(queries) == 2  # who it is, and what they may
    assert not by_id(people["linus"].id).may("exercises.test_one")


def test_nobody_is_trusted_early_or_without_an_address(app, people):
    grace = people["grace"]

    def trusted(days: int, verified: bool, temporary: bool = False) -> bool:
        with transaction():
            User.update(date_joined=columns.now() - timedelta(days=days)).where(User.id == grace.id).execute()
            EmailAddress.update(verified=verified).where(EmailAddress.user == grace.id).execute()
            UserProfile.update(is_temporary=temporary).where(UserProfile.user == grace.id).execute()
        return by_id(grace.id).is_trustworthy

    assert trusted(22, True)
    assert not trusted(21, True)
    assert not trusted(22, False)
    assert not trusted(22, True, temporary=True)
    assert by_id(people["ada"].id).is_trustworthy and not trust.is_trustworthy(None, True)


@pytest.mark.parametrize("key", [0, -1, 2**63, 10**30])
def test_keys_that_nobody_has(app, key):
    assert by_id(key) is None
