"""What was done about one request, from the audit log: who, what and when, but for mere looks."""

from datetime import datetime
from uuid import UUID

from intake.accounts.queries import names_of
from intake.audit.models import AuditEntry
from intake.audit.queries import changes_of
from intake.clinic.clinic import Clinic
from intake.scheduling.models import PATIENT
from intake.staff.words import opening, when
from intake.submissions.models import Submission

MOST = 50
LogLine = tuple[str, str, str]
"""An icon, what was done, and who did it when."""


def history_of(submission: Submission, clinic: Clinic, *, now: datetime) -> list[LogLine]:
    """The latest changes, the last one first. Details stay in the log: some name levels."""
    entries = changes_of(submission.id, MOST)
    names = names_of({user_id for each in entries if (user_id := _user_id(each))})
    return [
        (
            "clock",
            opening(each.action.replace("_", " ")),
            f"{_who(each, names)}, {when(each.at, clinic.tz, now)}",
        )
        for each in entries
    ]


def _who(entry: AuditEntry, names: dict[UUID, str]) -> str:
    user_id = _user_id(entry)
    if user_id is not None:
        return names.get(user_id, "Somebody who is not here any more")
    return "The patient" if entry.actor == PATIENT else opening(entry.actor)


def _user_id(entry: AuditEntry) -> UUID | None:
    kind, _, user_id = entry.actor.partition(":")
    return UUID(user_id) if kind == "user" else None
