"""What we tell the clinic about a submission: a reference and a link that asks for sign-in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.clinic.clinic import Clinic
from intake.core.i18n import moment_text
from intake.core.tokens import token_hash
from intake.core.urls import staff_url
from intake.notifications.outbox import MailContext, due_times, enqueue, letterhead, void
from intake.submissions.due import call_due
from intake.submissions.models import Acknowledgement, Submission

ACUTE = "S1"
"""The rule that fires when somebody says yes to "right now?" (ASQ 5). A positive screen without an
answer to it has the same level to be safe; then this is the news."""


@dataclass(frozen=True, kw_only=True)
class StaffMail(MailContext):
    """A notice to staff: a reference and a link that asks for sign-in."""

    reference: str
    received_at: str
    link: str
    call_by: str = ""
    """By when an urgent one is called; "" for all others."""
    is_again: bool = False
    """Whether an alarm of the same request was told before: another answer raised this one."""
    is_acute: bool = False
    """Whether an answer has made it acute, which is more than any alarm before could say."""


@dataclass(frozen=True, kw_only=True)
class ChangedMail(StaffMail):
    """That a patient changed their call. Without `time` it is cancelled; without `was` it stands
    again after that; with both it was moved."""

    was: str
    """The time that does not count any more, or ""."""
    time: str
    """The time that counts now, or ""."""


@dataclass(frozen=True, kw_only=True)
class OpenedMail(StaffMail):
    """That somebody opened answers in an emergency."""

    by: str


def new_submission(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the front desk that there is a request to review."""
    _tell_staff("new_submission", submission, clinic, recipients=clinic.staff_recipients, now=now)


def appointment_changed(
    submission: Submission,
    clinic: Clinic,
    *,
    was: datetime | None,
    time: datetime | None,
    now: datetime,
    key: str,
) -> None:
    """Tell the front desk that a patient changed their call; `key` tells apart several changes.

    `was` is the time that does not count any more, `time` the one that does; None: there is none.
    """
    mail = ChangedMail(
        **_facts(submission, clinic, now),
        was=moment_text(was, clinic.tz, "en") if was else "",
        time=moment_text(time, clinic.tz, "en") if time else "",
    )
    recipients = clinic.changes_to
    _send("appointment_changed", mail, submission, recipients=recipients, now=now, key=key)


def withdrawn(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the front desk that a patient took their request back."""
    recipients, key = clinic.changes_to, f":{now.isoformat()}"
    _tell_staff("request_withdrawn", submission, clinic, recipients=recipients, now=now, key=key)


def erasure_asked(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the clinic that somebody asked to have what we keep about them deleted."""
    _tell_staff("erasure_asked", submission, clinic, recipients=clinic.staff_recipients, now=now)


def answers_opened(
    submission: Submission, clinic: Clinic, *, by: str, recipients: Collection[str], now: datetime
) -> None:
    """Tell others that somebody opened answers that their role does not show."""
    mail = OpenedMail(**_facts(submission, clinic, now), by=by)
    key = f":{now.isoformat()}"
    _send("answers_opened", mail, submission, recipients=sorted(recipients), now=now, key=key)


def urgent(
    submission: Submission, clinic: Clinic, *, now: datetime, is_acute: bool = False
) -> None:
    """Tell those on call that a request needs review now; once for each alarm.

    After the first it says that there is a new answer, and of one that makes it acute, that it is
    so now: two mails with the same words would pass for one.
    """
    _tell_staff(
        "urgent",
        submission,
        clinic,
        recipients=clinic.alarm_recipients,
        now=now,
        is_urgent=True,
        is_acute=is_acute,
        key=f":{submission.alarms}",
    )


def escalation(submission: Submission, clinic: Clinic, *, now: datetime) -> None:
    """Tell the backup contact of an alarm, unless somebody acknowledges it within the limit.

    One mail lies ready for a flag: it takes the place, and the time, of one about an earlier alarm.
    """
    topic = flag_topic(submission)
    due_at = min([now + clinic.escalation_delay, *due_times(topic)])
    void(topic)
    key = f":{submission.alarms}"
    _tell_backup(submission, clinic, now=now, key=key, due_at=due_at, topic=topic)


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
        is_acute=_is_acute(submission),
        key=key,
        due_at=due_at,
        topic=topic,
    )


def _is_acute(submission: Submission) -> bool:
    reasons = (submission.triage or {}).get("reasons", [])
    return any(reason["rule"] == ACUTE for reason in reasons)


def _call_by(submission: Submission, clinic: Clinic) -> str:
    """By when to call, as the record says it."""
    return moment_text(call_due(submission, clinic), clinic.tz, "en")


def _tell_staff(
    name: str,
    submission: Submission,
    clinic: Clinic,
    *,
    recipients: tuple[str, ...],
    now: datetime,
    since: datetime | None = None,
    is_urgent: bool = False,
    is_acute: bool = False,
    **when: Any,
) -> None:
    mail = StaffMail(
        **_facts(submission, clinic, since or now),
        call_by=_call_by(submission, clinic) if is_urgent else "",
        is_again=is_urgent and submission.alarms > 1,
        is_acute=is_acute,
    )
    _send(name, mail, submission, recipients=recipients, now=now, is_alarm=is_urgent, **when)


def _facts(submission: Submission, clinic: Clinic, since: datetime) -> dict[str, Any]:
    """What every mail to staff says."""
    return {
        **letterhead(clinic),
        "reference": submission.reference,
        "received_at": moment_text(since, clinic.tz, "en"),
        "link": staff_url(f"/staff/submissions/{submission.id}"),
    }


def _send(
    name: str,
    context: StaffMail,
    submission: Submission,
    *,
    recipients: Sequence[str],
    now: datetime,
    key: str = "",
    due_at: datetime | None = None,
    topic: str | None = None,
    is_alarm: bool = False,
) -> None:
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
            is_alarm=is_alarm,
        )
