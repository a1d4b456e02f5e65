"""A backup's file opens only whole, unchanged, and with the key file it was sealed with."""

import io
import random
from pathlib import Path

import pytest

from intake.core.encryption import KeyRing
from intake.safekeeping.sealed_file import (
    CHUNK,
    TAG,
    DamagedBackup,
    OtherKeys,
    new_head,
    read_head,
    reading,
    writing,
)

RING = KeyRing(fields={"k1": bytes(32)}, root=b"r" * 32)
LINES = [f"{random.Random(number).randbytes(600).hex()}\n" for number in range(1000)]
"""Noise that fills several chunks, however it is packed."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    head = new_head(RING, made_at="2026-11-23T16:00:00+00:00", revision="0001", keys=["k1"])
    file = io.BytesIO()
    with writing(file, head, RING) as lines:
        lines.writelines(LINES)
    return file.getvalue()


def read(path: Path, ring: KeyRing = RING) -> list[str]:
    with reading(path, ring) as lines:
        return list(lines)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.backup"


def test_what_was_written_is_read(whole: bytes, path: Path) -> None:
    path.write_bytes(whole)
    assert read(path) == LINES
    assert read_head(path).keys == ["k1"]
    assert len(whole) > 2 * CHUNK


def body(whole: bytes) -> int:
    """Where the first chunk begins."""
    return whole.index(b"\n") + 1


@pytest.mark.parametrize("place", ["head", "first chunk", "last chunk"])
def test_a_changed_byte_is_found(whole: bytes, path: Path, place: str) -> None:
    at = {"head": whole.index(b"0001"), "first chunk": body(whole) + 9, "last chunk": -20}[place]
    damaged = bytearray(whole)
    damaged[at] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DamagedBackup):
        read(path)


@pytest.mark.parametrize("cut", ["byte", "chunk", "all chunks", "head", "everything"])
def test_an_end_that_is_missing_is_found(whole: bytes, path: Path, cut: str) -> None:
    first = body(whole)
    until = {"byte": -1, "chunk": first + CHUNK + TAG, "all chunks": first, "head": 50}
    path.write_bytes(whole[: until.get(cut, 0)])
    with pytest.raises(DamagedBackup):
        read(path)


def test_chunks_in_another_order_are_found(whole: bytes, path: Path) -> None:
    first, size = body(whole), CHUNK + TAG
    one, other = whole[first : first + size], whole[first + size : first + 2 * size]
    path.write_bytes(whole[:first] + other + one + whole[first + 2 * size :])
    with pytest.raises(DamagedBackup):
        read(path)


def test_another_key_file_is_named_as_the_cause(whole: bytes, path: Path) -> None:
    path.write_bytes(whole)
    with pytest.raises(OtherKeys, match="another key file"):
        read(path, KeyRing(fields=RING.fields, root=b"x" * 32))


def test_a_key_that_was_retired_is_named(whole: bytes, path: Path) -> None:
    path.write_bytes(whole)
    with pytest.raises(OtherKeys, match="needs the key k1"):
        read(path, KeyRing(fields={"k2": b"2" * 32}, root=RING.root))


def test_a_new_field_key_does_not_lock_old_backups(whole: bytes, path: Path) -> None:
    path.write_bytes(whole)
    ring = KeyRing(fields={**RING.fields, "k2": b"2" * 32}, root=RING.root)
    assert read(path, ring) == LINES
