"""What we tell patients about their submission: all of them get the same words."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.core.i18n import day_text, moment_text
from intake.core.urls import patient_url
from intake.notifications.outbox import MailContext, Plan, enqueue, letterhead, void
from intake.submissions import own_links
from intake.submissions.callback import callback_words, own_zone
from intake.submissions.models import Submission
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
    link: str = ""
    """To what we keep about them, where the request can be taken back, too."""


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
class WithdrawnMail(MailContext):
    """That a person took their request back, and where a new one can be made."""

    reference: str
    link: str


@dataclass(frozen=True, kw_only=True)
class OwnDataMail(MailContext):
    """A link to what we keep about somebody who asked for it."""

    reference: str
    link: str
    until: str


def respond_by(
    submission: Submission, clinic: Clinic, *, sent_at: datetime, call_at: datetime | None
) -> datetime | None:
    """By when the clinic answers a request, as pages and mails promise it.

    None when that is no sooner than the call itself, if that is still ahead.
    """
    deadline = clinic.hours.add_open_minutes(sent_at, clinic.response_minutes)
    flagged_at = submission.flagged_at
    if flagged_at is not None and flagged_at <= sent_at:  # as the page of help said
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
    zone = call_at.tzinfo if call_at else own_zone(submission, clinic)
    post(
        "received",
        submission,
        ReceivedMail(
            **letterhead(clinic),
            reference=submission.reference,
            respond_by=_in_own_zone(deadline.astimezone(zone), language) if deadline else "",
            call_at=_in_own_zone(call_at, language) if call_at else "",
            is_booked=is_booked,
            call_back=callback_words(submission, clinic, now=None, language=language),
            link=own_links.new_link(submission, now=now),
        ),
        to=address,
        now=now,
        unique_key=f"received:{submission.id}{key}",
        topic=receipt_topic(submission),
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
    post(
        "resume",
        submission,
        _way_back(submission, clinic, link, until),
        to=to,
        now=now,
        topic=topic,
    )


def unfinished(
    submission: Submission, clinic: Clinic, *, to: str, link: str, until: datetime, now: datetime
) -> None:
    """Tell somebody once that the form they began is saved, with a link to go on."""
    context = _way_back(submission, clinic, link, until)
    post(
        "unfinished",
        submission,
        replace(context, unsubscribe=stop_link(submission.id, submission.language)),
        to=to,
        now=now,
        not_after=until,
        unique_key=f"unfinished:{submission.id}",
        topic=topic_of(submission.id),
    )


def _way_back(submission: Submission, clinic: Clinic, link: str, until: datetime) -> ResumeMail:
    return ResumeMail(
        **letterhead(clinic),
        link=link,
        until=day_text(until, clinic.tz, submission.language),
    )


def closed(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell somebody that we closed their request, once the minutes of grace are over."""
    address = patient_address(submission)
    if address is None:
        return
    post(
        "closed",
        submission,
        ClosedMail(
            **letterhead(clinic),
            is_unreached=submission.closed_for == "not_reached",
            link=patient_url(f"/?lang={submission.language}"),
        ),
        to=address,
        now=now,
        due_at=now + clinic.grace,
        unique_key=f"closed:{submission.id}:{now.isoformat()}",
        topic=closing_topic(submission),
    )


def withdrawn(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Confirm to somebody that they took their request back, if they allowed e-mail."""
    address = patient_address(submission)
    if address is None:
        return
    post(
        "withdrawn",
        submission,
        WithdrawnMail(
            **letterhead(clinic),
            reference=submission.reference,
            link=patient_url(f"/?lang={submission.language}"),
        ),
        to=address,
        now=now,
        unique_key=f"withdrawn:{submission.id}:{now.isoformat()}",
        topic=closing_topic(submission),
    )


def own_data(submission: Submission, clinic: Clinic, *, to: str, now: datetime) -> None:
    """Send a link to what we keep about somebody to the address they asked for it with."""
    until = now + own_links.WORKS_FOR
    post(
        "own_data",
        submission,
        OwnDataMail(
            **letterhead(clinic),
            reference=submission.reference,
            link=own_links.new_link(submission, now=now),
            until=day_text(until, clinic.tz, submission.language),
        ),
        to=to,
        now=now,
    )


def post(
    name: str,
    submission: Submission,
    context: MailContext,
    *,
    to: str,
    now: datetime,
    **plan: Unpack[Plan],
) -> None:
    """Put a mail about a request into the outbox, in the language of its patient."""
    enqueue(
        name,
        to=to,
        context=context,
        language=submission.language,
        now=now,
        submission_id=submission.id,
        **plan,
    )


def closing_topic(submission: Submission) -> str:
    """The topic of the mail that opening the request again makes pointless."""
    return f"closed:{submission.id}"


def missed_topic(submission_id: UUID) -> str:
    """The topic of the mail that asks whoever missed a call for another time.

    It is pointless once the request is over or back in the queue, or another call is booked.
    """
    return f"missed:{submission_id}"


def patient_address(submission: Submission) -> str | None:
    """The patient's address, or None if there is none or e-mail was not allowed."""
    contact: dict[str, Any] = (submission.contact or {}).get("contact", {})
    allowed = "email" in contact.get("contact_by", [])
    return contact.get("email") or None if allowed else None
