"""The key file: making it, reading it, adding and retiring field keys while everything runs.

JSON: `root`, `fields` by id with the newest last, and `unfinished` while fields are being sealed
anew. It is never changed in place: a process that is killed leaves the old one or the new one.
"""

import base64
import json
import logging
import os
import secrets
import time
from pathlib import Path
from typing import Any

from intake.core.encryption import KeyRing, KeyRingError
from intake.core.remember import SECONDS

log = logging.getLogger(__name__)

KEY_BYTES = 32
UNFINISHED = "unfinished"


def create_key_file(path: Path) -> None:
    """Write a new key ring, readable by its owner only; an existing file is left alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, {"root": _new_key(), "fields": {"k1": _new_key()}})


def load_key_file(path: Path) -> KeyRing:
    """Read the key ring; raises KeyRingError when it is missing, damaged or open to others."""
    try:
        mode, document = path.stat().st_mode, _read(path)
        fields = {name: base64.b64decode(value) for name, value in document["fields"].items()}
        ring = KeyRing(fields=fields, root=base64.b64decode(document["root"]))
        sizes = {len(key) for key in [ring.root, *fields.values()]}
    except FileNotFoundError:
        raise KeyRingError(
            f"There is no key file at {path}. Put it back from its safe copy; a new clinic runs: "
            "flask --app wsgi keys create"
        ) from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise _damaged(path) from None
    if mode & 0o077:
        raise KeyRingError(f"The key file at {path} can be read by others. Run: chmod 600 {path}")
    if not fields or sizes != {KEY_BYTES}:
        raise _damaged(path)
    return ring


def _damaged(path: Path) -> KeyRingError:
    return KeyRingError(f"The key file at {path} is damaged. Put it back from its safe copy.")


class Watch:
    """Notices that the key file has changed. A file that cannot be used changes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = _stamp(path)
        self._until = time.monotonic() + SECONDS

    def newer(self, *, at_once: bool) -> KeyRing | None:
        """The ring, if it is another one by now. It is looked for every few seconds."""
        now = time.monotonic()
        if now < self._until and not at_once:
            return None
        self._until, stamp = now + SECONDS, _stamp(self.path)
        if stamp == self._seen:
            return None
        self._seen = stamp
        try:
            return load_key_file(self.path)
        except KeyRingError as problem:
            log.error("The keys stay as they were. %s", problem)
            return None


def add_key(path: Path) -> str:
    """Add a field key that seals from now on, and remember that older fields are to follow."""
    document = _read(path)
    key_id = f"k{1 + max(int(each.removeprefix('k')) for each in document['fields'])}"
    document["fields"][key_id] = _new_key()
    _write(path, {**document, UNFINISHED: True})
    return key_id


def is_unfinished(path: Path) -> bool:
    """Whether a key was added and not all fields are known to be sealed with it."""
    return bool(_read(path).get(UNFINISHED))


def finish(path: Path) -> None:
    """Remember that all fields are sealed with the newest key."""
    document = _read(path)
    document.pop(UNFINISHED, None)
    _write(path, document)


def remove_key(path: Path, key_id: str) -> None:
    """Take a key off the ring; what was sealed with it opens no more."""
    document = _read(path)
    del document["fields"][key_id]
    _write(path, document)


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("ascii"))
    return document


def _write(path: Path, document: dict[str, Any]) -> None:
    """Put a whole new file in the place of the old one, with the same owner."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(document, file, indent=1)
        if path.exists():
            owner = path.stat()
            os.fchown(handle, owner.st_uid, owner.st_gid)
        file.flush()
        os.fsync(handle)
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes with the file; empty while there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
