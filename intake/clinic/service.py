"""Reading and changing the clinic's settings."""

import time
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from intake.clinic.clinic import Clinic, ClinicSettingsError, read_clinic, write_clinic
from intake.clinic.models import ClinicSettings
from intake.core.db import db

CACHE_SECONDS = 5.0
"""How long a process may show old settings after another one changed them."""


def current_clinic() -> Clinic:
    """The clinic, at most a few seconds old; raises ClinicSettingsError before it is set up."""
    cached = current_app.extensions.get("clinic")
    if cached is None or cached[0] < time.monotonic():
        cached = (time.monotonic() + CACHE_SECONDS, _load())
        current_app.extensions["clinic"] = cached
    clinic: Clinic = cached[1]
    return clinic


def _load() -> Clinic:
    document = db.session.scalar(select(ClinicSettings.document))
    if document is None:
        raise ClinicSettingsError(
            "The clinic is not set up yet. Run: flask --app wsgi clinic setup"
        )
    return read_clinic(document)


def save_clinic(clinic: Clinic, *, now: datetime) -> None:
    """Store the clinic's settings in the current unit of work."""
    row = db.session.get(ClinicSettings, 1)
    if row is None:
        db.session.add(ClinicSettings(document=write_clinic(clinic), updated_at=now))
    else:
        row.document, row.updated_at = write_clinic(clinic), now
    db.session.flush()
    current_app.extensions.pop("clinic", None)
