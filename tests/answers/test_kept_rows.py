"""What is kept of rows, for whom, and until when: what the contract tests do not say of every resource."""

from __future__ import annotations

import time

import orjson
import pytest

from wger_flask.rest import answer_cache, row_cache
from wger_flask.rest.row_cache import RowCache
from wger_flask.storage.database import database, transaction
from wger_flask.testing.server import nothing_kept, settings_for, with_app


@pytest.fixture
def kept(app, monkeypatch):
    """The cache of rows, empty; finished answers are not kept."""
    cache = RowCache(1_000_000)
    monkeypatch.setattr(app.extensions["wger_flask"], "rows", cache)
    monkeypatch.setattr(app.answers, "most", 0)
    return cache


@pytest.fixture
def quiet(kept):
    """The same, where nothing but the test itself lets rows go."""
    if database.obj.dialect.name != "sqlite":
        pytest.skip("there, any transaction lets rows go, one of the server's own housekeeping too")
    return kept


@pytest.fixture
def statements(quiet, monkeypatch):
    """Return a function that counts the statements of a request."""
    seen: list[str] = []
    monkeypatch.setattr(database.obj, "query_hooks", [lambda event: seen.append(event.sql)])

    def count(client, path: str) -> int:
        del seen[:]
        assert client.get(path).status_code == 200
        return len(seen)

    return count


def twice(client, *paths) -> None:
    """Let rows be kept: who comes first after a write keeps none."""
    for path in paths * 2:
        client.get(path)


def test_a_row_is_made_once_for_all_answers(api, quiet, statements):
    counted, first = (statements(api(), "exerciseinfo/?limit=5") for _ in range(2))
    assert counted == first + 1 > 6
    for path in ("exerciseinfo/?limit=5", "exerciseinfo/?limit=4", "exerciseinfo/1/", "exerciseinfo/?id__in=1,2"):
        assert statements(api(), path) <= 2, path  # the rows themselves, and how many there are
        assert statements(api("grace"), path) <= 4, path
    assert 5 < statements(api(), "exerciseinfo/?limit=6") <= first  # one more row is made
    assert statements(api(), "exerciseinfo/?limit=6") <= 2
    kinds = {kind for kind, _ in quiet._rows}
    assert len(kinds) == 1 and len(quiet._rows) == 6


def test_what_differs_is_made_anew(app, api, kept):
    twice(api(), "exerciseinfo/1/")
    path = "exerciseinfo/1/"
    asked = [(path, {"Host": "gym.example"}), (f"{path}?fields=id,translations", {}), (f"{path}?fields=id,muscles", {})]
    asked += [(path, {"Accept": accept}) for accept in ("application/json; indent=2", "text/html", "application/json")]
    given = [api().get(path, headers=headers) for path, headers in asked * 2]
    with nothing_kept(app):
        made = [api().get(path, headers=headers) for path, headers in asked * 2]
    assert [answer.json for answer in given] == [answer.json for answer in made]
    assert [answer.data for answer in given if answer.mimetype != "text/html"] == [
        answer.data for answer in made if answer.mimetype != "text/html"
    ]


def test_moments_are_in_the_zone_of_who_asks(app, api, kept):
    assert api("grace").post("userprofile/", {"time_zone": "Asia/Tokyo"}).status_code == 200
    for _ in range(3):
        given = {name: api(name).get("exerciseinfo/1/").json["created"] for name in ("grace", "linus")}
        assert given["grace"].endswith("+09:00") and not given["linus"].endswith("+09:00")


def test_rows_are_of_their_day(api, statements, monkeypatch):
    twice(api(), "exerciseinfo/1/")
    assert statements(api(), "exerciseinfo/1/") == 1
    tomorrow = time.time() + 86400, time.time() + 2 * 86400
    monkeypatch.setattr(row_cache, "day_of", lambda zone: tomorrow)
    assert statements(api(), "exerciseinfo/1/") > 1


def test_each_write_is_seen_by_the_next_answer(app, api, kept, another_process):
    ada = api("ada")
    exercise = api().get("exerciseinfo/?limit=1").json["results"][0]
    key = exercise["id"]
    [words] = [words for words in exercise["translations"] if words["language"] == 2]
    other = ada.post("exercisealias/", {"translation": words["id"], "alias": "Bench"}).json
    hint = ada.post(
        "exercisecomment/", {"translation": words["id"], "comment": "Lower the bar slowly until it touches your chest."}
    ).json
    writes = (
        lambda: ada.patch(f"exercise-translation/{words['id']}/", {"name": "Bench press"}),
        lambda: ada.patch(f"exercisealias/{other['id']}/", {"alias": "Flat bench"}),
        lambda: ada.patch(
            f"exercisecomment/{hint['id']}/", {"comment": "Lower the bar very slowly until it touches your chest."}
        ),
        lambda: ada.patch(f"exercise/{key}/", {"muscles": [1, 2], "equipment": [3]}),
        lambda: ada.delete(f"exercisealias/{other['id']}/"),
        lambda: another_process("UPDATE exercises_muscle SET name = 'Musculus novus' WHERE id = 1"),
        lambda: another_process("UPDATE exercises_equipment SET name = 'Thing' WHERE id = 3"),
        lambda: another_process("UPDATE exercises_exercisecategory SET name = 'Other'"),
        lambda: another_process("UPDATE core_license SET full_name = 'Other'"),
        lambda: another_process(f"DELETE FROM exercises_exercisecomment WHERE id = {hint['id']}"),
    )
    paths = f"exerciseinfo/{key}/", "exerciseinfo/"
    for number, write in enumerate(writes):
        twice(api(), *paths)
        before = [api().get(path).data for path in paths]
        done = write()
        assert done is None or done.status_code < 300, number
        after = [api().get(path).data for path in paths]
        with nothing_kept(app):
            assert after == [api().get(path).data for path in paths], number
        assert after[0] != before[0] and after[1] != before[1], number


def test_what_is_rolled_back_was_never_there(api, quiet):
    twice(api(), "exerciseinfo/1/")
    before = api().get("exerciseinfo/1/")
    rows = dict(quiet._rows)
    assert rows
    with pytest.raises(RuntimeError), transaction():
        database.obj.execute_sql("UPDATE exercises_muscle SET name = 'x'")
        database.obj.execute_sql("UPDATE exercises_translation SET name = 'x'")
        for _ in range(3):  # it sees what the transaction has written, and keeps it from others
            assert [words["name"] for words in _read_here(api).json["translations"]][:1] == ["x"]
        raise RuntimeError
    assert dict(quiet._rows) == rows
    assert api().get("exerciseinfo/1/").data == before.data


def _read_here(api):
    """Read within the transaction that this thread has open, which the end of a request would give up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wger_flask.app.release_connection", lambda: None)
        return api().get("exerciseinfo/1/")


def test_what_was_committed_meanwhile_is_not_kept(kept):
    assert kept.find("one", "kind", [1]) is None and kept.find("one", "kind", [1]) == [None]
    assert kept.find("two", "kind", [1]) is None
    kept.keep("one", "kind", {1: b"0"})
    assert kept.find("two", "kind", [1]) == [None]
    kept.keep("two", "kind", {1: b"1"})
    assert orjson.dumps(kept.find("two", "kind", [1])) == b"[1]"
    assert kept.find("two", "other", [1]) == [None] == kept.find("two", "kind", [2])


def test_what_depends_on_more_is_not_kept(api, kept, monkeypatch):
    monkeypatch.setattr(row_cache, "to_json", lambda row: answer_cache.keep_not() or b"{}")
    twice(api(), "exerciseinfo/1/")
    assert not kept._rows


def test_rows_are_bounded(api, quiet):
    quiet.most = 30_000
    twice(
        api(),
        "exerciseinfo/?limit=3",
        "exerciseinfo/?limit=20",
        "exerciseinfo/?fields=id,muscles",
        "exerciseinfo/?limit=7",
    )
    assert quiet._rows.size == sum(size for _, size in quiet._rows.values()) <= 30_000
    assert quiet._rows
    assert api().get("exerciseinfo/?limit=100").status_code == 200
    quiet.find("now", "kind", [])
    quiet.keep("now", "kind", {1: b"x" * 7_500, 2: b"x" * 7_000, 3: b"x" * 7_000, 4: b"x" * 7_000})
    quiet.find("now", "kind", [2])  # was asked for last
    quiet.keep("now", "kind", {5: b"x" * 7_000, 5.5: b"x" * 7_000})
    assert [key for _, key in quiet._rows] == [4, 2, 5, 5.5]


def test_large_pages_are_made(api, kept):
    twice(api(), "exerciseinfo/?limit=101")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_cache, "MOST_ROWS", 2)
        twice(api(), "exerciseinfo/?limit=3")
    assert not [key for _, key in kept._rows if key > 100]


def test_an_application_has_its_own(template, tmp_path):
    caches = []
    for size in (0, 3):
        with with_app(settings_for(template.url, tmp_path, WGER_ROW_CACHE_SIZE=size)) as app:
            caches.append(app.extensions["wger_flask"].rows)
            assert caches[-1].most == size * 1024 * 1024
    assert caches[0] is not caches[1]
