"""Tokens for clients that work offline."""

from __future__ import annotations

import stat

import jwt


def test_a_token_is_verified_with_the_public_key(api, app, people):
    public = api().get("powersync-keys").json["keys"][0]
    assert set(public) == {"kty", "n", "e", "alg", "use", "kid"}
    made = api("grace").get("powersync-token").json
    assert set(made) == {"token", "powersync_url"}
    claims = jwt.decode(made["token"], jwt.PyJWK(public).key, ["RS256"], audience="powersync")
    assert claims["sub"] == str(people["grace"].id)
    assert claims["exp"] - claims["iat"] == 600
    assert jwt.get_unverified_header(made["token"])["kid"] == public["kid"]


def test_the_key_is_kept_and_private(api, app):
    assert api().get("powersync-keys").json == api().get("powersync-keys").json
    path = app.extensions["wger_flask"].settings.WGER_INSTANCE_PATH / "powersync.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_strangers_get_no_token(api):
    assert api().get("powersync-token").status_code == 403
