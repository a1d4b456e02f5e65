"""What we tell the patient about an appointment: date, time, zone and how; nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.core.i18n import gettext_in, moment_text, time_text, with_zone
from intake.notifications.outbox import MailContext, enqueue, void, waiting
from intake.scheduling.ics import CalendarEvent, calendar_file, scheduling_method
from intake.scheduling.links import new_link
from intake.scheduling.models import Appointment
from intake.submissions.emails import patient_address
from intake.submissions.models import Submission


@dataclass(frozen=True, kw_only=True)
class BookedMail(MailContext):
    """An appointment, and the link with which it can be changed."""

    reference: str
    when: str
    minutes: int
    channel: str
    link: str


@dataclass(frozen=True, kw_only=True)
class ConfirmedMail(BookedMail):
    """The news that an appointment is booked."""

    asked: str = ""
    """The other time that the patient asked for, or ""."""


@dataclass(frozen=True, kw_only=True)
class MovedMail(BookedMail):
    """The news that an appointment is at another time now."""

    was: str


@dataclass(frozen=True, kw_only=True)
class RebookMail(MailContext):
    """The question for another time, since the clinic cannot keep this one."""

    reference: str
    when: str
    link: str = ""
    """Where they can choose; "" asks them to call."""


@dataclass(frozen=True, kw_only=True)
class EarlierTimeMail(BookedMail):
    """An earlier time on offer, until when it is kept, and the time that is booked."""

    booked: str
    until: str


def booked(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
    due_at: datetime | None = None,
    asked: datetime | None = None,
) -> None:
    """Confirm the appointment by mail with a calendar file, if the patient allowed e-mail.

    The mail says so if it is not at the time that they `asked` for.

    What staff did is told at `due_at`, while it can be undone. Each piece of news stops those
    before it that were not sent yet.
    """
    words = ""
    if asked is not None and asked != appointment.starts_at:
        words = moment_text(asked, zone_of(appointment, clinic), submission.language)
    about = (submission, appointment, clinic)
    _news("booked", ConfirmedMail, *about, now=now, due_at=due_at, asked=words)


def moved(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    was: datetime,
    now: datetime,
    due_at: datetime | None = None,
    asked: datetime | None = None,
) -> None:
    """Tell the new time and the old one (`was`), with the calendar file that moves the entry.

    Whoever has not heard of the old one yet hears only of the new one, and of the one `asked` for.
    """
    if is_unheard(appointment):
        booked(submission, appointment, clinic, now=now, due_at=due_at, asked=asked)
        return
    old = moment_text(was, zone_of(appointment, clinic), submission.language)
    _news("moved", MovedMail, submission, appointment, clinic, now=now, due_at=due_at, was=old)


def cancelled(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Tell that the appointment is cancelled, with the calendar file that removes the entry."""
    _news("cancelled", BookedMail, submission, appointment, clinic, now=now, due_at=due_at)


def hush(appointment: Appointment) -> None:
    """Stop what was not sent yet about an appointment that nobody is told of any more."""
    void(news_topic(appointment))


def restored(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Tell that a cancelled appointment takes place after all."""
    _news("restored", BookedMail, submission, appointment, clinic, now=now, due_at=None)


def link_again(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Send a new link to a call whose time stands to somebody who lost theirs."""
    key = f":{now.isoformat()}"
    _tell("link_again", BookedMail, submission, appointment, clinic, now=now, key=key)


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
        **_about(submission, offer, clinic),
        link=new_link(appointment, language=language, now=now, page="/earlier"),
        booked=moment_text(appointment.starts_at, zone, language),
        until=with_zone(time_text(offer.hold_expires_at, zone, language), zone, language),
    )
    enqueue(
        "earlier_time",
        to=address,
        context=context,
        language=language,
        now=now,
        unique_key=f"earlier_time:{offer.id}",
        topic=offer_topic(offer),
        submission_id=submission.id,
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
        link = new_link(appointment, language=submission.language, now=now, page="/times")
    enqueue(
        "rebook",
        to=address,
        context=RebookMail(
            clinic_name=clinic.name_in_mail,
            clinic_phone=clinic.phone,
            reply_to=clinic.reply_to,
            reference=submission.reference,
            when=moment_text(appointment.starts_at, zone, submission.language),
            link=link,
        ),
        language=submission.language,
        now=now,
        unique_key=key or rebook_key(appointment),
        submission_id=submission.id,
    )
    return True


def rebook_key(appointment: Appointment) -> str:
    """The unique key of that question: asked once each time an appointment is put somewhere."""
    since, starts_at = appointment.updated_at, appointment.starts_at
    return f"rebook:{appointment.id}:{starts_at:%Y%m%d%H%M}:{since:%Y%m%d%H%M%S%f}"


def news_topic(appointment: Appointment) -> str:
    """The topic of mails that say where an appointment stands."""
    return f"appointment:{appointment.id}"


def is_unheard(appointment: Appointment) -> bool:
    """Whether the mail that confirms an appointment has not left yet."""
    return "booked" in waiting(news_topic(appointment))


def offer_topic(offer: Appointment) -> str:
    """The topic of the mail about a time on offer."""
    return f"offer:{offer.id}"


def _news(
    name: str,
    kind: type[BookedMail],
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
    due_at: datetime | None,
    **words: Any,
) -> None:
    """Tell where an appointment stands now, in place of what was not sent yet."""
    topic = news_topic(appointment)
    void(topic)
    about = (submission, appointment, clinic)
    _tell(name, kind, *about, now=now, due_at=due_at, topic=topic, **words)


def _tell(
    name: str,
    kind: type[BookedMail],
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
    key: str = "",
    due_at: datetime | None = None,
    topic: str | None = None,
    **words: Any,
) -> None:
    """Put a mail about an appointment into the outbox, with its calendar file."""
    address, language = patient_address(submission), submission.language
    if address is None:
        return
    link = new_link(appointment, language=language, now=now)
    event = calendar_event(appointment, clinic, address, language=language, link=link, now=now)
    context = kind(
        **_about(submission, appointment, clinic),
        calendar=calendar_file(event).decode(),
        calendar_method=scheduling_method(event),
        link=link,
        **words,
    )
    enqueue(
        name,
        to=address,
        context=context,
        language=language,
        now=now,
        due_at=due_at,
        unique_key=f"{name}:{appointment.id}:{appointment.sequence}{key}",
        topic=topic,
        submission_id=submission.id,
    )


def _about(submission: Submission, appointment: Appointment, clinic: Clinic) -> dict[str, Any]:
    """What every mail says about an appointment."""
    zone = zone_of(appointment, clinic)
    return {
        "clinic_name": clinic.name_in_mail,
        "clinic_phone": clinic.phone,
        "reply_to": clinic.reply_to,
        "reference": submission.reference,
        "when": moment_text(appointment.starts_at, zone, submission.language),
        "minutes": minutes_of(appointment),
        "channel": appointment.channel,
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
    )


def zone_of(appointment: Appointment, clinic: Clinic) -> ZoneInfo:
    """The patient's zone, or the clinic's where it is not known."""
    return ZoneInfo(appointment.time_zone) if appointment.time_zone else clinic.tz


def told_time(appointment: Appointment, clinic: Clinic) -> datetime:
    """When it starts, in the zone in which the patient is told so."""
    return appointment.starts_at.astimezone(zone_of(appointment, clinic))


def minutes_of(appointment: Appointment) -> int:
    """How long it takes."""
    return int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
