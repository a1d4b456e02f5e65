"""All looks, one after the other."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from intake.core.db import db
from intake.doctor import machine, mail, wording
from intake.doctor.finding import Finding, fail
from intake.screening.catalog import load_catalog


def examine(
    settings: Settings, *, now: datetime, send_to: str | None = None, selector: str | None = None
) -> Iterator[Finding]:
    """What was found, one thing after the other. A look that fails does not end the others."""
    if settings.has_instance:
        yield from _inside(settings, now)
    else:
        words = f"there is no clinic in {settings.instance}"
        yield fail("instance", words, "Set INSTANCE to the folder of yours.")
    yield wording.sign_off(load_catalog())
    yield machine.time_zones(now)
    yield machine.backups(settings, now)
    yield mail.server(settings.smtp, send_to=send_to, now=now)
    yield from mail.sender(settings.smtp, selector=selector)


def _inside(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What is found in the instance folder and its database."""
    yield machine.keys()
    yield machine.files(settings.instance)
    yield machine.disk(settings.instance)
    state = machine.database()
    yield state
    if state.grade == "ok":
        try:
            yield from machine.people(settings)
            yield from machine.worker(now)
            yield machine.clock(now)
        except SQLAlchemyError:
            db.session.rollback()
            yield fail("database", "cannot be read", "Check INTAKE_DATABASE_URL.")
