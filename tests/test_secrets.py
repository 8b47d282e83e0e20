"""The secret key: made once, for its owner alone, the same for all processes."""

import multiprocessing
import os
import stat

import pytest

from wger_flask.secrets import LEAST_CHARACTERS, SecretKeyError, secret_key


def test_made_on_first_use_and_kept(tmp_path):
    path = tmp_path / "new" / "secret.key"
    key = secret_key(path)
    assert len(key) >= LEAST_CHARACTERS
    assert secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret.key"], "no draft is left"


def test_no_two_are_alike(tmp_path):
    assert len({secret_key(tmp_path / str(number)) for number in range(20)}) == 20


def test_readable_by_its_owner_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        secret_key(tmp_path / "key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def _first_key(path, barrier, keys):
    barrier.wait()
    keys.put(secret_key(path))


def test_processes_that_start_together_agree(tmp_path):
    context = multiprocessing.get_context("fork")
    for attempt in range(5):
        barrier, keys = context.Barrier(6), context.Queue()
        path = tmp_path / f"key{attempt}"
        processes = [context.Process(target=_first_key, args=(path, barrier, keys)) for _ in range(6)]
        for process in processes:
            process.start()
        found = {keys.get(timeout=600) for _ in processes}
        for process in processes:
            process.join()
        assert found == {path.read_text().strip()}


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o666, 0o620])
def test_refused_when_others_may_use_it(tmp_path, mode):
    path = tmp_path / "key"
    secret_key(path)
    path.chmod(mode)
    with pytest.raises(SecretKeyError, match=f"^WGER_SECRET_KEY_FILE: others may use .*{mode:04o}"):
        secret_key(path)


@pytest.mark.parametrize("text", ["", "\n", "changeme", "x" * (LEAST_CHARACTERS - 1)])
def test_refused_when_it_is_no_key(tmp_path, text):
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(SecretKeyError, match="^WGER_SECRET_KEY_FILE: .* characters"):
        secret_key(path)


def test_what_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").touch(0o600)
    (tmp_path / "binary").write_bytes(b"\xff" * 64)
    (tmp_path / "file").touch()
    for path in (tmp_path / "folder", tmp_path / "binary", tmp_path / "file" / "key"):
        with pytest.raises(SecretKeyError) as refused:
            secret_key(path)
        assert str(refused.value).startswith(f"WGER_SECRET_KEY_FILE: {path}: ")
        assert "\n" not in str(refused.value)
