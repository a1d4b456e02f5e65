"""The chain of the audit log: what an entry's chain value must be, and whether a log's are right.

Pure, so that a log can be checked wherever it lies: in a database or in a backup.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class Entry(NamedTuple):
    """What is chained of an entry, in the order in which it is."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject_id: UUID | None
    detail: str
    request_id: str


PUBLISHED = 16
"""Digits of a chain value that are mailed and printed: 64 bits, which nobody hits by chance."""
PRINTED = re.compile(r"(\d{1,18}):([0-9a-f]{16,64})")


class Head(NamedTuple):
    """An entry's number and chain value. Known elsewhere, it shows that nothing was cut off."""

    seq: int
    chain: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.chain[:PUBLISHED]}"


def read_head(text: str) -> Head:
    """A head as it was published, such as "17:9f2c60d1a4b8e377"; raises ValueError."""
    found = PRINTED.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"a head is a number, a colon and {PUBLISHED} hexadecimal digits")
    return Head(int(found[1]), found[2])


def chain_value(entry: Entry, previous: str, key: bytes) -> str:
    """The chain value an entry must carry after `previous`: HMAC-SHA256, in hex."""
    seq, at, actor, action, subject_id, detail, request_id = entry
    parts = seq, at.isoformat(), actor, action, subject_id or "", detail, request_id, previous
    return hmac.digest(key, "\x1f".join(map(str, parts)).encode(), "sha256").hex()


class Walk:
    """Follows the chain from its first entry and keeps nothing but where it is."""

    def __init__(self, key: bytes, heads: Mapping[int, str] | None = None) -> None:
        """`heads`: how chain values begin that were published, by the number of their entry."""
        self._key, self._heads = key, heads or {}
        self.head = Head(0, "")
        self.fault: str | None = None
        """What is wrong first, in words; None while all is well."""

    def step(self, entry: Entry, chain: str) -> None:
        """Go on to the next entry. After the first fault nothing can be said of later ones."""
        if self.fault is None:
            self.fault = self._fault(entry, chain)
            self.head = Head(entry.seq, chain)

    def end(self) -> None:
        """Say that there is no further entry."""
        latest = max(self._heads, default=0)
        if self.fault is None and latest > self.head.seq:
            self.fault = (
                f"the log ends at entry {self.head.seq}, but entry {latest} is known to have"
                " been written: the end was cut off"
            )

    def _fault(self, entry: Entry, chain: str) -> str | None:
        expected = self.head.seq + 1
        if entry.seq > expected:
            return f"entry {expected} is missing"
        if entry.seq < expected:
            return f"entry {entry.seq} is not in its place"
        if not hmac.compare_digest(chain.encode(), self._right(entry)):
            return f"entry {entry.seq} does not fit the one before: it was changed or put in"
        if not chain.startswith(self._heads.get(entry.seq, "")):
            return f"entry {entry.seq} is not the one that was there before: the end was replaced"
        return None

    def _right(self, entry: Entry) -> bytes:
        return chain_value(entry, self.head.chain, self._key).encode()
