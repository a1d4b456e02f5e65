"""The urgent flag on staff pages: how long it is open, by when to call, and who did what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.accounts.queries import names_of
from intake.clinic.clinic import Clinic, Contact
from intake.screening.level import Level
from intake.staff.words import LEVELS, OUTCOMES, Tag, lasting, when
from intake.submissions.due import call_due
from intake.submissions.flags import TRY_AGAIN
from intake.submissions.models import MERGED, Acknowledgement, Submission
from intake.submissions.queries import acknowledgements_of, latest_acknowledgements

STILL_OPEN = "Written down. The flag stays open until a clinician has written what came of it."
LogLine = tuple[str, str, str]


@dataclass(frozen=True)
class Handled:
    """An entry about a flag, with the name of whoever wrote it."""

    entry: Acknowledgement
    author: str

    def is_about(self, submission: Submission) -> bool:
        """Whether it answers the latest alarm, not one before it."""
        return self.entry.alarm == submission.alarms

    def words(self, clinic: Clinic, now: datetime) -> str:
        """What came of it: "No answer, will try again at today 10:30 am"."""
        outcome = OUTCOMES[self.entry.outcome]
        if self.entry.try_again_at is None:
            return outcome
        return f"{outcome}, {when(self.entry.try_again_at, clinic.tz, now)}"

    def at(self, clinic: Clinic, now: datetime) -> str:
        """When it was written, in clinic time."""
        return when(self.entry.created_at, clinic.tz, now)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """The flag of one record: open, or acknowledged. `deadline` is empty once it is closed."""

    is_open: bool
    title: str
    deadline: str
    is_late: bool
    earlier: str
    """Who acknowledged an earlier alarm, when this one is newer."""
    said: str
    """What to tell whoever has just sent an entry that did not close the flag; "" for nothing."""
    contact: Contact | None
    backup: Contact | None
    backup_mail: str
    history: list[LogLine]
    alarm: int


def flag_of(
    submission: Submission, clinic: Clinic, *, sent: UUID | None, now: datetime
) -> Flag | None:
    """The flag of a submission, None if none was ever raised. `sent` is an entry just written.

    The flag of a request that was merged is open or closed on the one that goes on in its place.
    """
    went = submission.status == MERGED and not submission.is_flagged
    if submission.flagged_at is None or went:
        return None
    history = _named(acknowledgements_of(submission.id))
    closing = next((each for each in history if each.entry.closed), None)
    by = call_due(submission, clinic)
    is_open = submission.is_flagged
    return Flag(
        is_open=is_open,
        title=waiting_words(submission, now) if is_open else _closed_words(closing, clinic, now),
        deadline=call_words(submission, clinic, now=now) if is_open else "",
        is_late=is_open and now >= by,
        earlier=_closed_words(closing, clinic, now) if closing and is_open else "",
        said=_said(history, submission, sent, clinic, now=now),
        contact=clinic.safety_contact,
        backup=clinic.backup_contact,
        backup_mail=_backup_mail(submission.flagged_at + clinic.escalation_delay, clinic, now),
        history=[_line(each, clinic, now) for each in history],
        alarm=submission.alarms,
    )


def call_words(submission: Submission, clinic: Clinic, *, now: datetime) -> str:
    """By when to call, in the same words as the level: now, or by the end of the day."""
    due = call_due(submission, clinic)
    time = when(due, clinic.tz, now)
    if Level(submission.level) is not Level.URGENT_ACUTE:
        return f"Call was due {time}" if now >= due else f"Call by {time}"
    return f"Call now: it was due {time}" if now >= due else f"Call now, by {time} at the latest"


def waiting_words(submission: Submission, now: datetime) -> str:
    """How long an open flag waits: "Not yet acknowledged, 12 min"."""
    return f"Not yet acknowledged, {lasting(now - (submission.flagged_at or now))}"


def level_tag(submission: Submission) -> Tag:
    """The level as a tag, which is red only as long as somebody must act on it."""
    is_urgent = submission.level_rank >= Level.URGENT.rank
    if is_urgent and submission.status == MERGED and not submission.is_flagged:
        return Tag("Urgent, see the other request", "warn", "flag")
    if is_urgent and not submission.is_flagged:
        return Tag("Urgent, acknowledged", "ok", "check")
    return LEVELS[submission.level_rank]


def handled_of(submissions: Collection[Submission]) -> dict[UUID, Handled]:
    """The entry that counts, for those of many submissions that have one."""
    flagged = [each.id for each in submissions if each.alarms]
    found = latest_acknowledgements(flagged) if flagged else {}
    return {each.entry.submission_id: each for each in _named(list(found.values()))}


def _named(entries: list[Acknowledgement]) -> list[Handled]:
    names = names_of(entry.author_id for entry in entries) if entries else {}
    return [Handled(entry, names.get(entry.author_id, "")) for entry in entries]


def _closed_words(closing: Handled | None, clinic: Clinic, now: datetime) -> str:
    if closing is None:
        return "Acknowledged"
    return f"Acknowledged by {closing.author}, {closing.at(clinic, now)}"


def _backup_mail(due: datetime, clinic: Clinic, now: datetime) -> str:
    at = when(due, clinic.tz, now)
    if now < due:
        return f"Gets an email {at} unless this is acknowledged before."
    return f"An email to them was due {at}."


def _said(
    history: list[Handled],
    submission: Submission,
    sent: UUID | None,
    clinic: Clinic,
    *,
    now: datetime,
) -> str:
    mine = next((each for each in history if each.entry.id == sent), None)
    if mine is None or mine.entry.closed or mine.entry.outcome in TRY_AGAIN:
        return ""
    if not mine.is_about(submission) and submission.is_flagged:
        return "A new alarm came in while you wrote. What you wrote is kept. Please call once more."
    closing = next((each for each in history if each.entry.closed and each is not mine), None)
    if closing is None:
        return STILL_OPEN if submission.is_flagged else ""
    before = lasting(mine.entry.created_at - closing.entry.created_at)
    return (
        f"{closing.author} acknowledged this {before} before you: "
        f"“{closing.words(clinic, now)}”. What you wrote is kept, too."
    )


def _line(handled: Handled, clinic: Clinic, now: datetime) -> LogLine:
    entry = handled.entry
    icon = "redo" if entry.outcome in TRY_AGAIN else "check"
    words = handled.words(clinic, now)
    return (
        icon,
        f"{words}. {entry.note}" if entry.note else words,
        f"{handled.author}, {handled.at(clinic, now)}",
    )
