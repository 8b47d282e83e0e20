"""Odd paths, suffixes and headers: everything around the body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import key_of
from tests.fuzz.conftest import assert_sound
from tests.fuzz.odd import ANY_TEXT, THOROUGHLY

METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "COPY", "get"])
NAMES = st.sampled_from(["weightentry", "routine", "exercise", "muscle", "nutritionplan", "ingredient", "userprofile"])
KEYS = st.sampled_from(["1", "0", "-1", "1.5", "abc", "\x00", "%2F", "..", "9" * 30, "１", "1e5", "%ff", "+", "0x1"])
ENDS = st.sampled_from([
    "", "/", ".json", ".json/", ".api", ".xml", ".JSON", ".json.json", "//", "/.json", "/json", ".", "\x00", "/logs/",
    "/get_values/", "/get_values.json", "/nutritional_values/", "/structure/", "/thumbnails/", "?", "#",
])  # fmt: skip
# What a header can carry at all: WSGI hands it over as Latin-1.
HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
MEDIA = st.sampled_from([
    "*/*", "text/html", "application/json", "application/json; indent=4", "application/json;indent=9999999999999999999",
    "text/*;q=x", "application/xml", ",", ";", "/", "*", "a" * 500, "application/json;;", 'application/json; indent="',
    "application/json; indent=" + "9" * 5000,
])  # fmt: skip
SCHEMES = st.sampled_from(
    [
        "",
        " ",
        "Token",
        "Token ",
        "Token  ",
        "token x",
        "TOKEN y",
        "Bearer",
        "Bearer ",
        "bearer x",
        "Bearer a b",
        "Bearer a.b.c",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer .",
        "Bearer ..",
        "Basic YTpi",
        "Basic",
        "Digest x=y",
        "Token " + "a" * 5000,
        "Token \u00e9",
        "JWT x",
        "Bearer eyJhbGciOiJIUzI1NiJ9.bnVsbA.x",
        "Token\tx",
        "Bearer eyJhbGciOiJIUzI1NiJ9.W10.x",
        "Bearer eyJhbGciOlsxXX0.e30.x",
        "Basic ////",
        f"Token {key_of('grace')} ",
    ]
)


@THOROUGHLY
@given(
    METHODS,
    NAMES,
    st.one_of(KEYS, ANY_TEXT),
    ENDS,
    st.sampled_from(["/api/v2/", "/api/v2//", "/api/", "/", "/media/", "/static/"]),
)
def test_any_path(api, method, name, key, end, base):
    for path in (f"{base}{name}/{key}{end}", f"{base}{name}{end}", f"{base}{key}{end}", f"{base}{key}"):
        raw = path.encode("utf-8", "replace").decode("latin-1")
        assert_sound(api("grace").open(method, "/", environ_overrides={"PATH_INFO": raw}), (method, path))


@THOROUGHLY
@given(
    st.one_of(MEDIA, HEADERS, st.lists(MEDIA | HEADERS, max_size=5).map(",".join)),
    NAMES,
    st.sampled_from(["", "json", "api", "xml"]),
)
def test_any_accept(api, accept, name, requested):
    answer = api("grace").get(f"{name}/", headers={"Accept": accept}, query_string={"format": requested})
    assert_sound(answer, accept)
    assert answer.status_code in (200, 404, 406)


@THOROUGHLY
@given(st.one_of(SCHEMES, HEADERS, st.tuples(st.sampled_from(["Token ", "Bearer ", "Basic "]), HEADERS).map("".join)))
def test_any_credentials(api, header):
    for path in ("weightentry/", "muscle/", "userprofile/", "token/verify", "/allauth/app/v1/auth/session", "/"):
        answer = api().get(path, headers={"Authorization": header})
        assert_sound(answer, header)
    if header.split() != ["Token", key_of("grace")]:
        assert api().get("weightentry/", headers={"Authorization": header}).status_code == 403


@THOROUGHLY
@given(
    st.sampled_from(
        (
            "Accept-Language Cookie Origin Referer User-Agent X-Forwarded-For Range If-None-Match X-Forwarded-Proto "
            "X-Forwarded-Host X-HTTP-Method-Override X-CSRFToken X-Session-Token If-Modified-Since Content-Language "
            "X-Wger-No-Messages Forwarded Accept-Encoding"
        ).split()
    ),
    HEADERS
    | st.sampled_from(["a" * 8000, "session=" + "x" * 4000, "sessionid=..", "django_language=xx", "bytes=0-", "null"]),
    st.sampled_from(
        ["weightentry/", "muscle/?limit=1", "/", "schema", "/user/login", "/allauth/app/v1/config", "version/"]
    ),
)
def test_any_header(api, name, value, path):
    for method in ("GET", "POST"):
        assert_sound(api("grace").open(method, path, headers={name: value}), (name, value))


@pytest.mark.parametrize("content_type", [
    "application/json; charset=latin-1", "application/json; charset=nonsense", "application/json;",
    "application/json; ;",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\x01",
    "multipart/form-data; boundary=" + "b" * 300,
    "multipart/mixed; boundary=b", "application/x-www-form-urlencoded; charset=utf-16", "/", ";", "a/b/c", " ",
])  # fmt: skip
@pytest.mark.parametrize("data", [b"", b"{}", b"a=1", b"--b\r\n\r\n", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}"])
def test_any_content_type(api, content_type, data):
    for path in ("weightentry/", "gallery/", "token", "check-language/", "/allauth/app/v1/auth/login"):
        assert_sound(api("grace").post(path, data=data, content_type=content_type), content_type)
