"""Booking a time that the hours do not offer: staff are warned, and the time must be free."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db
from intake.core.i18n import moment_text
from intake.scheduling import queries, service
from intake.scheduling.models import Provider
from intake.scheduling.placing import FARTHEST, SlotTaken
from intake.scheduling.queries import Diary
from intake.scheduling.slots import Interval, Slot, lies_within_hours, slot_from
from intake.staff.booked import ChangedMeanwhile, book_for
from intake.staff.forms import BookForm
from intake.staff.guard import blueprint, requires, shows
from intake.staff.person import Person
from intake.staff.settings_forms import DateField, TimeField
from intake.submissions.models import Submission
from intake.submissions.queries import for_staff
from intake.web.fields import SelectField
from intake.web.forms import Form


class AnyTimeForm(Form):
    """A provider, a date and a time of day, in clinic time."""

    provider = SelectField("With", choices=[], missing="Choose with whom")
    day = DateField("Date")
    time = TimeField("Time")


@blueprint.get("/submissions/<uuid:submission_id>/any-time")
@requires(Permission.BOOK)
@shows("form of a record viewed")
def any_time(submission_id: UUID) -> ResponseReturnValue:
    """Ask for a time; once there is one, say what speaks against it."""
    submission = for_staff(submission_id) or abort(404)
    if not request.args:
        return _page(submission, _filled(AnyTimeForm.fill({})))
    form = _filled(AnyTimeForm(formdata=request.args))
    if not form.validate():
        return _page(submission, form, has_errors=True, status=400)
    return _page(submission, form, slot=_slot(form, current_clinic()))


@blueprint.post("/submissions/<uuid:submission_id>/any-time")
@requires(Permission.BOOK)
def book_any_time(submission_id: UUID) -> ResponseReturnValue:
    """Book it in spite of the hours."""
    submission = for_staff(submission_id) or abort(404)
    form, clinic, now = BookForm(), current_clinic(), clock.now()
    if not form.validate_on_submit():
        abort(400)
    try:
        flash(book_for(submission_id, form, clinic, how=service.book_outside_hours, now=now))
    except ChangedMeanwhile:
        said = "This request was changed since you opened the page. Look at it before you book."
        return _page(submission, _filled(AnyTimeForm.fill({})), refusal=said, status=409)
    except SlotTaken:
        said = "That time is taken, or over. Choose another one."
        return _page(submission, _filled(AnyTimeForm.fill({})), refusal=said, status=409)
    return redirect(url_for("staff.show", submission_id=submission_id), code=303)


def _filled(form: AnyTimeForm) -> AnyTimeForm:
    """The form with the providers who take calls."""
    active = select(Provider).where(Provider.active).order_by(Provider.id)
    form.provider.choices = [(str(each.id), each.name) for each in db.session.scalars(active)]
    return form


def _slot(form: AnyTimeForm, clinic: Clinic) -> Slot:
    """What was asked for, as a slot."""
    starts_at = datetime.combine(form.day.data, form.time.data, clinic.tz)
    key = queries.key_at(int(form.provider.data), starts_at.astimezone(UTC))
    provider_id, instant = queries.read_slot_key(key) or abort(400)
    return slot_from(provider_id, instant, queries.timetable().type.rules)


def refusals(slot: Slot, diary: Diary, now: datetime) -> Iterator[str]:
    """Why a time can't be had, whoever asks."""
    if slot.starts_at <= now:
        yield "This time is over."
    if slot.starts_at >= now + FARTHEST:
        yield "It is more than a year ahead."
    blocked = diary.busy.get(slot.provider_id, ())
    if any(each.start < slot.blocked_until and slot.blocked_from < each.end for each in blocked):
        yield "It overlaps another call, or the time kept free around it."


def warnings(slot: Slot, diary: Diary, now: datetime) -> Iterator[str]:
    """What speaks against a time that can be had."""
    calendar, rules = diary.calendars[slot.provider_id], diary.type.rules
    day = slot.starts_at.astimezone(calendar.tz).date()
    if day in diary.closures:
        yield f"The clinic is closed on that day: {diary.closures[day]}."
    elif not lies_within_hours(calendar, Interval(slot.starts_at, slot.ends_at)):
        is_away = day in calendar.exceptions and not calendar.exceptions[day]
        yield "They are away on that day." if is_away else "It is outside their hours."
    if slot.starts_at < now + rules.min_notice:
        yield "It is very soon: less notice than patients get."
    if (day - now.astimezone(calendar.tz).date()).days > rules.horizon_days:
        yield "It is further ahead than patients can book."
    booked = diary.booked_per_day.get(slot.provider_id, {}).get(day, 0)
    if rules.daily_cap is not None and booked >= rules.daily_cap:
        yield f"They have {booked} calls on that day already."


def _page(
    submission: Submission,
    form: AnyTimeForm,
    *,
    slot: Slot | None = None,
    refusal: str = "",
    has_errors: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    clinic, now = current_clinic(), clock.now()
    diary = queries.diary(now=now, without=submission.id)
    against = list(refusals(slot, diary, now)) if slot else [refusal] if refusal else []
    page = render_template(
        "staff/any_time.html",
        submission=submission,
        person=Person(submission),
        form=form if has_errors else None,
        time_form=form,
        key=queries.slot_key(slot) if slot and not against else "",
        words=moment_text(slot.starts_at, clinic.tz, "en") if slot else "",
        refusals=against,
        warnings=list(warnings(slot, diary, now)) if slot else [],
    )
    return make_response(page, status)
