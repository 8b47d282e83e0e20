"""Reading what a database was like at one moment, a part at a time."""

from __future__ import annotations

import threading

import pytest

from wger_flask.auth.models import User
from wger_flask.storage.database import database, disconnect, snapshot, transaction
from wger_flask.storage.query import Selection


def elsewhere(write) -> None:
    """Call ``write()`` in another thread, on a connection of its own, and wait for it."""

    def work() -> None:
        with transaction():
            write()
        disconnect()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_what_others_commit_meanwhile_is_not_seen(opened):
    people = Selection(User, (), ("-username",))
    before = people.rows(("username",))
    with snapshot():
        parts = people.raw_parts(("username",), 2, 99)
        first = next(parts)
        elsewhere(lambda: User.update(username="zoe").where(User.username == "ada").execute())
        assert people.rows(("username",)) == before  # other statements run in between
        assert [*first, *(row for part in parts for row in part)] == before
    assert ("zoe",) in people.rows(("username",))


def test_parts_are_cut_as_pages_are(opened):
    people = Selection(User, (), ("username",))
    with snapshot():
        assert list(people.raw_parts(("username",), 2, 2, 1)) == [[("grace",), ("linus",)]]
        assert [len(part) for part in people.raw_parts(("username",), 2, 99)] == [2, 1]


def test_a_snapshot_that_is_left_early_leaves_no_transaction(opened):
    with pytest.raises(RuntimeError), snapshot():
        next(Selection(User).raw_parts(("username",), 1, 99))
        raise RuntimeError
    assert not database.obj.in_transaction()
