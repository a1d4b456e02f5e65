"""A call as a calendar file to download."""

from datetime import datetime

from flask import Response

from intake.clinic.clinic import Clinic
from intake.core.i18n import language
from intake.core.urls import patient_url
from intake.scheduling import told
from intake.scheduling.ics import calendar_file, media_type
from intake.scheduling.models import Appointment


def ics_file(appointment: Appointment, clinic: Clinic, *, path: str, now: datetime) -> Response:
    """The file of a booked call, with the page at `path` as the place to change it.

    It holds no address: whoever sees the page may open it.
    """
    event = told.calendar_event(
        appointment, clinic, None, language=language(), link=patient_url(path), now=now
    )
    response = Response(calendar_file(event), content_type=media_type(event))
    response.headers["Content-Disposition"] = "attachment; filename=appointment.ics"
    return response
