"""Database, keys, clock, time zones, disk, the worker, and who is told of what."""

import os
import re
import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from intake.audit import log
from intake.audit.models import AuditEntry
from intake.clinic.clinic import Clinic, ClinicSettingsError
from intake.clinic.recipients import Told, all_addresses, told_of
from intake.clinic.safety import gaps
from intake.clinic.service import current_clinic
from intake.core.db import db, is_postgresql
from intake.core.encryption import key_ring
from intake.core.instance import open_to_others
from intake.core.sealed_columns import sealed_with_others
from intake.doctor.finding import Finding, fail, note, ok
from intake.notifications import bounces, own_words, queries
from intake.ops import pending_migrations
from intake.safekeeping.folder import good_ones

GIGABYTE = 1 << 30
SILENCE = timedelta(minutes=3)
"""A worker that was not heard for so long has stopped; it beats every minute."""
LARGEST_DRIFT = timedelta(seconds=5)
OLDEST_ZONES = 2
"""Years after which rules of time zones are likely to be out of date."""
OLDEST_BACKUP = timedelta(days=2)
"""One a day is meant; one of them may fail."""


def database() -> Finding:
    """Whether it can be reached and has all migrations."""
    kind = "PostgreSQL" if is_postgresql() else "SQLite"
    try:
        if pending_migrations():
            mend = "Run: flask --app wsgi backup; then: flask --app wsgi db upgrade"
            return fail("database", f"{kind}: migrations are pending", mend)
    except SQLAlchemyError:
        db.session.rollback()
        mend = "Check INTAKE_DATABASE_URL, and that the server runs."
        return fail("database", f"{kind}: cannot be reached", mend)
    return ok("database", f"{kind}: up to date")


def keys() -> Finding:
    """Which keys there are, and whether they open what the database holds.

    A file that cannot be read stops every command before this one looks.
    """
    ring, mend = key_ring(), "Put the right key file back from its safe copy."
    try:
        if not log.fits_keys():
            return fail("keys", "the key file does not belong to this database", mend)
        if lost := sealed_with_others(db.session.connection(), db.metadata.sorted_tables, ring):
            return fail("keys", f"{lost} fields are sealed with a key that is not there", mend)
    except SQLAlchemyError:
        db.session.rollback()  # what is wrong with the database is told by another look
    return ok("keys", f"{len(ring.fields)} on the ring, the newest is {ring.primary}")


def people(settings: Settings) -> Iterator[Finding]:
    """Who is told of each event."""
    try:
        clinic = current_clinic()
    except (ClinicSettingsError, SQLAlchemyError) as problem:
        kind = str(problem) if isinstance(problem, ClinicSettingsError) else "cannot be read"
        yield fail("recipients", kind, "flask --app wsgi clinic setup FILE")
        return
    yield _recipients(clinic, settings)
    lost = bounces.marked(all_addresses(clinic))
    for told in told_of(clinic, lost=lost):
        yield _told(told)


def _told(told: Told) -> Finding:
    """Whether one event reaches anybody."""
    mend = "Correct it on the staff site: Settings, Recipients."
    if not told.addresses:
        return fail("recipients", f"{told.words}: nobody", mend)
    if not told.reaches_somebody:
        came_back = f"mails to {', '.join(told.lost)} came back"
        return fail("recipients", f"{told.words}: nobody, {came_back}", mend)
    words = f"{told.words}: {', '.join(told.addresses)}"
    if told.lost:
        return note("recipients", f"{words}; mails to {', '.join(told.lost)} came back", mend)
    return ok("recipients", words)


def _recipients(clinic: Clinic, settings: Settings) -> Finding:
    if missing := gaps(clinic):
        say = fail if settings.is_production else note
        return say("clinic", ", ".join(missing), "flask --app wsgi clinic setup FILE")
    return ok("clinic", f"{clinic.name} is set up")


def worker(now: datetime) -> Iterator[Finding]:
    """Whether one runs, and whether mails stand still or did not arrive."""
    alive = [beat for beat in queries.heartbeats() if now - beat.seen_at < SILENCE]
    if not alive:
        yield fail("worker", "none has been heard of", "Start it: flask --app wsgi worker")
    elif len(alive) > 1 and not is_postgresql():
        yield fail("worker", f"{len(alive)} run", "Run one with SQLite: they only wait in line.")
    else:
        yield ok("worker", f"{len(alive)} running")
    since = queries.stuck_since(now)
    if since is not None:
        minutes = (now - since) // timedelta(minutes=1)
        yield fail(
            "messages", f"the oldest waits for {minutes} minutes", "Look at mail server, worker."
        )
    if undelivered := queries.undelivered_count():
        mend = "Staff see them in the queue: Emails that did not arrive."
        yield note("messages", f"{undelivered} could not be delivered", mend)
    if texts := own_words.failed_count():
        mend = "Correct them on the staff site: Settings, Texts."
        yield fail("texts", f"{texts} of your own could not be used", mend)


def clock(now: datetime) -> Finding:
    """Whether our clock agrees with the database's, or at least has not been put back."""
    if is_postgresql():
        drift = abs(now - db.session.scalar(text("SELECT now()")))
        if drift > LARGEST_DRIFT:
            words = f"{drift.total_seconds():.0f} seconds off the database's"
            return fail("clock", words, "Let both machines keep time by NTP.")
        return ok("clock", "agrees with the database's")
    last = db.session.scalar(select(func.max(AuditEntry.at)))
    if last is not None and last > now + LARGEST_DRIFT:
        return fail("clock", f"is behind what was written at {last:%Y-%m-%d %H:%M} UTC", "Set it.")
    return ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC; compare it with yours")


def time_zones(now: datetime) -> Finding:
    """How old the rules of time zones are."""
    version = zone_version()
    if version is None:
        return note("time zones", "of unknown age", "Install the package tzdata.")
    if now.year - int(version[:4]) >= OLDEST_ZONES:
        return note("time zones", f"version {version} is old", "Update the package tzdata.")
    return ok("time zones", f"version {version}")


def zone_version() -> str | None:
    """The version of the time zones, such as "2026a", where Python takes them from."""
    for folder in zoneinfo.TZPATH:
        for name, pattern in (("+VERSION", r"(\d{4}\w+)"), ("tzdata.zi", r"# version (\d{4}\w+)")):
            path = Path(folder) / name
            if path.is_file() and (found := re.match(pattern, _first_line(path))):
                return found[1]
    packaged = resources.files("tzdata").joinpath("zones")
    return _packaged_version() if packaged.is_file() else None


def _packaged_version() -> str | None:
    text_of = resources.files("tzdata").joinpath("__init__.py").read_text("utf-8")
    found = re.search(r'IANA_VERSION = "(\w+)"', text_of)
    return found[1] if found else None


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline()


def files(instance: Path) -> Finding:
    """Whether only their owner can read the files of the instance."""
    if found := open_to_others(instance):
        names = ", ".join(path.name for path in found)
        return fail("files", f"others can read {names}", f"chmod -R go= {instance}")
    return ok("files", f"only their owner can read {instance}")


def disk(instance: Path) -> Finding:
    """Whether there is room where the instance lies, and it can be written to."""
    if not os.access(instance, os.W_OK):
        mend = "Mount it for writing; a disk that fails is often switched to reading."
        return fail("disk", f"{instance} cannot be written to", mend)
    free = shutil.disk_usage(instance).free
    words = f"{free / GIGABYTE:.1f} GB free in {instance}"
    return (
        ok("disk", words)
        if free > GIGABYTE
        else fail("disk", words, "Make room, or move INSTANCE.")
    )


def backups(settings: Settings, now: datetime) -> Finding:
    """How old the last good backup is. In production there must be a fresh one."""
    say = fail if settings.is_production else note
    mend = "Let a timer run it every day: flask --app wsgi backup"
    try:
        good = good_ones(settings.backups)
    except OSError:
        return say("backups", f"{settings.backups} cannot be read", mend)
    if not good:
        return say("backups", f"there is none in {settings.backups}", mend)
    age = now - good[-1].made_at
    words = f"the last good one is {age // timedelta(hours=1)} hours old, {good[-1].path}"
    return ok("backups", words) if age <= OLDEST_BACKUP else say("backups", words, mend)
