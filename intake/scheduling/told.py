"""An appointment as its patient is told of it: when, where, how long, and as a calendar entry."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.i18n import gettext_in, moment_text
from intake.notifications.outbox import letterhead
from intake.scheduling.ics import CalendarEvent
from intake.scheduling.models import Appointment, ConsultationType, Provider
from intake.submissions.models import Submission


def mail_facts(submission: Submission, appointment: Appointment, clinic: Clinic) -> dict[str, Any]:
    """What every mail says about an appointment: the fields of a `BookedMail`, but for its link."""
    zone = zone_of(appointment, clinic)
    return {
        **letterhead(clinic),
        "reference": submission.reference,
        "when": moment_text(appointment.starts_at, zone, submission.language),
        "minutes": minutes_of(appointment),
        "channel": appointment.channel,
        "place": place_of(appointment),
    }


def calendar_event(
    appointment: Appointment,
    clinic: Clinic,
    attendee: str | None,
    *,
    language: str,
    link: str,
    now: datetime,
) -> CalendarEvent:
    """The appointment for a calendar, in words that say nothing about health."""
    when = moment_text(appointment.starts_at, zone_of(appointment, clinic), language)
    change = gettext_in(language, "Change or cancel: %(link)s", link=link)
    call = gettext_in(
        language, "Questions, or need another time? Call %(phone)s.", phone=clinic.phone
    )
    return CalendarEvent(
        uid=appointment.calendar_uid,
        sequence=appointment.sequence,
        method="CANCEL" if appointment.status == "cancelled" else "REQUEST",
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        stamped_at=now,
        summary=gettext_in(language, "Appointment with %(clinic)s", clinic=clinic.name_in_mail),
        description=f"{when[:1].upper()}{when[1:]}\n{change}\n{call}",
        organizer_name=clinic.name_in_mail,
        organizer_email=clinic.reply_to,
        attendee_email=attendee,
        url=link,
        location=place_of(appointment) or None,
    )


def place_of(appointment: Appointment) -> str:
    """Its video link or street address; "" for a call by phone, or where the clinic named none."""
    kind = ConsultationType.id == appointment.type_id
    if appointment.channel == "in_person":
        return db.session.scalars(select(ConsultationType.address).where(kind)).one()
    if appointment.channel != "video":
        return ""
    room = select(Provider.video_link).where(Provider.id == appointment.provider_id)
    common = select(ConsultationType.video_link).where(kind)
    return db.session.scalars(room).one() or db.session.scalars(common).one()


def zone_of(appointment: Appointment, clinic: Clinic) -> ZoneInfo:
    """The patient's zone, or the clinic's where it is not known."""
    return ZoneInfo(appointment.time_zone) if appointment.time_zone else clinic.tz


def told_time(appointment: Appointment, clinic: Clinic) -> datetime:
    """When it starts, in the zone in which the patient is told so."""
    return appointment.starts_at.astimezone(zone_of(appointment, clinic))


def minutes_of(appointment: Appointment) -> int:
    """How long it takes."""
    return int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
