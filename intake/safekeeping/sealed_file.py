"""The file of a backup: one line in plain text, then chunks of AES-256-GCM.

Each file has a key of its own, by HKDF from the key file and a random salt. A chunk's nonce is its
number and whether it is the last one, so chunks that are missing, swapped or cut off at the end do
not open (the STREAM construction; Hoang, Reyhanitabar, Rogaway and Vizár 2015). The plain line is
the associated data of every chunk. Inside is gzip.
"""

from __future__ import annotations

import gzip
import io
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.core.encryption import KeyRing

FORMAT = "intake backup 1"
CHUNK = 1 << 18
"""Bytes sealed at once."""
TAG = 16
LONGEST_LINE = 4096
FASTEST = 1
"""Level of gzip: most of a backup is sealed already, and does not get smaller."""


class DamagedBackup(Exception):
    """The file is no backup, is cut off, or was changed; the message says what is wrong."""


class OtherKeys(Exception):
    """The backup was made with another key file, or needs a key that is retired by now."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What anybody can read of a backup. Nothing about people, and no secrets."""

    format: str
    made_at: str
    """ISO 8601, UTC."""
    revision: str
    """The last migration of the database."""
    keys: list[str]
    """The ids of the field keys that it needs."""
    ring: str
    """By which key file it was sealed: `fingerprint`."""
    salt: str


def new_head(ring: KeyRing, *, made_at: str, revision: str, keys: list[str]) -> Head:
    """The first line of a new backup."""
    return Head(
        format=FORMAT,
        made_at=made_at,
        revision=revision,
        keys=keys,
        ring=fingerprint(ring),
        salt=secrets.token_hex(32),
    )


def fingerprint(ring: KeyRing) -> str:
    """A public name of a key file; it stays when field keys are added or retired."""
    return ring.derive("fingerprint").hex()[:16]


def read_head(path: Path) -> Head:
    """The plain line. Raises DamagedBackup when it is none, OSError when it cannot be read."""
    with path.open("rb") as file:
        return _parse(file.readline(LONGEST_LINE), path)


@contextmanager
def writing(file: BinaryIO, head: Head, ring: KeyRing) -> Iterator[io.TextIOWrapper]:
    """Lines of text written inside are sealed into the file; only a whole one can be read."""
    line = json.dumps(asdict(head)).encode() + b"\n"
    file.write(line)
    sealed = _Sealed(file, _cipher(head, ring), line)
    with gzip.GzipFile("", "wb", FASTEST, sealed, mtime=0) as packed:
        lines = io.TextIOWrapper(packed, "utf-8", newline="\n")
        yield lines
        lines.flush()
        lines.detach()
    sealed.finish()


@contextmanager
def reading(path: Path, ring: KeyRing) -> Iterator[io.TextIOWrapper]:
    """The lines of a backup. Raises DamagedBackup, at the latest with the line that is damaged,
    and OtherKeys when it belongs to another key file."""
    with path.open("rb") as file:
        line = file.readline(LONGEST_LINE)
        head = _parse(line, path)
        _demand_keys(head, ring, path)
        opened = io.BufferedReader(_Opened(file, _cipher(head, ring), line), CHUNK)
        try:
            with gzip.GzipFile(fileobj=opened) as packed:
                yield io.TextIOWrapper(packed, "utf-8", newline="\n")
        except (InvalidTag, EOFError, gzip.BadGzipFile, UnicodeDecodeError):
            raise DamagedBackup(f"{path.name} is cut off, or was changed.") from None


def _demand_keys(head: Head, ring: KeyRing, path: Path) -> None:
    if head.ring != fingerprint(ring):
        raise OtherKeys(f"{path.name} was made with another key file.")
    if missing := sorted(set(head.keys) - set(ring.fields)):
        raise OtherKeys(f"{path.name} needs the key {', '.join(missing)}: use an older key file.")


class _Sealed(io.RawIOBase):
    """Seals what is written to it in chunks."""

    def __init__(self, file: BinaryIO, cipher: AESGCM, line: bytes) -> None:
        self.file, self.cipher, self.line = file, cipher, line
        self.number, self.waiting = 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        while len(self.waiting) > CHUNK:  # the last chunk is kept back until it is known as such
            self._seal(CHUNK, is_last=False)
        return len(data)

    def finish(self) -> None:
        self._seal(CHUNK, is_last=True)

    def _seal(self, size: int, *, is_last: bool) -> None:
        plain = bytes(self.waiting[:size])
        del self.waiting[:size]
        nonce = _nonce(self.number, is_last=is_last)
        self.file.write(self.cipher.encrypt(nonce, plain, self.line))
        self.number += 1


class _Opened(io.RawIOBase):
    """Opens chunks as they are read."""

    def __init__(self, file: BinaryIO, cipher: AESGCM, line: bytes) -> None:
        self.file, self.cipher, self.line = file, cipher, line
        self.number, self.plain = 0, b""
        self.next = file.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.plain and (self.next or self.number == 0):
            self._open()
        size = min(len(buffer), len(self.plain))
        buffer[:size], self.plain = self.plain[:size], self.plain[size:]
        return size

    def _open(self) -> None:
        sealed, self.next = self.next, self.file.read(CHUNK + TAG)
        nonce = _nonce(self.number, is_last=not self.next)
        self.plain = self.cipher.decrypt(nonce, sealed, self.line)
        self.number += 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _cipher(head: Head, ring: KeyRing) -> AESGCM:
    return AESGCM(ring.derive(f"backup {head.salt}"))


def _parse(line: bytes, path: Path) -> Head:
    try:
        head = Head(**json.loads(line))
    except (ValueError, TypeError):
        raise DamagedBackup(f"{path.name} is no backup.") from None
    if head.format != FORMAT:
        raise DamagedBackup(f"{path.name} was made by another version: {head.format}.")
    return head
