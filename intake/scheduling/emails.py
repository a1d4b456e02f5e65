"""News of an appointment for its patient, and for the desk: when, where and how; nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.clinic.clinic import Clinic
from intake.core.i18n import moment_text
from intake.notifications.outbox import MailContext, void, waiting
from intake.scheduling.heard import told_last
from intake.scheduling.ics import calendar_file, scheduling_method
from intake.scheduling.links import new_link
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.told import calendar_event, mail_facts, zone_of
from intake.submissions.emails import patient_address, post
from intake.submissions.models import Submission
from intake.submissions.staff_emails import appointment_changed


@dataclass(frozen=True, kw_only=True)
class BookedMail(MailContext):
    """An appointment, and the link with which it can be changed."""

    reference: str
    when: str
    minutes: int
    channel: str
    link: str
    place: str = ""
    """The video link or street address, or ""."""


@dataclass(frozen=True, kw_only=True)
class ConfirmedMail(BookedMail):
    """The news that an appointment is booked."""

    asked: str = ""
    """The other time that the patient asked for, or ""."""


@dataclass(frozen=True, kw_only=True)
class CancelledMail(BookedMail):
    """The news that a time does not count any more."""

    is_asked: bool = False
    """Whether it was only asked for, and never booked."""


@dataclass(frozen=True, kw_only=True)
class MovedMail(BookedMail):
    """The news that an appointment is at another time now."""

    was: str


def cancelled(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    now: datetime,
    due_at: datetime | None = None,
    was_booked: bool = True,
) -> None:
    """Tell that the appointment is cancelled, with the calendar file that removes the entry.

    Not `was_booked`: that the time they asked for is not given to them.
    """
    about = (submission, appointment, clinic)
    is_asked = not was_booked
    _news("cancelled", CancelledMail, *about, now=now, due_at=due_at, is_asked=is_asked)


def put(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    asked: datetime | None,
    now: datetime,
    due_at: datetime,
) -> None:
    """Tell where staff have put a call: the new time, and the one they were told last, if any.

    That need not be the one it was at: staff may have moved it without a word.
    """
    about, was = (submission, appointment, clinic), told_last(submission, appointment)
    if was in ("", _time_in_words(*about)):
        booked(*about, now=now, due_at=due_at, asked=asked)
    else:
        _news("moved", MovedMail, *about, now=now, due_at=due_at, was=was)


def is_told(submission: Submission, appointment: Appointment, clinic: Clinic) -> bool:
    """Whether a patient was told by mail where their call is now, or is about to be."""
    is_planned = bool(waiting(news_topic(appointment)))
    words = _time_in_words(submission, appointment, clinic)
    return is_planned or told_last(submission, appointment) == words


def told_words(submission: Submission, *, tell: bool) -> str:
    """What the audit log says of whether a patient is told of what staff did."""
    if patient_address(submission) is None:
        return "patient gets no mail"
    return "patient told" if tell else "patient not told"


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
    about, words = (submission, appointment, clinic), ""
    if asked is not None and asked != appointment.starts_at:
        words = _in_words(asked, *about)
    _news("booked", ConfirmedMail, *about, now=now, due_at=due_at, asked=words)


def moved(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    was: datetime,
    now: datetime,
) -> None:
    """Tell the time that its patient chose and the old one (`was`), with the calendar file that
    moves the entry.

    Whoever was not mailed the old one yet hears only of the new one.
    """
    about = (submission, appointment, clinic)
    if is_unheard(appointment):
        booked(*about, now=now)
    else:
        _news("moved", MovedMail, *about, now=now, due_at=None, was=_in_words(was, *about))


def hush(appointment: Appointment) -> None:
    """Stop what was not sent yet about an appointment that nobody is told of any more."""
    void(news_topic(appointment))


def restored(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Tell that a cancelled appointment takes place after all."""
    _news("restored", BookedMail, submission, appointment, clinic, now=now, due_at=None)


def place_changed(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> bool:
    """Tell that a call takes place somewhere else, after what waits to be told of it.

    Returns whether its patient gets mail at all.
    """
    if patient_address(submission) is None:
        return False
    about, topic = (submission, appointment, clinic), news_topic(appointment)
    due_at = now + clinic.grace
    _tell("place_changed", BookedMail, *about, now=now, due_at=due_at, topic=topic)
    return True


def link_again(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Send a new link to a call whose time stands to somebody who lost theirs."""
    key = f":{now.isoformat()}"
    _tell("link_again", BookedMail, submission, appointment, clinic, now=now, key=key)


def tell_desk(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    *,
    was: datetime | None,
    now: datetime,
) -> None:
    """Tell the front desk of a patient's change; `was` is the time that does not count any more.

    What staff change, staff know.
    """
    if appointment.changed_by == PATIENT:
        key = f":{appointment.id.hex}:{appointment.sequence}"
        time = appointment.starts_at if appointment.status == "booked" else None
        appointment_changed(submission, clinic, was=was, time=time, now=now, key=key)


def news_topic(appointment: Appointment) -> str:
    """The topic of mails that say where an appointment stands."""
    return f"appointment:{appointment.id}"


def is_unheard(appointment: Appointment) -> bool:
    """Whether the mail that confirms an appointment has not left yet."""
    return "booked" in waiting(news_topic(appointment))


def _time_in_words(submission: Submission, appointment: Appointment, clinic: Clinic) -> str:
    return _in_words(appointment.starts_at, submission, appointment, clinic)


def _in_words(
    moment: datetime, submission: Submission, appointment: Appointment, clinic: Clinic
) -> str:
    """An instant as its patient reads it."""
    return moment_text(moment, zone_of(appointment, clinic), submission.language)


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
        **mail_facts(submission, appointment, clinic),
        calendar=calendar_file(event).decode(),
        calendar_method=scheduling_method(event),
        link=link,
        **words,
    )
    post(
        name,
        submission,
        context,
        to=address,
        now=now,
        due_at=due_at,
        unique_key=f"{name}:{appointment.id}:{appointment.sequence}{key}",
        topic=topic,
    )
