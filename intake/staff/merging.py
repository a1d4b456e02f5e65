"""Merging two requests of one person: both side by side, which one stays, and back again."""

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.audit import log
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.scheduling import merging
from intake.scheduling.merging import NotToMerge
from intake.staff.compared import Compared, compared
from intake.staff.duplicates import shared_words
from intake.staff.forms import HIGHEST_VERSION
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.person import Person
from intake.staff.reading import VIEWED, how_viewed
from intake.submissions.duplicates import what_they_share
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff
from intake.web.fields import ChoiceField, IntegerField
from intake.web.forms import Form

WHY_NOT = {
    "draft": (
        "One of them is not sent yet, and its person may still be writing. Merge them once it is"
        " sent."
    ),
    "over": "One of them is over. Open it again first, or leave them as they are.",
    "has merged": "Another one was merged into that request. Keep it, or separate those first.",
    "two calls": "Both have a call ahead. Cancel one of them first, then merge.",
    "nothing shared": "These two have no phone, email, or name and birth date in common.",
    "told apart": "Somebody said that these are two people. Take that back first.",
    "separate": "They are separate already.",
    "later first": "Another request was merged later. Separate that one first.",
    "call over": "The call that moved has taken place or was missed, so they stay together.",
}
CHANGED = "One of them was changed since you opened the page. This is how they are now. Look again."


class MergeForm(Form):
    """Which request stays, and the versions of both on the page."""

    stays = ChoiceField("Which one stays?", choices=[], missing="Select which request stays")
    version = IntegerField("", most=HIGHEST_VERSION)
    other_version = IntegerField("", most=HIGHEST_VERSION)


@blueprint.get("/submissions/<uuid:submission_id>/merge/<uuid:other_id>")
@requires(Permission.MERGE)
def compare(submission_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Both requests side by side."""
    one, other = _both(submission_id, other_id)
    if not what_they_share(one, other) or one is other:
        flash(WHY_NOT["nothing shared"])
        return _to_record(submission_id)
    return _page(one, other, MergeForm.fill({}))


@blueprint.post("/submissions/<uuid:submission_id>/merge/<uuid:other_id>")
@requires(Permission.MERGE)
def do_merge(submission_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Merge them."""
    one, other = _both(submission_id, other_id)
    if one is other:
        return _to_record(submission_id)
    form = MergeForm()
    form.stays.choices = _choices(one, other)
    is_valid = form.validate_on_submit()
    if form.version.errors or form.other_version.errors:
        abort(400)
    if not is_valid:
        return _page(one, other, form, status=400)
    stays, gone = (one, other) if form.stays.data == str(one.id) else (other, one)
    versions = {one.id: form.version.data, other.id: form.other_version.data}
    try:
        _merge(stays.id, gone.id, versions)
    except NotToMerge as refused:
        db.session.expire_all()
        refusal = WHY_NOT.get(refused.why, CHANGED)
        return _page(one, other, MergeForm.fill({}), refusal=refusal, status=409)
    flash(f"Merged: {gone.reference} goes on here.")
    return _to_record(stays.id)


@blueprint.post("/submissions/<uuid:submission_id>/separate")
@requires(Permission.MERGE)
def separate(submission_id: UUID) -> ResponseReturnValue:
    """Take the merge of a request back."""
    try:
        with unit_of_work():
            found = for_staff(submission_id) or abort(404)
            rows = merging.both(found.id, found.merged_into or found.id, lock=True)
            gone, stays = rows[found.id], rows[found.merged_into or found.id]
            merging.separate(gone, stays, author=staff_user(), now=clock.now())
        flash(f"Separated: {gone.reference} and {stays.reference} stand on their own again.")
    except NotToMerge as refused:
        flash(WHY_NOT[refused.why])
    return _to_record(submission_id)


def _merge(stays_id: UUID, gone_id: UUID, versions: dict[UUID, int | None]) -> None:
    """Merge unless the page was out of date; the same click sent twice merges once."""
    with unit_of_work():
        rows = merging.both(stays_id, gone_id, lock=True)
        stays, gone = rows[stays_id], rows[gone_id]
        if gone.merged_into == stays.id:
            return
        if any(each.version != versions[each.id] for each in (stays, gone)):
            raise NotToMerge("changed")
        merging.merge(stays, gone, author=staff_user(), now=clock.now())


def _both(one_id: UUID, other_id: UUID) -> tuple[Submission, Submission]:
    return for_staff(one_id) or abort(404), for_staff(other_id) or abort(404)


def _choices(one: Submission, other: Submission) -> list[tuple[str, str]]:
    return [(str(each.id), f"{each.reference}, {Person(each).name}") for each in (one, other)]


def _page(
    one: Submission,
    other: Submission,
    form: MergeForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    """The page. It is shown only if the look at both could be recorded."""
    user, clinic, now = staff_user(), current_clinic(), clock.now()
    with unit_of_work():
        for each in (one, other):
            viewer = {"actor": user.actor, "detail": how_viewed(user)}
            log.record(VIEWED, now=now, subject_id=each.id, **viewer)
    both = compared(one, other, clinic, now=now)
    _offer(form, both, one, other)
    page = render_template(
        "staff/merge.html",
        one=one,
        other=other,
        person=Person(one),
        both=both,
        shared=shared_words(what_they_share(one, other)),
        form=form,
        refusal=refusal,
        why_not=WHY_NOT.get(both.why_not, ""),
    )
    return make_response(page, status)


def _offer(form: MergeForm, both: Compared, one: Submission, other: Submission) -> None:
    """The choices that are possible, with the one proposed that has more to lose."""
    form.stays.choices = [row for row in _choices(one, other) if row[0] in both.may_stay]
    if form.stays.data not in both.may_stay and both.may_stay:
        form.stays.data = both.may_stay[0]


def _to_record(submission_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)
