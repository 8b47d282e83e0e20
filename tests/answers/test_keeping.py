"""What is kept of answers, for whom, and until when: what the contract tests do not say of every resource."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import pytest
import zstandard

from tests.media.samples import picture
from wger_flask.api import Action, Batch, Computed, Filter, RegistrationError, Registry, owned_by
from wger_flask.domain.exercises.resources import exercise, muscle
from wger_flask.domain.measurements.weight import weightentry
from wger_flask.rest import answer_cache, dispatch, fields
from wger_flask.rest.caching import leaks
from wger_flask.rest.permissions import private
from wger_flask.rest.representations import best_coding
from wger_flask.storage.database import commit_marker, database, transaction
from wger_flask.testing.server import Client, key_of, settings_for, with_app

GRACE = {"Authorization": f"Token {key_of('grace')}"}


@pytest.fixture
def made(app, monkeypatch):
    """The addresses of the answers that were made, and not given again."""
    seen: list[str] = []
    whole = app.full_dispatch_request

    def dispatched():
        seen.append(answer_cache.request.path)
        return whole()

    monkeypatch.setattr(app, "full_dispatch_request", dispatched)
    if database.obj.dialect.name != "sqlite":
        pytest.skip("there, any transaction lets answers go, one of the server's own housekeeping too")
    return seen


def test_an_answer_is_made_once(api, made):
    for name in ("grace", "linus", None):  # in the same zone
        for _ in range(3):
            assert api(name).get("muscle/").status_code == 200
    assert made == ["/api/v2/muscle/"] * 3  # once to know each of them
    del made[:]
    for _ in range(2):
        api("grace").get("weightentry/")
        api("linus").get("weightentry/")
    assert len(made) == 2


@pytest.mark.parametrize("action", ["aggregate/?bucket=day", "value-counts/", "value-counts/?summed_per_day=true"])
def test_sums_are_made_once_until_something_is_written(api, made, action):
    path, answers = f"measurement/{action}", []
    for year in (2031, 2032):
        weight = {"date": f"{year}-05-06T07:08:09Z", "weight": 71}
        assert api("grace").post("weightentry/", weight).status_code == 201
        del made[:]
        answers.append(api("grace").get(path).data)
        assert api("grace").get(path).data == answers[-1] and len(made) == 1
        assert api("linus").get(path).data != answers[-1]
    assert answers[0] != answers[1]


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/json; indent=2"},
        {"Host": "gym.example"},
        {"Origin": "https://app.example"},
        {"Authorization": "Basic eHg6eHg="},
    ],
)
def test_what_an_answer_depends_on_is_asked_anew(api, made, headers):
    client = api()
    client.get("muscle/?limit=1")
    asked_for = client.get("muscle/?limit=1", headers=headers)
    assert len(made) == 2
    again = client.get("muscle/?limit=1", headers=headers)
    assert len(made) == 2 and again.data == asked_for.data and again.headers == asked_for.headers


def test_a_session_is_somebody_and_other_cookies_are_nobody(api, made):
    client = api()
    for name, count in (("", 1), ("csrftoken", 1), ("sessionid", 2)):
        if name:
            client.http.set_cookie(name, "x")
        for _ in range(2):
            client.get("muscle/")
        assert len(made) == count


def test_each_request_keeps_its_own_id(api, made):
    for number in (1, 2):
        answer = api().get("muscle/", headers={"X-Request-ID": f"mine-{number}"})
        assert answer.headers.get_all("X-Request-ID") == [f"mine-{number}"]
    assert "X-Request-ID" not in api().get("muscle/").headers and len(made) == 1


def test_what_is_no_answer_to_a_question_is_not_kept(api, made):
    asked = [("GET", path) for path in ("nonsense/", "muscle/9999/", "muscle", "muscle.api", "version/", "workoutlog/")]
    for method, path in (*asked, ("OPTIONS", "muscle/"), ("POST", "muscle/")):
        for _ in range(2):
            api().open(method, path)
        assert len(made) == 2, path
        del made[:]


def test_other_programs_write(api, made, another_process):
    before = api().get("muscle/1/").json
    another_process("UPDATE exercises_muscle SET name = 'Musculus novus' WHERE id = 1")
    assert api().get("muscle/1/").json == before | {"name": "Musculus novus"}


def test_what_is_rolled_back_was_never_there(api, made):
    before = api().get("muscle/1/")
    with pytest.raises(RuntimeError), transaction():
        database.obj.execute_sql("UPDATE exercises_muscle SET name = 'x' WHERE id = 1")
        assert commit_marker() is None
        raise RuntimeError
    assert api().get("muscle/1/").data == before.data


def test_a_token_that_is_taken_away_opens_nothing(api, made):
    client = api("grace")
    assert client.get("workoutlog/").status_code == client.get("workoutlog/").status_code == 200
    with transaction():
        database.obj.execute_sql("DELETE FROM authtoken_token")
    assert client.get("workoutlog/").status_code == 403


def test_credentials_end(api, made, monkeypatch):
    token = api().post("token", {"username": "grace", "password": "ecarg-pass"}).json["access"]
    bearer = {"Authorization": f"Bearer {token}"}
    for _ in range(2):
        assert api().get("workoutlog/", headers=bearer).status_code == 200
    assert made.count("/api/v2/workoutlog/") == 1
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    api().get("workoutlog/", headers=bearer)
    assert made.count("/api/v2/workoutlog/") == 2


@pytest.mark.parametrize("days", [1, -1])
def test_answers_are_of_their_day(api, made, monkeypatch, days):
    api("grace").get("workoutlog/")
    other = time.time() + days * 86400
    monkeypatch.setattr(time, "time", lambda: other)
    api("grace").get("workoutlog/")
    assert len(made) == 2


def test_reading_is_counted_every_time(api, app, made, monkeypatch):
    counted = []
    services = app.extensions["wger_flask"]
    monkeypatch.setattr(type(services), "limit", lambda self, scope, call: counted.append(scope))
    answers = [api().get("ingredient/?limit=1") for _ in range(3)]
    assert counted == ["ingredient_list"] * 3
    assert len({answer.data for answer in answers}) == len({answer.headers["ETag"] for answer in answers}) == 1
    known = api().get("ingredient/?limit=1", headers={"If-None-Match": answers[0].headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"") and len(counted) == 4


def test_a_barcode_is_looked_up_every_time(api, made, monkeypatch):
    asked = []
    monkeypatch.setattr("wger_flask.domain.nutrition.barcodes.look_up", asked.append)
    for _ in range(2):
        api().get("ingredient/?code=4001")
    assert asked == ["4001", "4001"]


def test_what_is_kept_is_bounded(api, app, monkeypatch):
    cache = answer_cache.AnswerCache(60_000)
    monkeypatch.setattr(app, "answers", cache)
    for number in range(1, 60):
        api().get(f"muscle/?limit={number % 7}&x={number}")
    assert cache._answers.size == sum(size for _, size in cache._answers.values()) <= 60_000
    monkeypatch.setattr(app, "answers", answer_cache.AnswerCache(0))
    api().get("muscle/")
    assert not app.answers._answers


# -- declarations -------------------------------------------------------------------------------------
class Odd(Filter):
    """A filter of somebody's own."""

    params = ("odd",)


@pytest.mark.parametrize(
    "resource",
    [
        replace(weightentry, cache="public"),
        replace(exercise, cache="public", visible=lambda user: ()),
        replace(muscle, access=private),
        replace(muscle, cache="all"),
        replace(muscle, secret=True),
        replace(exercise, actions=(Action("all", print, cache="public"),)),
    ],
)
def test_what_could_leak_stops_the_start(registry, resource):
    told, *_ = leaks(resource)
    added = Registry()
    added.add_models(*registry.models)
    added.add(resource)
    added.rates.update(registry.rates)
    with pytest.raises(RegistrationError) as refused:
        added.prepare(SimpleNamespace(EXERCISE_CACHE_TTL=1))
    assert str(refused.value).endswith(told)


def test_what_may_be_kept_follows_from_the_declaration():
    plain = replace(exercise, visible=None, access=None)
    assert plain.cache_scope == "public" and replace(plain, access=private).cache_scope == "private"
    assert replace(plain, owner=owned_by("user")).cache_scope == "private"
    assert replace(plain, visible=lambda user: ()).cache_scope == "never"
    assert replace(plain, filters={"odd": Odd()}).cache_scope == "never"
    assert replace(plain, secret=True).cache_scope == "never"


@pytest.mark.parametrize(
    "more",
    [{"filters": {"odd": Odd()}}, {"fields": {"odd": Computed(time.time, of=())}}, {"fields": {"odd": Batch(dict)}}],
)
def test_what_others_add_is_not_trusted(more):
    added = Registry()
    added.add(exercise, muscle)
    added.extend("muscle", **more)
    added.extend("exercise", **more, cacheable=True)
    assert (added.get("muscle").cache_scope, added.get("exercise").cache_scope) == ("never", "public")
    plain = Registry()
    plain.add(exercise)
    plain.extend("exercise", fields={"also": fields.Integer(dump_only=True, attribute="id")})
    assert plain.get("exercise").cache_scope == "public"


# -- forms --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("*", "zstd"),
        ("identity", ""),
        ("gzip;q=0", ""),
        ("br", ""),
        ("GZIP", "gzip"),
        ("gzip;q=x", ""),
        ("*;q=0", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("zstd;q=0, *", "gzip"),
    ],
)
def test_the_compression_that_is_wanted_most(accepted, coding):
    assert best_coding(accepted) == coding


def test_every_compression_gives_the_same_bytes(api):
    plain = api().get("muscle/")
    found = {coding: api().get("muscle/", headers={"Accept-Encoding": coding}) for coding in ("gzip", "zstd")}
    assert gzip.decompress(found["gzip"].data) == plain.data
    assert zstandard.ZstdDecompressor().decompress(found["zstd"].data) == plain.data
    assert len({answer.headers["ETag"] for answer in (plain, *found.values())}) == 3
    head = api().head("muscle/", headers={"Accept-Encoding": "gzip"})
    assert head.headers == found["gzip"].headers and head.data == b""


def test_nothing_tells_about_secrets_by_its_length(app, api):
    packed = {"Accept-Encoding": "gzip, zstd"}
    secret = [api("grace").get(path, headers=packed) for path in ("powersync-token", "webhook/")]
    secret += [api("grace").get("muscle/", headers=packed | {"Accept": "text/html"})]
    browser = app.test_client()
    browser.post("/api/v2/login/", json={"username": "grace", "password": "ecarg-pass"})
    for _ in range(2):
        secret += [browser.get("/api/v2/measurement-category/?x=" + "y" * 1500, headers=packed)]
    assert all("Content-Encoding" not in answer.headers for answer in secret)


def test_an_old_row_is_not_written_over(api):
    client = api("grace")
    row = client.post("weightentry/", {"weight": "80", "date": "2024-05-01T08:00:00Z"}).json
    path = f"weightentry/{row['id']}/"
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"Accept": "application/json; indent=4"}):
        tag = client.get(path, headers=headers).headers["ETag"]
        assert client.patch(path, {"weight": "81"}, headers={"If-Match": tag} | headers).status_code == 200
        assert client.patch(path, {"weight": "82"}, headers={"If-Match": tag} | headers).status_code == 412
        client.patch(path, {"weight": "80"})
    assert client.patch(path, {"weight": "83"}, headers={"If-Match": "*"}).status_code == 200
    assert client.delete(path, headers={"If-Match": tag}).status_code == 412
    assert client.delete(path, headers={"If-Match": client.get(path).headers["ETag"]}).status_code == 204
    assert client.delete(path, headers={"If-Match": "*"}).status_code == 404
    profile = client.get("userprofile/").headers["ETag"]
    assert client.post("userprofile/", {"height": 180}, headers={"If-Match": profile}).status_code == 200
    assert client.post("userprofile/", {"height": 181}, headers={"If-Match": profile}).status_code == 412


def test_every_kind_of_write_may_be_bound_to_what_was_read(api):
    client = api("grace")

    def upload(path: str, method: str = "POST", **headers: str):
        form = {"image": (BytesIO(picture()), "a.png"), "date": "2024-05-01"}
        return client.open(method, path, data=form, content_type="multipart/form-data", headers=headers)

    weight, wrong = {"weight": "80", "date": "2024-05-01T08:00:00Z"}, {"If-Match": '"other"'}
    routine = client.post("routine/", {"name": "r", "start": "2024-01-01", "end": "2024-02-01"}).json["id"]
    photo = upload("gallery/").json["id"]
    paths = ("weightentry/", "gallery/", "routine/", f"gallery/{photo}/")
    before = {path: client.get(path) for path in paths}
    refused = [
        client.post("weightentry/", weight, headers=wrong),
        client.post("weightentry/", [weight, weight], headers=wrong),
        upload("gallery/", **wrong),
        upload(f"gallery/{photo}/", "PATCH", **wrong),
        client.post(f"routine/{routine}/copy/", {}, headers=wrong),
        client.put("upload-powersync-data", {"table": "manager_workoutlog", "data": {}}, headers=wrong),
    ]
    assert [answer.status_code for answer in refused] == [412] * len(refused)
    assert all(client.get(path).data == answer.data for path, answer in before.items())
    for path, body in (("weightentry/", [weight, weight]), ("weightentry/", weight)):
        tag = client.get(path).headers["ETag"]
        written = [client.post(path, body, headers={"If-Match": tag}).status_code for _ in range(2)]
        assert written == [201, 412], path
    right = {"If-Match": before[f"gallery/{photo}/"].headers["ETag"]}
    assert [upload(f"gallery/{photo}/", "PATCH", **right).status_code for _ in range(2)] == [200, 412]


def test_who_changes_what_others_may_change_looks_and_writes_without_them(api, monkeypatch):
    done: list[object] = []
    monkeypatch.setattr(dispatch, "advisory_lock", done.append)
    monkeypatch.setattr(dispatch, "matches", lambda digest, sent: done.append("looked") or True)
    assert api("ada").patch("exercise/1/", {"category": 8}, headers={"If-Match": '"x"'}).status_code == 200
    assert done == ["writes of exercise 1", "looked"]
    row = api("grace").post("weightentry/", {"weight": "80", "date": "2024-05-01T08:00:00Z"}).json["id"]
    assert api("grace").patch(f"weightentry/{row}/", {"weight": "81"}, headers={"If-Match": '"x"'}).status_code == 200
    assert done[2:] == ["looked"]  # writes of one user wait for each other anyway


def test_the_catalogue_may_be_kept_for_a_while(template, tmp_path):
    with with_app(settings_for(template.url, tmp_path, WGER_CATALOGUE_MAX_AGE=60)) as app:
        for name, said in (("exercise", "public, max-age=60"), ("muscle", "public, max-age=3600")):
            for person in ("grace", None):
                assert Client(app, person).get(f"{name}/").headers["Cache-Control"] == said
        assert Client(app, "grace").get("routine/").headers["Cache-Control"] == "private, no-cache"
