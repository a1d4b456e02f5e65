"""The instance folder, which nobody but its owner may read: it holds what people told us."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import click

from config import Settings

OTHERS = 0o077
"""What group and others could do; as umask of our processes it makes files 0600, folders 0700."""

OUR_FILES = (
    *("intake.db*", "settings.env", "mail", "mail/*", "static", "backups", "backups/*"),
    *(
        "instruments",
        "instruments/*",
    ),  # whoever could write there would choose what people are asked
)
"""What belongs into the folder, as patterns. An open key file is not mended: it stops the start,
since somebody may have read it."""


class NoInstance(click.ClickException):
    """A command was given an INSTANCE that holds no clinic; nothing was written there."""

    def __init__(self, instance: Path) -> None:
        super().__init__(
            f"There is no clinic in {instance}. Set INSTANCE to the folder of yours."
            " A new one begins with: make run (an example), or flask --app wsgi keys create"
        )


def demand_instance(settings: Settings) -> None:
    """Raise NoInstance where a command could only make a second, empty clinic by mistake."""
    if not settings.has_instance:
        raise NoInstance(settings.instance)


def keep_to_owner(instance: Path) -> None:
    """Let this process write nothing that others can read, and close what is open to them.

    A folder with other things in it may be /srv or /tmp: it stays as it is, our files are closed.
    What belongs to another user is left to `doctor` to tell.
    """
    os.umask(OTHERS)
    ours = _ours(instance)
    if instance.is_dir() and {*ours, instance / "keys.json"}.issuperset(instance.iterdir()):
        ours.append(instance)
    for path in filter(_is_open, ours):
        with suppress(OSError):  # gone, of another user, or on a disk that cannot be written to
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)


def open_to_others(instance: Path) -> list[Path]:
    """Which of our files, or the folder itself, others may read or change."""
    return list(filter(_is_open, [instance, *_ours(instance)]))


def _ours(instance: Path) -> list[Path]:
    return [path for pattern in OUR_FILES for path in sorted(instance.glob(pattern))]


def _is_open(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:  # the database's log comes and goes while another process runs
        return False
    return not stat.S_ISLNK(mode) and bool(mode & OTHERS)
