"""The log of a server whose phones sync names users and phones by number, and nothing of what they hold."""

from __future__ import annotations

import logging
import uuid

from wger_flask.storage.database import DatabaseError
from wger_flask.sync import log, source
from wger_flask.testing.server import key_of

SECRET = "Kummerspeck"
DOOR = "/api/v2/upload-powersync-data"


def upload(api, method: str, table: str, **data: object):
    return api("grace").open(method, DOOR, {"table": table, "data": data})


def test_nothing_personal_is_logged(app, api, people, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG, logger="wger_flask")  # as WGER_LOG_LEVEL=debug does
    token = api("grace").get("powersync-token").json["token"]
    web, credentials = app.test_client(), {"Authorization": f"Token {token}"}
    phone = {"client_id": str(uuid.uuid4()), "buckets": []}

    def stream() -> str:
        return web.post("/ps/sync/stream", json=phone, headers=credentials).text

    plan = str(uuid.uuid4())
    assert upload(api, "PUT", "nutrition_nutritionplan", id=plan, description=SECRET).json == {"status": "ok!"}
    assert upload(api, "PATCH", "nutrition_nutritionplan", id=plan, description=SECRET + " more").status_code == 200
    assert "error" in upload(api, "PUT", "measurements_measurement", id=plan, value=SECRET, notes=SECRET).json
    assert "error" in upload(api, "PUT", SECRET, id=SECRET).json
    assert web.get(f"/ps/write-checkpoint2.json?client_id={phone['client_id']}", headers=credentials).status_code == 200
    assert SECRET in stream() and "checkpoint_complete" in stream()
    with monkeypatch.context() as patched:
        patched.setattr(source, "is_unavailable", lambda wrong: True)
        patched.setattr(log, "generation", lambda: (_ for _ in ()).throw(DatabaseError("gone away")))
        stream()
    assert web.post("/ps/sync/stream", json=phone, headers={"Authorization": f"Token {token}x"}).status_code == 401
    api("grace").delete(f"nutritionplan/{plan}/")
    log.compact()
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "stream of user" in told and "gone away" in told
    grace = people["grace"]
    for personal in (SECRET, token, token.split(".")[2], key_of("grace"), grace.username, grace.email, grace.password):
        assert personal and personal not in told, personal
