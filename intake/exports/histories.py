"""What became of requests: when staff first did something, and how far each one came."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from intake.audit.models import AuditEntry
from intake.core.db import db
from intake.scheduling.models import Appointment
from intake.submissions.models import Acknowledgement, Submission, Try

REACHED = ("call_back", "booked", "not_interested")
REACHED_IN_DANGER = ("safe_plan", "emergency_called", "handed_over")
"""Outcomes of calls in which staff spoke with the person."""
BOOKED = ("booked", "held", "no_show")


@dataclass
class History:
    """What became of one request. The first contact is the first call, or booking, by staff."""

    first_contact: datetime | None = None
    reached: bool = False
    booked: bool = False
    held: bool = False
    no_show: bool = False

    def contact_at(self, instant: datetime) -> None:
        """Note a contact."""
        self.first_contact = min(instant, self.first_contact or instant)

    def include(self, other: "History") -> None:
        """Note what became of another request of the same person, which was merged into it."""
        if other.first_contact is not None:
            self.contact_at(other.first_contact)
        self.reached |= other.reached
        self.booked |= other.booked
        self.held |= other.held
        self.no_show |= other.no_show


NOTHING = History()
"""Of a request that nobody has touched."""


def histories(ids: Select[UUID]) -> dict[UUID, History]:
    """What became of these requests and of those merged into them, by id; of those with nothing
    there is none."""
    found = _histories(ids)
    merged = select(Submission.id, Submission.merged_into).where(Submission.merged_into.in_(ids))
    pairs = db.session.execute(merged).all()
    if pairs:
        of_merged = _histories(select(Submission.id).where(Submission.merged_into.in_(ids)))
        for merged_id, into_id in pairs:
            assert into_id is not None
            found.setdefault(into_id, History()).include(of_merged.get(merged_id, NOTHING))
    return found


def _histories(ids: Select[UUID]) -> dict[UUID, History]:
    found: dict[UUID, History] = {}
    _note_calls(found, ids)
    _note_bookings(found, ids)
    for submission_id, status in _appointments(ids):
        history = found.setdefault(submission_id, History())
        history.booked = True
        history.held |= status == "held"
        history.no_show |= status == "no_show"
    return found


def _note_calls(found: dict[UUID, History], ids: Select[UUID]) -> None:
    """Calls that stand, and what was done about urgent flags."""
    entry = Acknowledgement
    calls = select(Try.submission_id, Try.created_at, Try.outcome).where(
        Try.submission_id.in_(ids), Try.undone_at.is_(None)
    )
    of_flags = select(entry.submission_id, entry.created_at, entry.outcome).where(
        entry.submission_id.in_(ids)
    )
    for query, spoken in ((calls, REACHED), (of_flags, REACHED_IN_DANGER)):
        for submission_id, instant, outcome in db.session.execute(query):
            history = found.setdefault(submission_id, History())
            history.contact_at(instant)
            history.reached |= outcome in spoken


def _note_bookings(found: dict[UUID, History], ids: Select[UUID]) -> None:
    """Times that staff booked or confirmed; only the audit log keeps when."""
    first = func.min(AuditEntry.at, type_=AuditEntry.at.type)
    booked = select(AuditEntry.subject_id, first).where(
        AuditEntry.subject_id.in_(ids),
        AuditEntry.action == "appointment booked",
        AuditEntry.actor.startswith("user:"),
    )
    for submission_id, instant in db.session.execute(booked.group_by(AuditEntry.subject_id)):
        assert submission_id is not None
        found.setdefault(submission_id, History()).contact_at(instant)


def _appointments(ids: Select[UUID]) -> list[tuple[UUID, str]]:
    kept = select(Appointment.submission_id, Appointment.status).where(
        Appointment.submission_id.in_(ids), Appointment.status.in_(BOOKED)
    )
    return [(row.submission_id, row.status) for row in db.session.execute(kept)]
