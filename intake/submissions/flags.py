"""The urgent flag of a submission: raised by answers, open until a member of staff closes it.

1. Every save runs the triage rules. A new danger, or one that is told again after the flag was
   closed, is an alarm: the flag is open, those on call are mailed, and a mail to the backup
   contact lies ready for when the clinic's limit has passed.
2. Staff write down what they did. "No answer" is kept and leaves the flag open.
3. An outcome that answers the latest alarm, written by a clinician, closes it, and the mails that
   lie ready are void. The rules say that a clinician must call: what others write is kept, and
   leaves the flag open.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications.outbox import void
from intake.screening.level import Level
from intake.screening.triage import Triage
from intake.submissions import staff_emails
from intake.submissions.assessment import assess
from intake.submissions.models import Acknowledgement, Submission

PATIENT = "patient"
SAME_ALARM = {"S3": "S2"}
"""A positive screen is alerted before question 5 is answered (S2); a "no" to it (S3) is no news."""
TRY_AGAIN = frozenset({"voicemail_again", "no_answer_again"})
"""Outcomes that leave the flag open: nobody has spoken with the person yet."""


class UnknownAlarm(Exception):
    """Somebody answers an alarm that was never raised, or an entry that is not theirs."""


def assess_and_alarm(
    submission: Submission, clinic: Clinic, *, now: datetime, said: Collection[str] = ()
) -> Level:
    """Run the rules and raise the flag if they found danger. Returns the level.

    `said` names the questions that were answered just now, such as "asq.q5".
    """
    before, known = submission.level_rank, _urgent_rules(submission)
    found = assess(submission, clinic, now=now)
    level = Level(submission.level)
    is_news = bool(_alarms(_urgent_rules(submission)) - _alarms(known))
    rises = level.rank > before and level >= Level.URGENT
    again = not submission.is_flagged and _tells_again(found, known, said)
    if is_news or rises or again:
        _raise(submission, clinic, level, now=now, is_acute=_becomes_acute(found, known, said))
    else:
        submission.queue_rank = _rank_in_queue(submission, level)
    return level


def acknowledge(
    submission: Submission,
    outcome: str,
    *,
    entry_id: UUID,
    alarm: int,
    note: str,
    try_again_at: datetime | None,
    clinic: Clinic,
    author: User,
    now: datetime,
) -> Acknowledgement:
    """Write down what came of an alarm; close the flag if that answers the latest one.

    The row of the submission must be locked by the caller's unit of work. `entry_id` is made with
    the form, so that a second click adds nothing. `alarm` is the one the author saw: an entry is
    always kept, but it cannot close a flag that was raised again since, nor can an author who may
    not judge whether somebody is safe. Raises UnknownAlarm.
    """
    known = db.session.get(Acknowledgement, entry_id)
    if known is not None and (known.submission_id, known.author_id) == (submission.id, author.id):
        return known
    if known is not None or not 1 <= alarm <= submission.alarms:
        raise UnknownAlarm
    entry = Acknowledgement(
        id=entry_id,
        submission_id=submission.id,
        author_id=author.id,
        alarm=alarm,
        outcome=outcome,
        closed=_closes(submission, outcome, alarm, author),
        created_at=now,
        try_again_at=try_again_at,
    )
    entry.note = note
    db.session.add(entry)
    db.session.flush()
    _settle(submission, entry, clinic, now)
    action = "flag acknowledged" if entry.closed else "flag attempt recorded"
    detail = f"alarm {alarm}, {outcome}"
    log.record(action, actor=author.actor, now=now, subject_id=submission.id, detail=detail)
    return entry


def _closes(submission: Submission, outcome: str, alarm: int, author: User) -> bool:
    """Whether an outcome answers the latest alarm, and its author may judge that."""
    answers = outcome not in TRY_AGAIN and alarm == submission.alarms and submission.is_flagged
    return answers and author.may(Permission.CLOSE_FLAG)


def _settle(submission: Submission, entry: Acknowledgement, clinic: Clinic, now: datetime) -> None:
    """Stop the mails that this entry answers, and mind a promise to try again."""
    submission.updated_at = now
    promises = entry.try_again_at is not None and submission.is_flagged
    if entry.closed or promises:  # anything else leaves an earlier promise as it is
        void(staff_emails.promise_topic(submission))
    if entry.closed:
        void(staff_emails.flag_topic(submission))
        submission.queue_rank = Level.CLINICIAN_REVIEW.rank
    elif promises:
        staff_emails.broken_promise(submission, entry, clinic, now=now)


def _raise(
    submission: Submission, clinic: Clinic, level: Level, *, now: datetime, is_acute: bool
) -> None:
    if not submission.is_flagged:
        submission.flagged_at = submission.waiting_since = now
    submission.queue_rank = level.rank
    submission.alarms += 1
    log.record(
        "flag raised",
        actor=PATIENT,
        now=now,
        subject_id=submission.id,
        detail=f"alarm {submission.alarms}, level {level.value}",
    )
    staff_emails.urgent(submission, clinic, now=now, is_acute=is_acute)
    staff_emails.escalation(submission, clinic, now=now)


def _rank_in_queue(submission: Submission, level: Level) -> int:
    if submission.is_flagged:
        return level.rank
    return min(level.rank, Level.CLINICIAN_REVIEW.rank)


def _tells_again(found: Triage, known: set[str], said: Collection[str]) -> bool:
    """Whether what was said just now tells of a danger that is known.

    After staff have closed the flag that is a new alarm, although the rules give no new reason.
    """
    return any(
        _alarms({reason.rule}) <= _alarms(known) and not set(said).isdisjoint(reason.items)
        for reason in found.reasons
    )


def _becomes_acute(found: Triage, known: set[str], said: Collection[str]) -> bool:
    """Whether somebody says just now that it is acute, for the first time or once more."""
    acute = [reason for reason in found.reasons if reason.rule == staff_emails.ACUTE]
    is_new = staff_emails.ACUTE not in known
    return any(is_new or not set(said).isdisjoint(reason.items) for reason in acute)


def _urgent_rules(submission: Submission) -> set[str]:
    reasons = (submission.triage or {}).get("reasons", [])
    return {each["rule"] for each in reasons if Level(each["level"]) >= Level.URGENT}


def _alarms(rules: set[str]) -> set[str]:
    return {SAME_ALARM.get(rule, rule) for rule in rules}
