"""What a plugin adds to a resource of the core."""

from __future__ import annotations

import pytest

BODYWEIGHT = 7


def all_of(client, query: str = "") -> dict[int, dict]:
    return {row["id"]: row for row in client.get(f"exercise/?limit=999&{query}").json["results"]}


@pytest.mark.parametrize("wanted", [True, False])
def test_exercises_that_need_nothing(api, wanted):
    everything = all_of(api())
    found = all_of(api(), f"needs_nothing={wanted}")
    expected = {key for key, row in everything.items() if (set(row["equipment"]) <= {BODYWEIGHT}) == wanted}
    assert set(found) == expected and expected


@pytest.mark.parametrize("value", ["", "true", "1", "maybe"])
def test_other_spellings_narrow_nothing(api, value):
    assert all_of(api(), f"needs_nothing={value}") == all_of(api())


def test_it_works_together_with_the_filters_of_the_core(api):
    row = next(iter(all_of(api(), "needs_nothing=True").values()))
    found = all_of(api(), f"needs_nothing=True&category={row['category']}")
    assert row["id"] in found and {item["category"] for item in found.values()} == {row["category"]}


def test_alternatives_work_the_same_muscles(api):
    everything = all_of(api())
    row = next(row for row in everything.values() if row["muscles"])
    found = api().get(f"exercise/{row['id']}/alternatives/").json
    shared = [len(set(item["muscles"]) & set(row["muscles"])) for item in found]
    assert shared == sorted(shared, reverse=True) and min(shared) > 0
    assert row["id"] not in {item["id"] for item in found}
    assert found[0] == everything[found[0]["id"]]


def test_alternatives_of_nothing(api):
    answer = api().get("exercise/999999/alternatives/")
    assert (answer.status_code, answer.json) == (404, {"detail": "No Exercise matches the given query."})
    assert api().post("exercise/1/alternatives/", {}).status_code in (403, 405)


@pytest.mark.parametrize("suffix", ["alternatives.json", "alternatives.json/", "alternatives"])
def test_its_address_has_the_usual_twins(api, suffix):
    answer = api().get(f"exercise/1/{suffix}")
    assert answer.status_code == (301 if suffix == "alternatives" else 200)


def test_both_are_documented(api):
    paths = api().get("schema?format=json").json["paths"]
    assert "/api/v2/exercise/{id}/alternatives/" in paths
    assert "needs_nothing" in {item["name"] for item in paths["/api/v2/exercise/"]["get"]["parameters"]}
    page = api().get("exercise/", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "needs_nothing" in page
