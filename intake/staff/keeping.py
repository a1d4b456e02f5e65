"""Keeping a request for good reason, and deleting all that is kept about its person."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.queries import names_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, drop_traces, unit_of_work
from intake.retention import holds
from intake.retention.erasing import NotToErase, erase, rows_of, why_not
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.keeping_forms import REASONS, EraseForm, HoldForm
from intake.staff.person import Person
from intake.staff.proof import proved
from intake.staff.words import when
from intake.submissions.models import Submission
from intake.submissions.own_links import leading
from intake.submissions.queries import for_staff, with_merged
from intake.web.forms import Form

WHY_NOT = {
    "held": "There is a legal hold. End it first, if it has no reason any more.",
    "flag": "An urgent flag is open: somebody must call this person first.",
    "call": "A call is asked for or booked. Cancel it, or write down what came of it, first.",
}
ROWS = {
    "acknowledgements": "entries about urgent flags",
    "appointments": "calls and kept times",
    "consents": "permissions",
    "merges": "merges",
    "messages": "emails",
    "notes": "notes",
    "own_links": "links to own data",
    "search_terms": "ways to find them",
    "tries": "calls written down",
    "waitlist": "places on the waitlist",
}
"""What the tables hold, in words; others are named by themselves."""


@blueprint.context_processor
def keep_link() -> dict[str, Callable[[UUID], str]]:
    """`keep_href(id)`: the page of a request on which it is kept or deleted; "" if not allowed."""
    return {"keep_href": _keep_href}


def _keep_href(submission_id: UUID) -> str:
    if not staff_user().may(Permission.ERASE):
        return ""
    return url_for("staff.keep_or_erase", submission_id=submission_id)


@blueprint.get("/submissions/<uuid:submission_id>/keep")
@requires(Permission.ERASE)
@proved
def keep_or_erase(submission_id: UUID) -> ResponseReturnValue:
    """Say what would go and what stays, before anything happens."""
    return _page(_found(submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/hold")
@requires(Permission.ERASE)
@proved
def place_hold(submission_id: UUID) -> ResponseReturnValue:
    """Keep it until the hold is ended."""
    submission, form = _found(submission_id), HoldForm()
    if not form.validate_on_submit():
        return _page(submission, form=form, hold_form=form, status=400)
    with unit_of_work():
        found = _found(submission_id, lock=True)
        holds.place(found, form.because.data, author=staff_user(), now=clock.now())
    flash("The request is on legal hold: nothing deletes it.")
    return _to_record(submission_id)


@blueprint.post("/submissions/<uuid:submission_id>/hold/end")
@requires(Permission.ERASE)
@proved
def end_hold(submission_id: UUID) -> ResponseReturnValue:
    """Let the rules apply again."""
    with unit_of_work():
        found = _found(submission_id, lock=True)
        holds.end(found, author=staff_user(), now=clock.now())
    flash("The legal hold is ended.")
    return _to_record(submission_id)


@blueprint.post("/submissions/<uuid:submission_id>/erase")
@requires(Permission.ERASE)
@proved
def do_erase(submission_id: UUID) -> ResponseReturnValue:
    """Delete all of it. There is no undo."""
    submission, form = _found(submission_id), EraseForm()
    form.wanted = submission.reference
    if not form.validate_on_submit():
        return _page(submission, form=form, erase_form=form, status=400)
    try:
        with unit_of_work():
            family = with_merged(_found(submission_id, lock=True))
            who, reason = staff_user().actor, form.reason.data
            erase(family, current_clinic(), actor=who, reason=reason, now=clock.now())
    except NotToErase as refused:
        return _page(submission, refusal=WHY_NOT[refused.why], status=409)
    drop_traces()
    flash(f"Request {form.wanted} is deleted, with all that was kept about the person.")
    return redirect(url_for("staff.queue"), code=303)


def _found(submission_id: UUID, *, lock: bool = False) -> Submission:
    """The request, or the one it goes on in."""
    found = for_staff(submission_id) or abort(404)
    return leading(found.id, lock=lock)


def _page(
    submission: Submission,
    *,
    form: Form | None = None,
    hold_form: HoldForm | None = None,
    erase_form: EraseForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    db.session.expire_all()
    family, now = with_merged(submission), clock.now()
    hold = holds.hold_on([submission.id])
    why = "" if refusal else WHY_NOT.get(why_not(family), "")
    page = render_template(
        "staff/keep.html",
        submission=submission,
        person=Person(submission),
        form=form,
        hold=hold,
        hold_by=names_of([hold.author_id]).get(hold.author_id, "") if hold else "",
        hold_since=when(hold.placed_at, current_clinic().tz, now) if hold else "",
        hold_form=hold_form or HoldForm.fill({}),
        erase_form=erase_form or EraseForm.fill({"reason": _likely_reason(submission)}),
        refusal=refusal,
        why_not=why,
        requests=[each.reference for each in family],
        rows=[(ROWS.get(name, name), number) for name, number in rows_of(family).items()],
    )
    return make_response(page, status)


def _likely_reason(submission: Submission) -> str | None:
    return next(iter(REASONS)) if submission.erasure_asked_at is not None else None


def _to_record(submission_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)
