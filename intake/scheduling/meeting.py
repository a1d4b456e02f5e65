"""Where people meet: checking a place, and telling whoever was told of another one.

Mails and calendars show it to anybody who looks on: it should not say what the clinic treats.
"""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.scheduling import asking, emails, reminders
from intake.scheduling.models import Appointment
from intake.scheduling.told import place_of
from intake.submissions.models import Submission

NAMES = ("video_link", "address")
"""The places of a consultation type, as its columns and the clinic's file name them."""
LONGEST_LINK, LONGEST_ADDRESS = 300, 200


class Told(NamedTuple):
    """How many people are told of a new place by mail, and how many get no mail."""

    mailed: int
    unmailed: int


def is_video_link(text: str) -> bool:
    """Whether browsers open it safely: https, a host, no password, no odd characters or port."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for one that cannot be, such as 99999
    except ValueError:
        return False
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' <>"\\')
    is_safe = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    return is_plain and is_safe and len(text) <= LONGEST_LINK


def places_ahead(*, now: datetime) -> dict[UUID, str]:
    """Where the calls ahead take place, by appointment, before that is changed.

    Locks their submissions: nobody moves them until all are told.
    """
    return {appointment.id: place_of(appointment) for _, appointment in _ahead(now)}


def tell_changes(before: dict[UUID, str], clinic: Clinic, *, now: datetime) -> Told:
    """Tell whoever's call takes place somewhere else than `before`, with a new calendar file."""
    told = {True: 0, False: 0}
    for submission, appointment in _ahead(now):
        place = place_of(appointment)
        if place in ("", before.get(appointment.id)) or asking.asked_at(appointment):
            continue
        appointment.sequence += 1
        reminders.renew(submission, appointment, clinic, now=now)
        told[emails.place_changed(submission, appointment, clinic, now=now)] += 1
    return Told(told[True], told[False])


def _ahead(now: datetime) -> list[tuple[Submission, Appointment]]:
    ahead = (Appointment.status == "booked", Appointment.starts_at > now)
    found = (
        select(Submission, Appointment)
        .join(Appointment, Appointment.submission_id == Submission.id)
        .where(*ahead, Appointment.channel != "phone")
        .order_by(Submission.id)
        .with_for_update(of=Submission)
    )
    return [(row.Submission, row.Appointment) for row in db.session.execute(found)]
