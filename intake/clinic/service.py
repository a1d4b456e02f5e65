"""Reading and changing the clinic's settings."""

import json
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select

from intake.clinic.clinic import Clinic, ClinicSettingsError, read_clinic, write_clinic
from intake.clinic.models import ClinicSettings, Closure
from intake.core.db import db
from intake.core.remember import forget, remembered


def current_clinic() -> Clinic:
    """The clinic, at most a few seconds old; raises ClinicSettingsError before it is set up.

    As long as nothing changed it is the same object, so that what was made from it can be kept.
    """
    return remembered("clinic", _load)


def _load() -> Clinic:
    document = db.session.scalar(select(ClinicSettings.document))
    if document is None:
        raise ClinicSettingsError(
            "The clinic is not set up yet. Run: flask --app wsgi clinic setup"
        )
    return _read(json.dumps(document), frozenset(db.session.scalars(select(Closure.day))))


@lru_cache(maxsize=1)
def _read(document: str, closed: frozenset[date]) -> Clinic:
    return read_clinic(json.loads(document), closed)


def save_clinic(clinic: Clinic, *, now: datetime) -> None:
    """Store the clinic's settings in the current unit of work."""
    row = db.session.get(ClinicSettings, 1)
    if row is None:
        db.session.add(ClinicSettings(document=write_clinic(clinic), updated_at=now))
    else:
        row.document, row.updated_at = write_clinic(clinic), now
    db.session.flush()
    forget()
