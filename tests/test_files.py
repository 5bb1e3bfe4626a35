"""What only the site itself may read."""

import stat

import pytest

from samenbuurten.files import keep_private

pytestmark = pytest.mark.once


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_private_from_the_start(tmp_path):
    keep_private(tmp_path / "one.sqlite3", create=True)
    assert rights(tmp_path / "one.sqlite3") == 0o600


@pytest.mark.parametrize("beside", ["", "-wal", "-shm"])
def test_a_file_that_others_could_read_becomes_private(tmp_path, beside):
    path = tmp_path / f"one.sqlite3{beside}"
    path.touch()
    path.chmod(0o644)
    keep_private(tmp_path / "one.sqlite3")
    assert rights(path) == 0o600


def test_nothing_is_made_where_there_is_no_folder_or_no_file(tmp_path):
    keep_private(tmp_path / "none" / "one.sqlite3", create=True)
    keep_private(":memory:", create=True)
    assert list(tmp_path.iterdir()) == []
