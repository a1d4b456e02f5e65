"""Mails that ask the patient something: to take an earlier time, or to choose another one."""

from dataclasses import dataclass
from datetime import datetime

from intake.clinic.clinic import Clinic
from intake.core.i18n import day_text, moment_text, time_text, with_zone
from intake.notifications.outbox import MailContext, letterhead
from intake.notifications.queries import with_keys
from intake.scheduling import links
from intake.scheduling.emails import BookedMail
from intake.scheduling.models import LIVE, Appointment
from intake.scheduling.told import mail_facts, zone_of
from intake.submissions.emails import missed_topic, patient_address, post
from intake.submissions.models import Submission


@dataclass(frozen=True, kw_only=True)
class RebookMail(MailContext):
    """The question for another time, since the clinic cannot keep this one."""

    reference: str
    when: str
    link: str = ""
    """Where they can choose; "" asks them to call."""


@dataclass(frozen=True, kw_only=True)
class MissedMail(MailContext):
    """The question whether somebody who missed a call wants another time."""

    reference: str
    when: str
    link: str
    until: str
    """The day on which the link stops working."""


@dataclass(frozen=True, kw_only=True)
class EarlierTimeMail(BookedMail):
    """An earlier time on offer, until when it is kept, and the time that is booked."""

    booked: str
    until: str


def earlier_time(
    submission: Submission,
    offer: Appointment,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
) -> None:
    """Offer an earlier time to somebody whose call is at another one."""
    address, language = patient_address(submission), submission.language
    if address is None or offer.hold_expires_at is None:
        return
    zone = zone_of(offer, clinic)
    context = EarlierTimeMail(
        **mail_facts(submission, offer, clinic),
        link=links.new_link(appointment, language=language, now=now, page="/earlier"),
        booked=moment_text(appointment.starts_at, zone, language),
        until=with_zone(time_text(offer.hold_expires_at, zone, language), zone, language),
    )
    post(
        "earlier_time",
        submission,
        context,
        to=address,
        now=now,
        unique_key=f"earlier_time:{offer.id}",
        topic=offer_topic(offer),
    )


def ask_to_rebook(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
    key: str = "",
) -> bool:
    """Ask the patient to choose another time. Returns whether they get e-mail at all.

    They are asked once; another `key` asks again, as for somebody who lost the link.
    """
    address = patient_address(submission)
    if address is None:
        return False
    zone, link = zone_of(appointment, clinic), ""
    if appointment.status == "booked":
        link = links.new_link(appointment, language=submission.language, now=now, page="/times")
    post(
        "rebook",
        submission,
        RebookMail(
            **letterhead(clinic),
            reference=submission.reference,
            when=moment_text(appointment.starts_at, zone, submission.language),
            link=link,
        ),
        to=address,
        now=now,
        unique_key=key or rebook_key(appointment),
    )
    return True


def rebook_key(appointment: Appointment) -> str:
    """The unique key of that question: asked once each time an appointment is put somewhere."""
    since, starts_at = appointment.updated_at, appointment.starts_at
    return f"rebook:{appointment.id}:{starts_at:%Y%m%d%H%M}:{since:%Y%m%d%H%M%S%f}"


def missed(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Ask somebody who did not come whether they want another time, once the grace is over."""
    address, language = patient_address(submission), submission.language
    if address is None:
        return
    zone, until = zone_of(appointment, clinic), links.ends_at(appointment)
    context = MissedMail(
        **letterhead(clinic),
        reference=submission.reference,
        when=moment_text(appointment.starts_at, zone, language),
        link=links.new_link(appointment, language=language, now=now, page="/times"),
        until=day_text(until, zone, language),
    )
    post(
        "missed",
        submission,
        context,
        to=address,
        now=now,
        due_at=now + clinic.grace,
        not_after=until,
        unique_key=missed_key(appointment),
        topic=missed_topic(submission.id),
    )


def missed_key(appointment: Appointment) -> str:
    """The unique key of that question: asked once after each call."""
    return f"missed:{appointment.id}:{appointment.sequence}"


def asks_who_missed(appointment: Appointment) -> bool:
    """Whether who missed this call was asked for another time, or is about to be."""
    asked = with_keys([missed_key(appointment)]).values()
    return any(each.state != "cancelled" for each in asked)


def asked_at(appointment: Appointment) -> datetime | None:
    """When the patient was asked for another time than the one the call has now, if they were."""
    if appointment.status not in LIVE:
        return None
    asked = list(with_keys([rebook_key(appointment)]).values())
    return asked[0].created_at if asked and asked[0].state != "cancelled" else None


def offer_topic(offer: Appointment) -> str:
    """The topic of the mail about a time on offer."""
    return f"offer:{offer.id}"
