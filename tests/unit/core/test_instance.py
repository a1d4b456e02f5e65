import os
import stat
from pathlib import Path

import pytest

from intake.core.instance import keep_to_owner, open_to_others


@pytest.fixture(autouse=True)
def permissive():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instance that was made carelessly."""
    folder = tmp_path / "instance"
    (folder / "mail").mkdir(parents=True)
    for name in ("intake.db", "intake.db-wal", "intake.db-shm", "settings.env", "mail/1.eml"):
        (folder / name).touch()
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_open_is_closed(folder):
    assert len(open_to_others(folder)) == 7
    keep_to_owner(folder)
    assert open_to_others(folder) == []
    assert mode(folder) == mode(folder / "mail") == 0o700
    assert mode(folder / "intake.db") == mode(folder / "mail" / "1.eml") == 0o600


def test_what_comes_later_is_closed_too(folder):
    keep_to_owner(folder)
    (folder / "intake.db-journal").touch()
    assert open_to_others(folder) == []


def test_a_folder_with_other_things_stays_as_it_is_but_our_files_are_closed(folder):
    (folder / "website").mkdir()
    keep_to_owner(folder)
    assert open_to_others(folder) == [folder]
    assert mode(folder / "website") == 0o777


def test_an_open_key_file_is_left_for_the_start_to_refuse(folder):
    (folder / "keys.json").touch()
    keep_to_owner(folder)
    assert mode(folder / "keys.json") == 0o666
    assert mode(folder) == 0o700


def test_what_a_link_leads_to_is_not_touched(folder, tmp_path):
    (tmp_path / "elsewhere").touch()
    (folder / "mail" / "link").symlink_to(tmp_path / "elsewhere")
    keep_to_owner(folder)
    assert mode(tmp_path / "elsewhere") == 0o666
    assert open_to_others(folder) == []


def test_a_folder_that_is_missing_is_not_made(tmp_path):
    keep_to_owner(tmp_path / "typo")
    assert list(tmp_path.iterdir()) == []
