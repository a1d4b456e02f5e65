"""The folder of the backups: their names, the latest one, and which are old."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"intake-(\d{8}T\d{6}Z)\.backup")
FAULTY = ".faulty"
"""Ending of a backup of a database that is not as it should be. It counts for nothing."""
PARTIAL = ".partial"


class BusyFolder(Exception):
    """Another process is making a backup in the folder."""


@dataclass(frozen=True, order=True)
class Backup:
    """A backup that was found to be good when it was made."""

    made_at: datetime
    path: Path


def file_name(now: datetime) -> str:
    """What a backup made now is called, such as `intake-20261123T160000Z.backup`."""
    return f"intake-{now.astimezone(UTC):{STAMP}}.backup"


def good_ones(folder: Path) -> list[Backup]:
    """All good backups, the latest last. Raises OSError when the folder cannot be read."""
    if not folder.is_dir():
        return []
    found = ((NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted(Backup(_instant(match[1]), path) for match, path in found if match)


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete all good backups but the latest ones; returns which."""
    old = [each.path for each in good_ones(folder)[:-keep]]
    for path in old:
        path.unlink()
    return old


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Have the folder to oneself, without what killed processes left. Raises BusyFolder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in folder.glob(f"intake-*{PARTIAL}"):
            left.unlink()
        yield
        os.fsync(handle)  # a name is on the disk only with its folder
    except BlockingIOError:
        raise BusyFolder(f"Another process is making a backup in {folder}.") from None
    finally:
        os.close(handle)


def _instant(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
