"""Photos of people are their owners' alone where that is set; what everybody may see stays everybody's."""

from __future__ import annotations

import base64
import dataclasses
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.media.samples import picture
from wger_flask.rest import private_media

SMALL = ".200x200_q85.jpg"


@pytest.fixture
def private(app, monkeypatch):
    """The application with the setting."""
    services = app.extensions["wger_flask"]
    monkeypatch.setattr(services, "settings", dataclasses.replace(services.settings, WGER_PRIVATE_MEDIA=True))
    return app


@pytest.fixture
def photo(private, api):
    """The path of a photo of grace's."""
    form = {"date": "2024-05-01", "image": (BytesIO(picture()), "a.png")}
    return urlsplit(api("grace").post("gallery/", data=form, content_type="multipart/form-data").json["image"]).path


def load(client, path: str, **headers) -> int:
    with client.get(path, headers=headers) as answer:
        return answer.status_code


@pytest.mark.parametrize("ending", ["", SMALL])
def test_a_photo_is_its_owners(api, photo, ending):
    assert load(api("grace"), photo + ending) == 200
    assert load(api(), photo + ending) == 403
    for name in ("linus", "ada"):
        assert load(api(name), photo + ending) == 404


def test_sessions_and_access_tokens_open_it_and_nothing_else_does(private, api, photo):
    grace = {"username": "grace", "password": "ecarg-pass"}
    access = api().post("token", grace).json
    assert load(api(), photo, Authorization=f"Bearer {access['access']}") == 200
    sync = api("grace").get("powersync-token").json["token"]
    basic = base64.b64encode(b"grace:ecarg-pass").decode()
    for header in (f"Bearer {access['refresh']}", f"Bearer {sync}", "Token nonsense", f"Basic {basic}"):
        assert load(api(), photo, Authorization=header) == 403, header
    browser = private.test_client()
    page = browser.get("/user/login").text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    browser.post("/user/login", data={**grace, "csrfmiddlewaretoken": token})
    assert load(browser, photo) == 200
    assert load(private.test_client(), f"{photo}?token={access['access']}") == 403


def test_nobody_keeps_it(api, photo):
    with api("grace").get(photo) as answer:
        assert answer.cache_control.no_cache and answer.cache_control.private and not answer.cache_control.max_age
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
        known = {"If-None-Match": answer.headers["ETag"]}
    assert load(api("grace"), photo, **known) == 304
    assert load(api("linus"), photo, **known) == 404
    assert load(api(), photo, Range="bytes=0-9") == 403


def test_a_file_that_no_row_names_is_nobodys(private, api, photo):
    name = photo.removeprefix("/media/")
    root = Path(private.extensions["wger_flask"].settings.WGER_MEDIA_ROOT)
    (root / name).with_name("old.png").write_bytes(picture())
    old = photo.rpartition("/")[0] + "/old.png"
    assert [load(api(who), old) for who in ("grace", "linus", None)] == [404, 404, 403]
    nothing = photo.rpartition("/")[0] + "/nothing.png"
    assert [load(api(who), nothing) for who in ("grace", "linus", None)] == [404, 404, 403]


@pytest.mark.parametrize("way", ["/media//gallery", "/media/./gallery", "/media/x/../gallery", "/media/GALLERY"])
def test_no_spelling_leads_around(api, photo, way):
    assert load(api(), photo.replace("/media/gallery", way)) in (301, 308, 403, 404)


def test_what_everybody_may_see_is_everybodys(private, api):
    form = {"exercise": "1", "image": (BytesIO(picture()), "a.png")}
    made = api("ada").post("exerciseimage/", data=form, content_type="multipart/form-data").json
    assert load(api(), urlsplit(made["image"]).path) == 200


def test_every_resource_with_files_of_users_is_found(registry):
    folders = private_media._folders(registry)
    named = {resource.name for found in folders.values() for resource, _ in found}
    assert {resource.name for resource in registry if resource.owner and resource.takes_files} == named


def test_without_the_setting_the_address_is_enough(app, api):
    form = {"date": "2024-05-01", "image": (BytesIO(picture()), "a.png")}
    made = api("grace").post("gallery/", data=form, content_type="multipart/form-data").json
    assert load(api(), urlsplit(made["image"]).path) == 200
