"""Requests that looked like spam: each is let through or closed by a person."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.scheduling.queries import kept_for
from intake.staff.guard import blueprint, requires, staff_user
from intake.submissions.quarantine import let_through
from intake.submissions.queries import for_staff

LET_THROUGH = "The request is in the queue now."
DECIDED = "Somebody has decided on this request already."


@blueprint.post("/submissions/<uuid:submission_id>/let-through")
@requires(Permission.CONTACT)
def let_out(submission_id: UUID) -> ResponseReturnValue:
    """A person wrote it: put it into the queue."""
    clinic, now, user = current_clinic(), clock.now(), staff_user()
    with unit_of_work():
        found = for_staff(submission_id, lock=True) or abort(404)
        call_at = _call_at(submission_id)
        is_done = let_through(found, clinic, call_at=call_at, user=user, now=now)
    flash(LET_THROUGH if is_done else DECIDED)
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


def _call_at(submission_id: UUID) -> datetime | None:
    """The time that is kept for the person, in their zone."""
    kept = kept_for(submission_id)
    if kept is None or not kept.is_live:
        return None
    return kept.starts_at.astimezone(ZoneInfo(kept.time_zone))
