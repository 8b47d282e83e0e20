"""Rates, and for whom an address stands."""

from __future__ import annotations

import pytest

from wger_flask.rest.errors import Throttled
from wger_flask.rest.throttling import Rate, Throttle, network_of
from wger_flask.storage.counters import FileCounters


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("", ""),
        (None, "None"),
        ("unix:", "unix:"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_for_whom_an_address_stands(address, network):
    assert network_of(address) == network


def test_networks_count_and_not_addresses(tmp_path):
    throttle = Throttle(FileCounters(tmp_path), {"mail": Rate(2, 60)})
    throttle.demand_from("mail", "2001:db8::1")
    throttle.demand_from("mail", "2001:db8::2")
    with pytest.raises(Throttled):
        throttle.demand_from("mail", "2001:db8::3")
    throttle.demand_from("mail", "2001:db8:0:1::1")


def test_nobody_waits_for_longer_than_the_time_of_the_rate(tmp_path, monkeypatch):
    throttle = Throttle(FileCounters(tmp_path), {"mail": Rate(1, 60)})
    clock = iter([1004.0, 1000.0])
    monkeypatch.setattr("time.time", lambda: next(clock))
    throttle.demand_from("mail", "192.0.2.7")
    with pytest.raises(Throttled) as refused:
        throttle.demand_from("mail", "192.0.2.7")
    assert refused.value.headers["Retry-After"] == "60"
