"""All looks, one after the other."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from intake.core.db import db
from intake.doctor import machine, mail
from intake.doctor.finding import Finding, fail


def examine(
    settings: Settings, *, now: datetime, send_to: str | None = None, selector: str | None = None
) -> Iterator[Finding]:
    """What was found, one thing after the other. A look that fails does not end the others."""
    state = machine.database()
    yield state
    yield machine.keys()
    if state.grade == "ok":
        try:
            yield from machine.people(settings)
            yield from machine.worker(now)
            yield machine.clock(now)
        except SQLAlchemyError:
            db.session.rollback()
            yield fail("database", "cannot be read", "Check INTAKE_DATABASE_URL.")
    yield machine.time_zones(now)
    yield machine.disk(settings.instance)
    yield machine.backups()
    yield mail.server(settings.smtp, send_to=send_to, now=now)
    yield from mail.sender(settings.smtp, selector=selector)
