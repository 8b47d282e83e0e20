"""Credentials in the Authorization header, good ones and broken ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tests.conftest import key_of
from wger_flask.auth import credential_stamps, sessions, tokens
from wger_flask.auth.identity import by_token
from wger_flask.auth.models import Token, User
from wger_flask.auth.policy import policy
from wger_flask.storage.database import transaction

from .conftest import made

NOBODY = {"detail": "Authentication credentials were not provided."}
TWO_PARTS = {
    "detail": "Authorization header must contain two space-delimited values",
    "code": "bad_authorization_header",
}


def refused(message: str) -> dict:
    wrong = {"token_class": "AccessToken", "token_type": "access", "message": message}
    return {"detail": "Given token not valid for any token type", "code": "token_not_valid", "messages": [wrong]}


def ask(api, header: str, path: str = "weightentry/"):
    return api().get(path, headers={"Authorization": header})


def signed(**claims) -> str:
    now = datetime.now(UTC)
    claims = {"exp": now + timedelta(minutes=5), "iat": now, "jti": "x", "token_type": "access", **claims}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, policy().key("jwt"), algorithm="HS256")


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("", NOBODY),
        ("Basic Z3JhY2U6eA==", NOBODY),
        ("JWT x.y.z", NOBODY),
        ("bearer x.y.z", NOBODY),
        ("6772616365", NOBODY),
        ("Token", {"detail": "Invalid token header. No credentials provided."}),
        ("Token a b", {"detail": "Invalid token header. Token string should not contain spaces."}),
        ("Token nonsense", {"detail": "Invalid token."}),
        ("token nonsense", {"detail": "Invalid token."}),
        ("Token n\u00f6nsense", {"detail": "Invalid token."}),
        ("Bearer", TWO_PARTS),
        ("Bearer a b", TWO_PARTS),
        ("Bearer x.y.z", refused("Token is invalid")),
        ("Bearer \u00e4.b.c", refused("Token is invalid")),
    ],
)
def test_broken_headers(api, header, body):
    answer = ask(api, header)
    assert (answer.status_code, answer.json) == (403, body)
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN"])
def test_permanent_tokens(api, scheme):
    assert ask(api, f"{scheme} {key_of('grace')}").status_code == 200


@pytest.mark.parametrize(
    "key", ["a-b", "grace.key_1", "0/+=~", "{}", "schl\u00fcssel", "\u00e0 la".replace(" ", "-"), "x" * 40, "'\"--"]
)
def test_what_login_hands_out_is_taken_whatever_its_form(api, people, key):
    with transaction():
        Token.update(key=key).where(Token.user == people["grace"]).execute()
    handed_out = api().post("login/", {"username": "grace", "password": "ecarg-pass"}).json["token"]
    assert handed_out == key
    as_sent = f"Token {handed_out}".encode().decode("latin-1")
    assert ask(api, as_sent).status_code == 200
    assert ask(api, f"{as_sent}x").json == {"detail": "Invalid token."}


def test_keys_that_no_row_has(app):
    assert by_token("a\x00b") is None and by_token("") is None and by_token("x" * 100_000) is None


def test_a_token_costs_one_query(api, queries):
    api("grace").get("check-permission/?permission=x.y")  # statements are compiled once
    queries.clear()
    assert api("ada").get("check-permission/?permission=x.y").json == {"result": True}
    assert len(queries) == 1


def test_broken_credentials_are_refused_where_none_are_needed(api):
    assert ask(api, "Token nonsense", "language/").status_code == 403
    assert ask(api, "Bearer x.y.z", "language/").status_code == 403
    assert ask(api, "Basic eA==", "language/").status_code == 200


@pytest.mark.parametrize(
    ("claims", "body"),
    [
        ({"exp": datetime(2020, 1, 1, tzinfo=UTC)}, refused("Token is expired")),
        ({"exp": None}, refused("Token is invalid")),
        ({"token_type": "refresh"}, refused("Token has wrong type")),
        ({"token_type": None}, refused("Token has no type")),
        ({"token_type": None, "token_use": "refresh"}, refused("Token has no type")),
        (
            {"user_id": "x"},
            {
                "detail": "Token contained no recognizable user identification",
                "code": "token_not_valid",
            },
        ),
        ({}, {"detail": "Token contained no recognizable user identification", "code": "token_not_valid"}),
        ({"user_id": "999999"}, {"detail": "User not found", "code": "user_not_found"}),
        ({"user_id": "9" * 40}, {"detail": "User not found", "code": "user_not_found"}),
    ],
)
def test_signed_tokens_that_are_no_good(api, claims, body):
    answer = ask(api, f"Bearer {signed(**claims)}")
    assert (answer.status_code, answer.json) == (403, body)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"iat": 4}, 200),
        ({"iat": 60}, 403),
        ({"exp": -4}, 200),
        ({"exp": -6}, 403),
        ({"nbf": 4}, 200),
        ({"nbf": 60}, 403),
    ],
)
def test_clocks_may_differ_by_five_seconds(api, people, claims, status):
    now = datetime.now(UTC)
    moments = {name: now + timedelta(seconds=seconds) for name, seconds in claims.items()}
    own = {"user_id": str(people["grace"].id), "stamp": credential_stamps.current(people["grace"])}
    assert ask(api, f"Bearer {signed(**moments, **own)}").status_code == status


def test_a_token_signed_otherwise_is_refused(api, people):
    claims = {"exp": datetime.now(UTC) + timedelta(minutes=5), "token_type": "access", "user_id": "1"}
    for token in (
        jwt.encode(claims, b"another key of thirty-two bytes or more", algorithm="HS256"),
        jwt.encode(claims, policy().key("jwt") * 2, algorithm="HS512"),
        jwt.encode(claims, None, algorithm="none"),
    ):
        assert ask(api, f"Bearer {token}").json == refused("Token is invalid")


def test_access_tokens_of_both_families(api, people):
    grace = people["grace"]
    _, session = sessions.begin(grace, [])
    for token in (made(grace), tokens.make_headless(grace.id, "access", session)):
        assert ask(api, f"Bearer {token.text}").status_code == 200
        assert ask(api, f"Bearer   {token.text}").status_code == 200
        assert ask(api, f"Token {token.text}").json == {"detail": "Invalid token."}


def test_claims(app, people, bend):
    bend(ACCESS_TOKEN_LIFETIME=7, REFRESH_TOKEN_LIFETIME=3)
    for kind, seconds in (("access", 7 * 60), ("refresh", 3 * 3600)):
        text = made(people["grace"], kind).text
        claims = tokens.read(text)
        assert jwt.get_unverified_header(text) == {"alg": "HS256", "typ": "JWT"}
        assert list(claims) == ["token_type", "exp", "iat", "jti", "user_id", "sub", "stamp"]
        assert (claims["token_type"], claims["user_id"], claims["sub"]) == (kind, "2", "2")
        assert claims["exp"] - claims["iat"] == seconds
        assert len(claims["jti"]) == 32 and int(claims["jti"], 16)
    claims = tokens.read(tokens.make_headless(2, "access", "s").text)
    assert set(claims) == {"exp", "iat", "jti", "sid", "token_use", "sub"} and len(claims["jti"]) == 36


def test_somebody_who_was_shut_out(api, people):
    bearer = made(people["grace"]).text
    with transaction():
        User.update(is_active=False).where(User.username == "grace").execute()
    assert api("grace").get("weightentry/").json == {"detail": "User inactive or deleted."}
    assert ask(api, f"Bearer {bearer}").json == {"detail": "User is inactive", "code": "user_inactive"}
    headless = tokens.make_headless(people["grace"].id, "access", "s" * 40).text
    assert ask(api, f"Bearer {headless}").json == refused("Token has no type")


def test_session_tokens_of_apps_are_nothing_here(api):
    assert api().get("weightentry/", headers={"X-Session-Token": "x" * 32}).json == NOBODY
