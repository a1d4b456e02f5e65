"""The call that a mailed link leads to, to look at it or to change it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import url_for

from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import language, zone_text
from intake.patient import limits
from intake.patient.addresses import Elsewhere
from intake.patient.summary import leaf_of
from intake.scheduling import asking, changes, links, missed, told
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission


class Here(NamedTuple):
    """A call and whose it is."""

    appointment: Appointment
    submission: Submission
    clinic: Clinic
    now: datetime


def looking(token: str) -> Here:
    """The call of a link, to look at. A link that leads nowhere leads to asking for another."""
    here = _found(token, clock.now())
    if here.appointment.status == "no_show" and not may_choose(here):
        raise Elsewhere(url_for("lost_link.ask", gone=1))
    return here


@contextmanager
def changing(token: str) -> Iterator[Here]:
    """The same to change it, in a unit of work of its own."""
    with unit_of_work():
        here = _found(token, clock.now())
        yield here._replace(submission=links.lock(here.appointment))
        limits.count_change(here.appointment.id.hex, now=here.now)


def _found(token: str, now: datetime) -> Here:
    appointment = links.appointment_of(token, now=now)
    if appointment is None or appointment.status not in ("booked", "cancelled", "no_show"):
        raise Elsewhere(url_for("lost_link.ask", gone=1))
    submission = links.submission_of(appointment)
    return Here(appointment, submission, current_clinic(), now)


def about(here: Here) -> dict[str, Any]:
    """What every page says about the call: date, time, zone and how, and nothing about health."""
    appointment, zone = here.appointment, told.zone_of(here.appointment, here.clinic)
    return {
        "appointment": appointment,
        "zone": zone,
        "zone_name": zone_text(zone, language()),
        "leaf": leaf_of(appointment.starts_at.astimezone(zone)),
        "place": told.place_of(appointment),
        "minutes": (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1),
    }


def is_impossible(appointment: Appointment) -> bool:
    """Whether only another time can be chosen: the clinic cannot keep this one and has said so, or
    nobody came."""
    return appointment.status == "no_show" or asking.asked_at(appointment) is not None


def may_choose(here: Here) -> bool:
    """Whether the patient can choose another time by themselves."""
    if here.appointment.status == "no_show":
        return missed.may_rebook(here.submission, here.appointment, now=here.now)
    return changes.may_move(here.appointment, now=here.now)


def url_of(token: str, **query: Any) -> str:
    """The page of the call that a link leads to."""
    return url_for("appointment.show", token=token, **query)
