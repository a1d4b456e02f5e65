"""Calls to people: writing down what came of them, closing a request, and opening it again."""

from datetime import datetime
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.scheduling import outcomes, queries
from intake.scheduling.outcomes import TooSoon
from intake.staff.contact_forms import CloseForm, TryForm
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.held import whom_to_tell
from intake.staff.person import Person
from intake.staff.words import CLOSED_FOR, TRIES, when
from intake.submissions import contacting
from intake.submissions.contacting import PLANNED, NotNow, UnknownTry
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff

NOT_BOOKED_YET = "Nothing is booked yet: choose the time that was agreed on."
NO_NEXT_CALL = "No other call is planned. You can close the request."
CALL_AHEAD = "A call is booked or asked for. Cancel it first, then close the request."
NOT_NOW = "The request cannot be closed now: an urgent flag is open, or it is over already."


@blueprint.post("/submissions/<uuid:submission_id>/tries")
@requires(Permission.CONTACT)
def write_try(submission_id: UUID) -> ResponseReturnValue:
    """Write down a call with one click."""
    submission, form, clinic = for_staff(submission_id) or abort(404), TryForm(), current_clinic()
    form.now, form.tz = clock.now(), clinic.tz
    is_valid, entry_id = form.validate_on_submit(), _uuid(form.entry.data)
    if entry_id is None or form.outcome.errors:
        abort(400)
    if not is_valid:
        return _wrong_time(submission, form)
    outcome = form.outcome.data
    try:
        with unit_of_work():
            call_at = form.call_at if outcome in PLANNED else None
            found = for_staff(submission_id, lock=True) or abort(404)
            entry = contacting.write_down(
                found,
                outcome,
                entry_id=entry_id,
                call_at=call_at,
                author=staff_user(),
                now=form.now,
            )
            said = _written(outcome, entry.call_at, clinic, form.now)
            if outcome == "booked" and found.status != "booked":
                said = f"{said} {NOT_BOOKED_YET}"
            flash(f"{said} {whom_to_tell(found, staff_user(), clinic, now=form.now)}".strip())
    except UnknownTry:
        abort(400)
    if outcome == "not_interested":
        address = url_for("staff.close_request", submission_id=submission_id, reason=outcome)
        return redirect(address, code=303)
    return _to_record(submission_id, "#slot" if outcome == "booked" else "#reach")


@blueprint.post("/submissions/<uuid:submission_id>/tries/<uuid:try_id>/undo")
@requires(Permission.CONTACT)
def undo_try(submission_id: UUID, try_id: UUID) -> ResponseReturnValue:
    """Take back the call that was written down last."""
    with unit_of_work():
        found = for_staff(submission_id, lock=True) or abort(404)
        done = contacting.undo(found, try_id, author=staff_user(), now=clock.now())
    flash("Undone." if done else "That cannot be undone any more: something else has happened.")
    return _to_record(submission_id, "#reach")


@blueprint.get("/submissions/<uuid:submission_id>/close")
@requires(Permission.CONTACT)
@shows("form of a record viewed")
def close_request(submission_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, and whether the person is told."""
    submission = for_staff(submission_id) or abort(404)
    reason = request.args.get("reason", "")
    form = CloseForm.fill({"reason": reason if reason in CLOSED_FOR else None, "tell": "no"})
    if reason == "not_reached" and Person(submission).gets_mail:
        form.tell.data = "yes"
    return _close_page(submission, form)


@blueprint.post("/submissions/<uuid:submission_id>/close")
@requires(Permission.CONTACT)
def do_close_request(submission_id: UUID) -> ResponseReturnValue:
    """Close the request."""
    submission, form = for_staff(submission_id) or abort(404), CloseForm()
    if not form.validate_on_submit():
        return _close_page(submission, form, status=400)
    tell = form.tell.data == "yes" and Person(submission).gets_mail
    try:
        with unit_of_work():
            found = for_staff(submission_id, lock=True) or abort(404)
            if queries.kept_for(submission_id) is not None:
                return _close_page(submission, form, refusal=CALL_AHEAD, status=409)
            clinic, user = current_clinic(), staff_user()
            reason = form.reason.data
            contacting.close(found, reason, clinic, tell=tell, author=user, now=clock.now())
    except NotNow:
        return _close_page(submission, form, refusal=NOT_NOW, status=409)
    flash(f"Closed: {CLOSED_FOR[form.reason.data].lower()}.")
    return _to_record(submission_id)


@blueprint.post("/submissions/<uuid:submission_id>/open")
@requires(Permission.CONTACT)
def open_again(submission_id: UUID) -> ResponseReturnValue:
    """Put a request that was over back into the queue."""
    with unit_of_work():
        found = for_staff(submission_id, lock=True) or abort(404)
        contacting.reopen(found, author=staff_user(), now=clock.now())
        where = "has not been sent yet" if found.is_draft else "waits in the queue"
    flash(f"The request is open again and {where}.")
    return _to_record(submission_id)


@blueprint.post("/submissions/<uuid:submission_id>/outcome")
@requires(Permission.BOOK)
def write_outcome(submission_id: UUID) -> ResponseReturnValue:
    """Write down whether a booked call took place."""
    outcome, clinic = request.form.get("outcome", ""), current_clinic()
    if outcome not in outcomes.OUTCOMES:
        abort(400)
    try:
        with unit_of_work():
            found = for_staff(submission_id, lock=True) or abort(404)
            tell, who = request.form.get("quiet") != "yes", staff_user()
            outcomes.settle(found, outcome, clinic, actor=who, now=clock.now(), tell=tell)
    except TooSoon:
        flash("There is no booked call whose time has come.")
    return _to_record(submission_id)


def _written(outcome: str, call_at: datetime | None, clinic: Clinic, now: datetime) -> str:
    said = f"Written down: {TRIES[outcome].lower()}."
    if outcome not in PLANNED:
        return said
    if call_at is None:
        return f"{said} {NO_NEXT_CALL}"
    return f"{said} Next call {when(call_at, clinic.tz, now)}."


def _wrong_time(submission: Submission, form: TryForm) -> ResponseReturnValue:
    """The page that asks for the time of the next call once more."""
    page = render_template(
        "staff/next_call.html", submission=submission, person=Person(submission), form=form
    )
    return make_response(page, 400)


def _close_page(
    submission: Submission, form: CloseForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "staff/close.html",
        submission=submission,
        person=Person(submission),
        form=form,
        grace=current_clinic().grace_minutes,
        refusal=refusal,
    )
    return make_response(page, status)


def _to_record(submission_id: UUID, part: str = "") -> ResponseReturnValue:
    return redirect(url_for("staff.show", submission_id=submission_id) + part, code=303)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
