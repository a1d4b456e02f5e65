"""The key file: private, replaced as a whole, and read anew by whoever runs."""

import json
import os
from pathlib import Path

import pytest

from intake.core import key_file
from intake.core.encryption import KeyRingError, UnknownKey
from intake.core.key_file import Watch, create_key_file, load_key_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_key_file(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def test_keys_come_and_go_and_numbers_are_not_used_again(path: Path) -> None:
    before = load_key_file(path)
    assert key_file.add_key(path) == "k2"
    assert key_file.is_unfinished(path)
    key_file.finish(path)
    assert not key_file.is_unfinished(path)
    key_file.remove_key(path, "k1")
    assert key_file.add_key(path) == "k3"
    ring = load_key_file(path)
    assert (list(ring.fields), ring.primary, ring.root) == (["k2", "k3"], "k3", before.root)
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["keys.json"]


def test_what_a_killed_process_left_is_no_hindrance(path: Path) -> None:
    (path.parent / "keys.json.new").write_text("{")
    assert key_file.add_key(path) == "k2"


def test_a_running_process_notices_a_new_key_and_keeps_its_own_when_the_file_is_damaged(
    path: Path,
) -> None:
    watch, ring = Watch(path), load_key_file(path)
    assert watch.newer(at_once=True) is None
    key_file.add_key(path)
    assert watch.newer(at_once=False) is None
    newer = watch.newer(at_once=True)
    assert newer is not None
    sealed = newer.seal(b"words", "notes|body|1")
    with pytest.raises(UnknownKey):
        ring.open(sealed, "notes|body|1")
    path.write_text("{")
    assert watch.newer(at_once=True) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.unlink(), "no key file"),
        (lambda path: path.write_text("{}"), "damaged"),
        (lambda path: path.write_text(json.dumps({"root": "", "fields": {"k1": ""}})), "damaged"),
        (lambda path: path.chmod(0o640), "can be read by others"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(path: Path, change, words: str) -> None:
    change(path)
    with pytest.raises(KeyRingError, match=words):
        load_key_file(path)
