"""What we tell whom about a submission. Patients all get the same words, staff a reference."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.clinic.safety import call_by
from intake.core.i18n import day_text, moment_text
from intake.core.tokens import token_hash
from intake.core.urls import patient_url, staff_url
from intake.notifications.outbox import MailContext, enqueue, void
from intake.screening.level import Level
from intake.submissions.callback import callback_words
from intake.submissions.models import Acknowledgement, Submission
from intake.submissions.opt_out import stop_link, topic_of


@dataclass(frozen=True, kw_only=True)
class ReceivedMail(MailContext):
    """The patient's receipt."""

    reference: str
    respond_by: str
    """By when the clinic answers; "" if that is no sooner than the call."""
    call_at: str = ""
    """The time the person chose, or ""."""
    is_booked: bool = False
    """Whether that time is agreed on already."""
    call_back: str = ""
    """When we call before that, or ""; said like any other call."""


@dataclass(frozen=True, kw_only=True)
class ResumeMail(MailContext):
    """A link to go on with a request."""

    link: str
    until: str


@dataclass(frozen=True, kw_only=True)
class ClosedMail(MailContext):
    """That a request is closed for now, and where a new one can be made."""

    is_unreached: bool
    """Whether that is because we called and reached nobody."""
    link: str


@dataclass(frozen=True, kw_only=True)
class StaffMail(MailContext):
    """A notice to staff: a reference and a link that asks for sign-in."""

    reference: str
    received_at: str
    link: str
    call_by: str = ""
    """By when an urgent one is called; "" for all others."""


def respond_by(
    submission: Submission, clinic: Clinic, *, sent_at: datetime, call_at: datetime | None
) -> datetime | None:
    """By when the clinic answers a request, as pages and mails promise it.

    None when that is no sooner than the call itself, if that is still ahead.
    """
    deadline = clinic.hours.add_open_minutes(sent_at, clinic.response_minutes)
    if submission.level_rank >= Level.URGENT.rank:  # as the page of help said
        deadline = min(deadline, clinic.hours.end_of_business_day(sent_at))
    is_soon = call_at is not None and sent_at < call_at <= deadline
    return None if is_soon else deadline


def received(
    submission: Submission,
    clinic: Clinic,
    *,
    now: datetime,
    call_at: datetime | None = None,
    is_booked: bool = False,
    key: str = "",
) -> None:
    """Tell the patient that we have the request, if they allowed e-mail.

    `call_at` is the time kept for them, in their zone; `is_booked`: it is agreed on already; `key`
    tells apart the receipts of a request whose call has changed since.
    """
    address = patient_address(submission)
    if address is None:
        return
    language = submission.language
    sent_at = submission.sent_at or now
    deadline = respond_by(submission, clinic, sent_at=sent_at, call_at=call_at)
    zone = call_at.tzinfo if call_at else clinic.tz
    enqueue(
        "received",
        to=address,
        context=ReceivedMail(
            clinic_name=clinic.name_in_mail,
            clinic_phone=clinic.phone,
            reply_to=clinic.reply_to,
            reference=submission.reference,
            respond_by=_in_own_zone(deadline.astimezone(zone), language) if deadline else "",
            call_at=_in_own_zone(call_at, language) if call_at else "",
            is_booked=is_booked,
            call_back=callback_words(submission, clinic, now=None, language=language),
        ),
        language=language,
        now=now,
        unique_key=f"received:{submission.id}{key}",
        topic=receipt_topic(submission),
        submission_id=submission.id,
    )


def received_anew(
    submission: Submission, clinic: Clinic, *, now: datetime, call_at: datetime | None
) -> None:
    """Send the receipt once more, as the first one said that a call is booked which is not."""
    void(receipt_topic(submission))
    received(submission, clinic, now=now, call_at=call_at, key=f":{now.isoformat()}")


def receipt_topic(submission: Submission) -> str:
    """The topic of the receipt, which is wrong once the call it names is not booked any more."""
    return f"received:{submission.id}"


def _in_own_zone(moment: datetime, language: str) -> str:
    zone = moment.tzinfo
    assert isinstance(zone, ZoneInfo)
    return moment_text(moment, zone, language)


def resume(
    submission: Submission, clinic: Clinic, *, to: str, link: str, until: datetime, now: datetime
) -> None:
    """Send a link to go on with the request, and stop earlier ones, which lead nowhere now."""
    topic = f"resume:{submission.id}"
    void(topic)
    enqueue(
        "resume",
        to=to,
        context=_way_back(submission, clinic, link, until),
        language=submission.language,
        now=now,
        topic=topic,
        submission_id=submission.id,
    )


def unfinished(
    submission: Submission, clinic: Clinic, *, to: str, link: str, until: datetime, now: datetime
) -> None:
    """Tell somebody once that the form they began is saved, with a link to go on."""
    context = _way_back(submission, clinic, link, until)
    enqueue(
        "unfinished",
        to=to,
        context=replace(context, unsubscribe=stop_link(submission.id, submission.language)),
        language=submission.language,
        now=now,
        not_after=until,
        unique_key=f"unfinished:{submission.id}",
        topic=topic_of(submission.id),
        submission_id=submission.id,
    )


def _way_back(submission: Submission, clinic: Clinic, link: str, until: datetime) -> ResumeMail:
    return ResumeMail(
        clinic_name=clinic.name_in_mail,
        clinic_phone=clinic.phone,
        reply_to=clinic.reply_to,
        link=link,
        until=day_text(until, clinic.tz, submission.language),
    )


def closed(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell somebody that we closed their request, once the minutes of grace are over."""
    address = patient_address(submission)
    if address is None:
        return
    enqueue(
        "closed",
        to=address,
        context=ClosedMail(
            clinic_name=clinic.name_in_mail,
            clinic_phone=clinic.phone,
            reply_to=clinic.reply_to,
            is_unreached=submission.closed_for == "not_reached",
            link=patient_url(f"/?lang={submission.language}"),
        ),
        language=submission.language,
        now=now,
        due_at=now + clinic.grace,
        unique_key=f"closed:{submission.id}:{now.isoformat()}",
        topic=closing_topic(submission),
        submission_id=submission.id,
    )


def closing_topic(submission: Submission) -> str:
    """The topic of the mail that opening the request again makes pointless."""
    return f"closed:{submission.id}"


def new_submission(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the front desk that there is a request to review."""
    _tell_staff("new_submission", submission, clinic, recipients=clinic.staff_recipients, now=now)


def appointment_changed(submission: Submission, clinic: Clinic, *, now: datetime, key: str) -> None:
    """Tell the front desk that a patient changed their call; `key` tells apart several changes."""
    recipients = clinic.staff_recipients
    _tell_staff("appointment_changed", submission, clinic, recipients=recipients, now=now, key=key)


def urgent(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell those on call that a request needs review now; once for each alarm."""
    _tell_staff(
        "urgent",
        submission,
        clinic,
        recipients=clinic.alarm_recipients,
        now=now,
        is_urgent=True,
        key=f":{submission.alarms}",
    )


def escalation(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the backup contact of an alarm, unless somebody acknowledges it within the limit."""
    _tell_backup(
        submission,
        clinic,
        now=now,
        key=f":{submission.alarms}",
        due_at=now + clinic.escalation_delay,
        topic=flag_topic(submission),
    )


def broken_promise(
    submission: Submission, attempt: Acknowledgement, clinic: Clinic, *, now: datetime
) -> None:
    """Tell the backup contact if the next try does not come when it was promised.

    The limit counts from the promised time.
    """
    promised = attempt.try_again_at or now
    _tell_backup(
        submission,
        clinic,
        now=now,
        key=f":{attempt.id.hex}",
        due_at=promised + clinic.escalation_delay,
        topic=promise_topic(submission),
    )


def flag_topic(submission: Submission) -> str:
    """The topic of mails that an acknowledgement makes pointless."""
    return f"flag:{submission.id}"


def promise_topic(submission: Submission) -> str:
    """The topic of mails that the next entry about the flag makes pointless."""
    return f"promise:{submission.id}"


def patient_address(submission: Submission) -> str | None:
    """The patient's address, or None if there is none or e-mail was not allowed."""
    contact: dict[str, Any] = (submission.contact or {}).get("contact", {})
    allowed = "email" in contact.get("contact_by", [])
    return contact.get("email") or None if allowed else None


def _tell_backup(
    submission: Submission,
    clinic: Clinic,
    *,
    now: datetime,
    key: str,
    due_at: datetime,
    topic: str,
) -> None:
    contact = clinic.backup_contact
    _tell_staff(
        "escalation",
        submission,
        clinic,
        recipients=(contact.email,) if contact else (),
        now=now,
        since=submission.flagged_at,
        is_urgent=True,
        key=key,
        due_at=due_at,
        topic=topic,
    )


def _call_by(submission: Submission, clinic: Clinic) -> str:
    """By when to call, as the record says it."""
    since = submission.flagged_at or submission.waiting_since
    due = call_by(clinic, Level(submission.level), since)
    return moment_text(due, clinic.tz, "en")


def _tell_staff(
    name: str,
    submission: Submission,
    clinic: Clinic,
    *,
    recipients: tuple[str, ...],
    now: datetime,
    since: datetime | None = None,
    is_urgent: bool = False,
    key: str = "",
    due_at: datetime | None = None,
    topic: str | None = None,
) -> None:
    context = StaffMail(
        clinic_name=clinic.name_in_mail,
        clinic_phone=clinic.phone,
        reference=submission.reference,
        received_at=moment_text(since or now, clinic.tz, "en"),
        link=staff_url(f"/staff/submissions/{submission.id}"),
        call_by=_call_by(submission, clinic) if is_urgent else "",
    )
    for address in recipients:
        enqueue(
            name,
            to=address,
            context=context,
            language="en",
            now=now,
            due_at=due_at,
            unique_key=f"{name}{key}:{submission.id}:{token_hash(address)[:16]}",
            topic=topic,
            submission_id=submission.id,
        )
