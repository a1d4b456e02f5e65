"""Saying that two requests are not of the same person, and taking that back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.scheduling import merging
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.merged import beside, name_beside
from intake.submissions import told_apart
from intake.submissions.models import Submission, ToldApart
from intake.submissions.queries import for_staff


@dataclass(frozen=True)
class Stranger:
    """A line of the record: somebody else's request, who said so, and where to take it back."""

    href: str
    name: str
    small: str
    undo: str


@blueprint.post("/submissions/<uuid:submission_id>/apart/<uuid:other_id>")
@requires(Permission.MERGE)
def tell_apart(submission_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """They are two people: never propose the one on the record of the other again."""
    said = "Not the same person: %s is not proposed here any more."
    return _settle(told_apart.tell_apart, submission_id, other_id, said=said)


@blueprint.post("/submissions/<uuid:submission_id>/apart/<uuid:other_id>/undo")
@requires(Permission.MERGE)
def undo_apart(submission_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """They may be one person after all."""
    said = "Taken back: %s may be the same person."
    return _settle(told_apart.take_back, submission_id, other_id, said=said)


def strangers_of(submission: Submission, clinic: Clinic, *, now: datetime) -> list[Stranger]:
    """The requests that are not of the same person, the one that was said last first."""
    entries = [(each, _other_id(each, submission)) for each in told_apart.entries_of(submission.id)]
    return [
        Stranger(
            href=url_for("staff.show", submission_id=other.id),
            name=name_beside(other),
            small=small,
            undo=url_for("staff.undo_apart", submission_id=submission.id, other_id=other.id),
        )
        for _, other, small in beside(entries, clinic, now=now)
    ]


def _settle(
    settle: Callable[..., None], submission_id: UUID, other_id: UUID, *, said: str
) -> ResponseReturnValue:
    """Write down what is so of two requests that staff may open, and lead back to the first."""
    if not (for_staff(submission_id) and for_staff(other_id)):
        abort(404)
    if submission_id != other_id:
        with unit_of_work():
            rows = merging.both(submission_id, other_id, lock=True)
            settle(rows[submission_id], rows[other_id], author=staff_user(), now=clock.now())
        flash(said % rows[other_id].reference)
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


def _other_id(entry: ToldApart, submission: Submission) -> UUID:
    return entry.other_id if entry.one_id == submission.id else entry.one_id
