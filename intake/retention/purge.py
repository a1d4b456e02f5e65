"""Deleting what is due, or telling what would go."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from intake.clinic.clinic import Clinic
from intake.core.db import db, drop_traces, unit_of_work
from intake.retention.erasing import Family, erase, why_not
from intake.retention.rules import REQUESTS, ROWS, Rule
from intake.submissions.models import Submission
from intake.submissions.queries import with_merged

SYSTEM = "system"


def due(clinic: Clinic, *, now: datetime) -> dict[str, int]:
    """How many rows of each class would be deleted now, requests counted with merged ones."""
    found = {rule.name: sum(map(len, _families(rule, clinic, now))) for rule in REQUESTS}
    for rule in ROWS:
        count = select(func.count()).select_from(rule.table).where(rule.are_due(clinic, now))
        found[rule.name] = db.session.scalar(count) or 0
    return found


def run(clinic: Clinic, *, now: datetime) -> dict[str, int]:
    """Delete them, in units of work of its own. Returns how many of each class."""
    with unit_of_work():
        gone = {rule.name: _delete_rows(rule, clinic, now) for rule in ROWS}
    gone |= {rule.name: _erase_all(rule, clinic, now) for rule in REQUESTS}
    if any(gone.values()):
        drop_traces()
    return gone


def _delete_rows(rule: Rule, clinic: Clinic, now: datetime) -> int:
    key = rule.table.__mapper__.primary_key[0]
    deleted = delete(rule.table).where(rule.are_due(clinic, now)).returning(key)
    return len(db.session.execute(deleted).all())


def _erase_all(rule: Rule, clinic: Clinic, now: datetime) -> int:
    ids = [family[0].id for family in _families(rule, clinic, now)]
    return sum(_erase(submission_id, rule, clinic, now) for submission_id in ids)


def _erase(submission_id: UUID, rule: Rule, clinic: Clinic, now: datetime) -> int:
    """Delete one request if it is still due: it was looked at before, and may have changed."""
    still_due = select(Submission).where(Submission.id == submission_id, rule.are_due(clinic, now))
    with unit_of_work():
        found = db.session.scalar(still_due.with_for_update())
        family = with_merged(found) if found else []
        if not family or why_not(family):
            return 0
        erase(family, clinic, actor=SYSTEM, reason=rule.name, now=now)
    return len(family)


def _families(rule: Rule, clinic: Clinic, now: datetime) -> Iterator[Family]:
    for found in db.session.scalars(select(Submission).where(rule.are_due(clinic, now))).all():
        family = with_merged(found)
        if not why_not(family):
            yield family
