"""Settings of a consultation: how long, how far ahead, how often, and how people meet."""

from collections.abc import Sequence

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.scheduling import hours, meeting
from intake.scheduling.hours import ChangedMeanwhile
from intake.scheduling.models import ConsultationType
from intake.scheduling.queries import diary
from intake.staff.guard import blueprint, requires
from intake.staff.settings import (
    Versus,
    by_me,
    changed_words,
    differences,
    frame,
    sent_version,
    told_words,
)
from intake.staff.settings_forms import TypeForm, type_values


@blueprint.get("/settings/booking-rules")
@requires(Permission.MANAGE_SETTINGS)
def settings_rules() -> ResponseReturnValue:
    """How the free consultation is booked."""
    kind = _kind()
    return _page(kind, TypeForm.fill(type_values(kind)))


@blueprint.post("/settings/booking-rules")
@requires(Permission.MANAGE_SETTINGS)
def save_rules() -> ResponseReturnValue:
    """Change it."""
    version, form = sent_version(), TypeForm()
    if not form.validate_on_submit():
        return _page(_kind(), form, has_errors=True, status=400)
    try:
        with unit_of_work():
            before = meeting.places_ahead(now=clock.now())
            hours.set_type(_kind(), form.rules, version=version, **by_me())
            told = meeting.tell_changes(before, current_clinic(), now=clock.now())
    except ChangedMeanwhile:
        kind = _kind()
        labels = {field.name: field.question for field in form}
        both = differences(labels, type_values(kind), form.values())
        return _page(kind, form, both=both, status=409)
    flash(f"The rules are saved. What is booked keeps its time. {told_words(told)}".strip())
    return redirect(url_for("staff.settings_rules"), code=303)


def _kind() -> ConsultationType:
    return hours.consultation_type() or abort(404)


def _page(
    kind: ConsultationType,
    form: TypeForm,
    *,
    has_errors: bool = False,
    both: Sequence[Versus] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    clinic, now = current_clinic(), clock.now()
    free = len(diary(now=now).free(now=now, first_day=None, last_day=None))
    page = render_template(
        "staff/settings_rules.html",
        form=form if has_errors else None,
        rules_form=form,
        version=kind.version,
        changed=changed_words(kind, clinic, now),
        offered=f"{free} times in the next {kind.horizon_days} days",
        both=both,
        **frame("staff.settings_rules", now=now),
    )
    return make_response(page, status)
