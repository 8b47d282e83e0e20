"""What every resource promises about who may do what."""

from __future__ import annotations

import pytest

from ...storage.model import key_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def test_strangers_see_public_rows_only(api, resource, rows):
    answer = api().get(f"{resource.name}/")
    if resource.rules.read(None):
        assert answer.status_code == 200
    else:
        assert answer.status_code == 403
        assert answer.json == {"detail": "Authentication credentials were not provided."}


def test_rows_of_others_do_not_exist(api, resource, rows):
    if resource.owner is None:
        pytest.skip("these have no owner")
    client = api("linus")
    assert api("grace").get(f"{resource.name}/{rows[0]}/").status_code == 200
    answer = client.get(f"{resource.name}/{rows[0]}/")
    assert answer.status_code == 404
    assert answer.json == {"detail": f"No {resource.model.__name__} matches the given query."}
    listed = client.get(f"{resource.name}/?limit=999").json["results"]
    assert str(rows[0]) not in {str(item.get("id")) for item in listed}
    body = {"data": {}, "content_type": "multipart/form-data"} if resource.takes_files else {"body": {}}
    for method in set(resource.detail_methods) - {"GET"}:
        assert client.open(method, f"{resource.name}/{rows[0]}/", **body).status_code in (403, 404), method
    assert resource.model.get_or_none(key_of(resource.model) == rows[0]) is not None


@pytest.mark.parametrize("method", METHODS)
def test_methods_that_are_missing_are_refused_with_allow(api, resource, rows, method):
    client = api("ada")
    for path, methods in (("", resource.list_methods), (f"{rows[0]}/", resource.detail_methods)):
        if method in methods:
            continue
        answer = client.open(method, f"{resource.name}/{path}", {} if method != "GET" else None)
        assert answer.status_code == 405
        assert answer.json == {"detail": f'Method "{method}" not allowed.'}
        assert set(methods) <= set(answer.headers["Allow"].split(", "))


def test_a_method_nobody_knows_is_refused(api, resource):
    answer = api("ada").open("COPY", f"{resource.name}/")
    assert (answer.status_code, answer.json) == (405, {"detail": 'Method "COPY" not allowed.'})


@pytest.mark.parametrize("header", ["Token nonsense", "Bearer nonsense"])
def test_broken_credentials_are_refused_everywhere(api, resource, header):
    assert api().get(f"{resource.name}/", headers={"Authorization": header}).status_code == 403


def test_every_answer_names_the_methods(api, resource, rows):
    for path in (f"{resource.name}/", f"{resource.name}/{rows[0]}/", f"{resource.name}/zz/", f"{resource.name}.xml"):
        assert "GET" in api("grace").get(path).headers["Allow"]


def test_other_origins_may_call(api, resource):
    client = api()
    assert (
        client.get(f"{resource.name}/", headers={"Origin": "https://a.example"}).headers["access-control-allow-origin"]
        == "*"
    )
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options(f"{resource.name}/", headers=asked)
    assert (preflight.status_code, preflight.data) == (200, b"")
    assert "authorization" in preflight.headers["access-control-allow-headers"]
