"""One submission: its record, booking its call, and notes. Every look at it is recorded."""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import lazy_gettext as _l
from intake.core.tokens import new_id
from intake.scheduling import queries, service
from intake.scheduling.placing import SlotTaken
from intake.staff.booked import ChangedMeanwhile, Clash, book_for, clash
from intake.staff.forms import AcknowledgeForm, BookForm, NoteForm
from intake.staff.grid import Time, nearest_times
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.held import whom_to_tell
from intake.staff.reading import VIEWED, how_answers_viewed
from intake.staff.record import record_of
from intake.submissions.flags import UnknownAlarm, acknowledge
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff
from intake.submissions.service import add_note
from intake.web.forms import Form

CHANGED = _l(
    "This request was changed since you opened the page. This is how it is now. Choose once more."
)
TAKEN = _l("That time has just been taken. Choose another one.")


@blueprint.get("/submissions/<uuid:submission_id>")
@requires(Permission.SEE_QUEUE)
def show(submission_id: UUID) -> ResponseReturnValue:
    """The record."""
    return _page(_found(submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/book")
@requires(Permission.BOOK)
def book(submission_id: UUID) -> ResponseReturnValue:
    """Book a slot, or confirm the one that was asked for."""
    submission, form = _found(submission_id), BookForm()
    if not form.validate_on_submit():
        abort(400)
    clinic, now = current_clinic(), clock.now()
    try:
        flash(book_for(submission_id, form, clinic, how=service.book, now=now))
    except ChangedMeanwhile:
        form.slot.errors = [CHANGED]
        both = clash(submission, form.slot.data, clinic, now)
        return _page(submission, form=form, both=both, status=409)
    except SlotTaken:
        form.slot.errors = [TAKEN]
        others = _nearest(submission, form.slot.data, clinic, now)
        return _page(submission, form=form, others=others, status=409)
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


@blueprint.post("/submissions/<uuid:submission_id>/acknowledge")
@requires(Permission.CONTACT)
def acknowledge_flag(submission_id: UUID) -> ResponseReturnValue:
    """Write down what came of a call about an urgent flag."""
    submission, form = _found(submission_id), AcknowledgeForm()
    is_valid, entry_id = form.validate_on_submit(), _uuid(form.entry.data)
    if not form.is_ours or entry_id is None:
        abort(400)
    if not is_valid:
        return _page(submission, form=form, flag_form=form, status=400)
    now = clock.now()
    try:
        _acknowledge(submission_id, form, entry_id, now)
    except UnknownAlarm:
        abort(400)
    if also := whom_to_tell(_found(submission_id), staff_user(), current_clinic(), now=now):
        flash(also)
    page = url_for("staff.show", submission_id=submission_id, entry=entry_id)
    return redirect(page, code=303)


@blueprint.post("/submissions/<uuid:submission_id>/notes")
@requires(Permission.CONTACT)
def write_note(submission_id: UUID) -> ResponseReturnValue:
    """Add a note."""
    submission, form = _found(submission_id), NoteForm()
    if not form.validate_on_submit():
        return _page(submission, form=form, note_form=form, status=400)
    with unit_of_work():
        add_note(submission, form.body.data, author=staff_user(), now=clock.now())
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


def _found(submission_id: UUID) -> Submission:
    return for_staff(submission_id) or abort(404)


def _acknowledge(submission_id: UUID, form: AcknowledgeForm, entry_id: UUID, now: datetime) -> None:
    with unit_of_work():
        acknowledge(
            for_staff(submission_id, lock=True) or abort(404),
            form.outcome.data,
            entry_id=entry_id,
            alarm=form.alarm.data,
            note=form.note.data or "",
            try_again_at=now + timedelta(minutes=form.minutes) if form.minutes else None,
            clinic=current_clinic(),
            author=staff_user(),
            now=now,
        )


def _nearest(submission: Submission, key: str, clinic: Clinic, now: datetime) -> list[Time]:
    wanted = queries.read_slot_key(key)
    diary = queries.diary(now=now, without=submission.id)
    return nearest_times(diary, clinic, wanted[1], now=now) if wanted else []


def _page(
    submission: Submission,
    *,
    form: Form | None = None,
    note_form: NoteForm | None = None,
    flag_form: AcknowledgeForm | None = None,
    others: list[Time] | None = None,
    both: Clash | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The record as a page. It is shown only if the look at it could be recorded."""
    user, clinic, now = staff_user(), current_clinic(), clock.now()
    with unit_of_work():
        viewer = {"actor": user.actor, "detail": how_answers_viewed(user, submission.id, now=now)}
        log.record(VIEWED, now=now, subject_id=submission.id, **viewer)
    sent = _uuid(request.args.get("entry", ""))
    record = record_of(submission, user, clinic, first=_first_day(), sent=sent, now=now)
    flag_form = flag_form or AcknowledgeForm.fill({"entry": str(new_id())})
    if not record.person.may_leave_voicemail:
        flag_form.leave_out_voicemail()
    page = render_template(
        "staff/submission.html",
        record=record,
        form=form,
        flag_form=flag_form,
        note_form=note_form or NoteForm.fill({}),
        others=others or [],
        both=both,
        grace=clinic.grace_minutes,
        is_quiet=isinstance(form, BookForm) and form.quiet.data,
    )
    return make_response(page, status)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _first_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return None
