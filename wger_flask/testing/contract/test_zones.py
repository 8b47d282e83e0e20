"""The zone of the user who asks is in force for everything that is answered to them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from ...domain.core.models import UserProfile
from ...rest.filtering.values import MomentKind
from ...storage.database import transaction
from ...storage.model import key_of

KATHMANDU = "Asia/Kathmandu"  # at +05:45 all year, as nowhere else
MOMENT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"')


@pytest.fixture
def move(people):
    """Tell the zone of one of the people, as their profile would: ``move("grace", "Asia/Kathmandu")``."""

    def tell(name: str, zone: str) -> None:
        with transaction():
            UserProfile.update(time_zone=zone).where(UserProfile.user == people[name]).execute()

    return tell


def moments(answer) -> list[str]:
    assert answer.status_code == 200
    return MOMENT.findall(answer.text)


def test_moments_are_written_in_the_zone_of_whoever_asks(api, resource, visible, move):
    paths = [f"{resource.name}/", *(f"{resource.name}/{key}/" for key in visible[:1] if "GET" in resource.methods)]
    for path in paths:
        before = moments(api("grace").get(path))
        move("grace", KATHMANDU)
        after = moments(api("grace").get(path))
        assert all(text.endswith("+05:45") for text in after)
        assert [datetime.fromisoformat(text) for text in after] == [datetime.fromisoformat(text) for text in before]
        assert moments(api("grace").get(path, headers={"Accept": "application/json; indent=4"})) == after
        move("grace", "")
        assert moments(api("grace").get(path)) == before


def test_a_zone_costs_no_query(api, resource, rows, move, queries):
    client, counts = api("grace"), []
    client.get(f"{resource.name}/")
    for zone in ("", KATHMANDU, "Mars/Olympus Mons"):
        move("grace", zone)
        del queries[:]
        client.get(f"{resource.name}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_days_in_filters_are_days_in_that_zone(api, resource, visible, move):
    names = [
        param.removesuffix("__date")
        for param, item in resource.filter_set.by_param.items()
        if param.endswith("__date") and isinstance(getattr(item, "kind", None), MomentKind)
    ]
    if not names:
        pytest.skip("no filter for days of moments")
    client, key = api("grace"), key_of(resource.model).name
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # at +14 and -11, a day and an hour apart
        move("grace", zone)
        for name in names:
            for item in client.get(f"{resource.name}/").json["results"]:
                found = client.get(f"{resource.name}/?{name}__date={item[name][:10]}").json["results"]
                assert item[key] in [other[key] for other in found]
                assert {other[name][:10] for other in found} == {item[name][:10]}
