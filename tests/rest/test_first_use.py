"""What is made when it is first needed is made whole for everybody who asks meanwhile."""

from __future__ import annotations

import functools
import gc
import sys
import threading

import pytest

from tests.conftest import key_of, settings_for
from wger_flask.storage.database import database
from wger_flask.testing.server import with_app

READERS = 6


@pytest.fixture
def fresh(opened, tmp_path):
    """An application that nobody has asked for anything, in a process that remembers nothing."""
    if database.obj.dialect.name != "sqlite":
        pytest.skip("threads have connections of their own: they do not see what is rolled back here")
    for found in gc.get_objects():
        if isinstance(found, functools._lru_cache_wrapper) and found.__module__.startswith(("wger_flask", "plugins")):
            found.cache_clear()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    with with_app(settings_for(f"sqlite:///{database.obj.database}", tmp_path / "instance")) as made:
        yield made
    sys.setswitchinterval(before)


def at_once(app, path: str, headers: dict[str, str]) -> list[tuple[int, bytes]]:
    """Return what several readers get who ask for ``path`` at the same moment."""
    start, answers = threading.Barrier(READERS), []

    def read():
        with app.test_client() as client:
            start.wait()
            answer = client.get(path, headers=headers)
            answers.append((answer.status_code, answer.data))
        database.obj.close()

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


PATHS = (
    "/api/v2/schema?format=json /api/v2/schema /api/v2/powersync-keys /api/v2/exerciseinfo/?limit=2 "
    "/api/v2/ingredientinfo/?name__search=oat /api/v2/routine/ /api/v2/weightentry/ /api/v2/muscle/ "
    "/api/v2/user-statistics/ /api/v2/check-language/ /schema/assets/redoc/javascripts/redoc.standalone.js"
).split()


@pytest.mark.parametrize("path", PATHS)
def test_first_readers_at_the_same_moment(fresh, path):
    answers = at_once(fresh, path, {"Authorization": f"Token {key_of('grace')}"})
    assert len(answers) == READERS and len(set(answers)) == 1
    assert answers[0][0] in (200, 405)


@pytest.mark.parametrize("path", ["/", "/api/v2/", "/api/v2/exerciseinfo/?limit=2", "/api/v2/weightentry/"])
def test_first_readers_of_a_page(fresh, path):
    answers = at_once(fresh, path, {"Accept": "text/html", "Authorization": f"Token {key_of('grace')}"})
    assert [status for status, _ in answers] == [200] * READERS
