"""What every resource promises about its answers: what they are told by, who may keep them, and what is given again."""

from __future__ import annotations

import gzip

import pytest

from ...rest.caching import NEVER, PRIVATE, PUBLIC
from ...storage.cascade import delete
from ...storage.database import transaction

PEOPLE = ("grace", "linus", None)
PAGE = {"Accept": "text/html"}


@pytest.fixture
def paths(resource, visible) -> list[str]:
    """A list, a part of it, a row, and what is computed of that."""
    actions = [action for action in resource.actions if "GET" in action.methods]
    found = [f"{resource.name}/", f"{resource.name}/?limit=1", f"{resource.name}.json?ordering=-id"]
    found += [f"{resource.name}/{action.path.strip('/')}/" for action in actions if not action.detail]
    for key in visible[:1]:
        found += [f"{resource.name}/{key}/"]
        found += [f"{resource.name}/{key}/{action.path.strip('/')}/" for action in actions if action.detail]
    return found


def told(answer) -> tuple:
    """Return all that an answer says, but for when it stops being fresh, and the id of a request that is refused."""
    headers = sorted((name, value) for name, value in answer.headers if name not in ("Expires", "X-Request-ID"))
    return answer.status_code, headers, answer.data


def test_an_answer_that_is_given_again_is_the_first_one(app, api, paths):
    for path in paths:
        for name in PEOPLE:
            for method in ("GET", "HEAD"):
                app.answers.forget()
                first = told(api(name).open(method, path))
                assert [told(api(name).open(method, path)) for _ in range(2)] == [first] * 2, (path, name)


def test_nobody_is_given_the_answer_to_somebody_else(app, api, paths):
    for path in paths:
        alone = []
        for name in PEOPLE:
            app.answers.forget()
            alone.append(told(api(name).get(path)))
        app.answers.forget()
        for _ in range(2):
            assert [told(api(name).get(path)) for name in PEOPLE] == alone, path
        wrong = api().get(path, headers={"Authorization": "Token nonsense"})
        assert wrong.status_code == 403, path


def test_a_write_is_seen_at_once(app, api, resource, paths, visible, people):
    client = api("grace")
    before = [client.get(path).data for path in paths * 2]
    if not visible:
        return
    with transaction():
        delete(resource.model, resource.visible_to(people["grace"]).keys())
    after = [told(client.get(path)) for path in paths]
    app.answers.forget()
    assert after == [told(client.get(path)) for path in paths]
    assert after[0][2] != before[0]


def test_what_is_known_is_not_sent_again(api, resource, paths):
    for path in paths:
        for name in ("grace", None):
            first = api(name).get(path)
            tag = first.headers.get("ETag")
            if first.status_code != 200 or resource.secret:
                assert tag is None or first.status_code == 200
                continue
            assert tag.startswith('"') and tag.endswith('"'), path
            for sent in (tag, f'"other", W/{tag}', "*"):
                again = api(name).get(path, headers={"If-None-Match": sent})
                assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), path
                for header in ("Cache-Control", "Vary", "Expires"):
                    assert (header in again.headers) == (header in first.headers), header
            assert api(name).get(path, headers={"If-None-Match": '"other"'}).data == first.data


def test_pages_and_tables_that_are_known_are_not_sent_again(api, resource, paths):
    asked = [(path, None, PAGE) for path in paths[:1] + paths[3:]] + [(f"{resource.name}.csv/", "grace", {})]
    for path, name, headers in asked:
        first = api(name).get(path, headers=headers)
        if first.status_code != 200 or resource.secret:
            assert "ETag" not in first.headers
        elif "Set-Cookie" not in first.headers:  # no page with a token of its own
            again = api(name).get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"]), path


def test_who_may_keep_what(api, resource, paths):
    for path in paths[:1] + paths[3:4]:
        answer, page = api("grace").get(path), api("grace").get(path, headers=PAGE)
        assert page.headers["Cache-Control"] == "no-store" and "ETag" not in page.headers
        said = answer.headers["Cache-Control"]
        if resource.secret:
            assert said == "no-store" and resource.cache_scope == NEVER
        elif resource.cache_scope == PUBLIC:
            assert "no-store" not in said and "private" not in said
        else:
            assert resource.cache_scope in (PRIVATE, NEVER) and said == "private, no-cache"
        vary = answer.headers["Vary"].split(", ")
        assert {"Accept", "Authorization", "Cookie", "Origin"} <= set(vary)
        assert "Accept-Language" in page.headers["Vary"]


def test_long_answers_are_compressed(api, resource, rows):
    path = f"{resource.name}/"
    plain = api("grace").get(path)
    for _ in range(2):
        packed = api("grace").get(path, headers={"Accept-Encoding": "gzip"})
        if len(plain.data) < 1024 or resource.secret:
            assert "Content-Encoding" not in packed.headers and packed.data == plain.data
            continue
        assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data)
        assert packed.headers["ETag"] != plain.headers["ETag"]
        again = api("grace").get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
        assert (again.status_code, again.headers["ETag"]) == (304, packed.headers["ETag"])


def test_a_write_that_comes_too_late_is_refused(client, resource, visible):
    if not {"PATCH", "PUT", "DELETE"} & set(resource.methods) or not visible:
        return
    path = f"{resource.name}/{visible[0]}/"
    before = client.get(path)
    for method in ("PATCH", "PUT", "DELETE"):
        refused = client.open(method, path, {}, headers={"If-Match": '"other"'})
        # 415: a file is sent as a form, and is not looked at otherwise
        assert refused.status_code in (403, 405, 412) or resource.takes_files and refused.status_code == 415, method
        if method in resource.methods and refused.status_code == 412:
            weak = client.open(method, path, {}, headers={"If-Match": f"W/{before.headers.get('ETag', '')}"})
            assert weak.status_code == 412
    assert client.get(path).data == before.data
    if "PATCH" in resource.methods and not resource.secret:
        right = client.patch(path, {}, headers={"If-Match": before.headers["ETag"]})
        assert right.status_code != 412
