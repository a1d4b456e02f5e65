"""Field encryption bound to its place, and the key ring behind it.

AES-256-GCM; the associated data is table, column, row id and key id, so a value that is moved to
another row or column, cut or altered does not open (OWASP ASVS 11.3.3). Sealed form:
one byte for the length of the key id, key id, 12 bytes nonce, ciphertext with tag.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, overload
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

NONCE_BYTES = 12
SEALED = "_sealed"
"""Ending of the columns that hold sealed fields."""


class KeyRingError(Exception):
    """The key file is missing, unreadable or not private; the message says what to do."""


class UnreadableField(Exception):
    """A sealed value does not open: moved, altered, or its key is not on the ring."""


class UnknownKey(UnreadableField):
    """Its key is not on the ring, or not yet: it may have been added a moment ago."""


@dataclass(frozen=True)
class KeyRing:
    """Secrets of one clinic. `fields` maps key ids to keys, oldest first; the newest one seals.

    Searching, chaining the audit log and signing cookies have keys of their own, which do not
    change when field keys are rotated.
    """

    fields: Mapping[str, bytes]
    root: bytes
    _ciphers: dict[str, AESGCM] = field(default_factory=dict, repr=False)
    _derived: dict[str, bytes] = field(default_factory=dict, repr=False)

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, by HKDF-SHA256 (RFC 5869)."""
        if purpose not in self._derived:
            hkdf = HKDF(SHA256(), 32, salt=None, info=purpose.encode())
            self._derived[purpose] = hkdf.derive(self.root)
        return self._derived[purpose]

    @cached_property
    def primary(self) -> str:
        """The id of the key that seals new values."""
        return list(self.fields)[-1]

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt for one place, such as `submissions|contact|<row id>`."""
        nonce = os.urandom(NONCE_BYTES)
        key_id = self.primary
        sealed = self._cipher(key_id).encrypt(nonce, plain, f"{place}|{key_id}".encode())
        return mark_of(key_id) + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what `seal` made for the same place; raises UnreadableField."""
        try:
            split = 1 + sealed[0]
            key_id = sealed[1:split].decode()
            if key_id not in self.fields:
                raise UnknownKey(place)
            nonce, body = sealed[split : split + NONCE_BYTES], sealed[split + NONCE_BYTES :]
            return self._cipher(key_id).decrypt(nonce, body, f"{place}|{key_id}".encode())
        except (InvalidTag, IndexError, ValueError) as error:
            # The place names a table, a column and a random id: no personal data.
            raise UnreadableField(place) from error

    def _cipher(self, key_id: str) -> AESGCM:
        if key_id not in self._ciphers:
            self._ciphers[key_id] = AESGCM(self.fields[key_id])
        return self._ciphers[key_id]


def mark_of(key_id: str) -> bytes:
    """What all fields begin with that were sealed with that key."""
    return bytes([len(key_id)]) + key_id.encode()


class Watch(Protocol):
    """Knows when the key file has changed: `core.key_file`."""

    def newer(self, *, at_once: bool) -> KeyRing | None:
        """The ring, if it is another one by now. It is looked for every few seconds."""


def key_ring(*, at_once: bool = False) -> KeyRing:
    """The key ring of the current application; raises KeyRingError when it has none.

    A key that another process adds is known within seconds, or `at_once`.
    """
    extensions = current_app.extensions
    if "key_ring" not in extensions:
        raise KeyRingError("There is no key file yet. Run: flask --app wsgi keys create")
    watch: Watch = extensions["key_watch"]
    if newer := watch.newer(at_once=at_once):
        extensions["key_ring"] = newer
    ring: KeyRing = extensions["key_ring"]
    return ring


class EncryptedJSON:
    """A model attribute holding a JSON value, kept in the bytes column `<name>_sealed`.

    Reading opens it, setting seals it; change a value by setting the attribute anew, never in
    place: what was opened is kept beside the row, so that a page opens each field once.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.opened = f"_{name}_opened"

    @overload
    def __get__(self, row: None, owner: type) -> EncryptedJSON: ...
    @overload
    def __get__(self, row: object, owner: type) -> Any: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, f"{self.name}{SEALED}")
        if sealed is None:
            return None
        seen, value = row.__dict__.get(self.opened, (None, None))
        if seen is not sealed:
            value = open_json(sealed, row.__tablename__, self.name, row.id)
            row.__dict__[self.opened] = sealed, value
        return value

    def __set__(self, row: Any, value: Any) -> None:
        sealed = None
        if value is not None:
            sealed = seal_json(value, row.__tablename__, self.name, row.id)
        setattr(row, f"{self.name}{SEALED}", sealed)


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def seal_json(value: Any, table: str, column: str, row_id: UUID) -> bytes:
    """The sealed form of a JSON value for one field of one row."""
    return key_ring().seal(_compact(value).encode(), f"{table}|{column}|{row_id}")


def open_json(sealed: bytes, table: str, column: str, row_id: UUID) -> Any:
    """The JSON value of one field of one row; raises UnreadableField."""
    place = f"{table}|{column}|{row_id}"
    try:
        return json.loads(key_ring().open(sealed, place))
    except UnknownKey:
        return json.loads(key_ring(at_once=True).open(sealed, place))
