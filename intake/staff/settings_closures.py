"""Settings of the clinic's calendar: dates on which it is closed."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.models import Closure
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.scheduling import hours
from intake.scheduling.agenda import misplaced
from intake.staff.guard import blueprint, requires
from intake.staff.settings import Versus, by_me, frame, sent_day
from intake.staff.settings_forms import ClosureForm
from intake.staff.words import full_day
from intake.web.forms import Form


class ClosedDay(NamedTuple):
    """A closed date, and how many calls still lie on it."""

    day: date
    words: str
    label: str
    calls: int


@blueprint.get("/settings/closures")
@requires(Permission.MANAGE_SETTINGS)
def settings_closures() -> ResponseReturnValue:
    """The closed dates ahead."""
    return _page()


@blueprint.post("/settings/closures")
@requires(Permission.MANAGE_SETTINGS)
def add_closure() -> ResponseReturnValue:
    """Close the clinic on some dates."""
    form = ClosureForm()
    if not form.validate_on_submit():
        return _page(closure=form, form=form, status=400)
    known = _known(form.days)
    with unit_of_work():
        added = hours.close(form.days, form.label.data, **by_me())
    if not added:
        both = [Versus(full_day(row.day), row.label, form.label.data) for row in known]
        return _page(closure=form, both=both, status=409)
    kept = f" {len(known)} of them closed already." if known else ""
    flash(f"The clinic is closed on {_span(form.days)}.{kept}")
    return redirect(url_for("staff.settings_closures"), code=303)


@blueprint.post("/settings/closures/remove")
@requires(Permission.MANAGE_SETTINGS)
def remove_closure() -> ResponseReturnValue:
    """Open the clinic again on one date."""
    day = sent_day()
    with unit_of_work():
        hours.reopen([day], **by_me())
    flash(f"The clinic is open again on {full_day(day)}.")
    return redirect(url_for("staff.settings_closures"), code=303)


def _known(days: Sequence[date]) -> list[Closure]:
    query = select(Closure).where(Closure.day.in_(days)).order_by(Closure.day)
    return list(db.session.scalars(query))


def _span(days: Sequence[date]) -> str:
    first, last = full_day(days[0]), full_day(days[-1])
    return first if len(days) == 1 else f"{first} to {last}"


def _page(
    *,
    form: Form | None = None,
    closure: ClosureForm | None = None,
    both: Sequence[Versus] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    clinic, now = current_clinic(), clock.now()
    page = render_template(
        "staff/settings_closures.html",
        form=form,
        closure_form=closure or ClosureForm.fill({}),
        closures=_closed_days(clinic),
        both=both,
        **frame("staff.settings_closures", now=now),
    )
    return make_response(page, status)


def _closed_days(clinic: Clinic) -> list[ClosedDay]:
    """The closed dates from today on."""
    now = clock.now()
    today = now.astimezone(clinic.tz).date()
    calls = Counter(
        each.appointment.starts_at.astimezone(clinic.tz).date() for each in misplaced(now=now)
    )
    query = select(Closure).where(Closure.day >= today).order_by(Closure.day)
    return [
        ClosedDay(row.day, full_day(row.day), row.label, calls[row.day])
        for row in db.session.scalars(query)
    ]
