"""Settings of providers: their weekly hours, dates that differ, and whether they are offered."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.scheduling import hours, meeting
from intake.scheduling.hours import ChangedMeanwhile
from intake.scheduling.models import Provider
from intake.staff.guard import blueprint, requires
from intake.staff.room_form import RoomForm
from intake.staff.settings import (
    Versus,
    by_me,
    changed_words,
    differences,
    frame,
    sent_day,
    sent_version,
    told_words,
)
from intake.staff.settings_forms import (
    DatedForm,
    ProviderForm,
    WeeklyForm,
    weekly_values,
)
from intake.staff.wall_hours import hours_words
from intake.staff.words import full_day
from intake.web.forms import Form


class Dated(NamedTuple):
    """A date with hours of its own."""

    day: date
    words: str
    hours: str
    label: str


@blueprint.get("/settings/hours")
@requires(Permission.MANAGE_SETTINGS)
def settings_hours() -> ResponseReturnValue:
    """Weekly hours of one provider, and dates on which they differ."""
    return _hours_page(_provider(request.args.get("provider", "")))


@blueprint.post("/settings/hours")
@requires(Permission.MANAGE_SETTINGS)
def save_hours() -> ResponseReturnValue:
    """Save the weekly hours."""
    provider, version, form = _sent_provider(), sent_version(), WeeklyForm()
    if not form.validate_on_submit():
        return _hours_page(provider, weekly=form, form=form, status=400)
    try:
        with unit_of_work():
            row = db.session.get_one(Provider, provider.id)
            hours.set_weekly(row, form.weekly, version=version, **by_me())
    except ChangedMeanwhile:
        labels = {field.name: field.question for field in form.week}
        both = differences(labels, weekly_values(provider), form.values())
        return _hours_page(provider, weekly=form, both=both, status=409)
    flash("The weekly hours are saved.")
    return redirect(url_for("staff.settings_hours", provider=provider.id), code=303)


@blueprint.post("/settings/dated-hours")
@requires(Permission.MANAGE_SETTINGS)
def save_dated() -> ResponseReturnValue:
    """Give some dates hours of their own."""
    provider, version, form = _sent_provider(), sent_version(), DatedForm()
    if not form.validate_on_submit():
        return _hours_page(provider, dated=form, form=form, status=400)
    try:
        with unit_of_work():
            row = db.session.get_one(Provider, provider.id)
            hours.set_dated(
                row,
                form.days,
                form.hours.windows,
                label=form.label.data,
                version=version,
                **by_me(),
            )
    except ChangedMeanwhile:
        both = [
            Versus(each.words, each.hours, hours_words(form.hours.windows) or "away")
            for each in _dated(provider, form.days[0])
            if each.day in form.days
        ]
        return _hours_page(provider, dated=form, both=both, status=409)
    flash("The dates are saved.")
    return redirect(url_for("staff.settings_hours", provider=provider.id), code=303)


@blueprint.post("/settings/dated-hours/remove")
@requires(Permission.MANAGE_SETTINGS)
def remove_dated() -> ResponseReturnValue:
    """Go back to the weekly hours on one date."""
    provider, version, day = _sent_provider(), sent_version(), sent_day()
    try:
        with unit_of_work():
            row = db.session.get_one(Provider, provider.id)
            hours.clear_dated(row, [day], version=version, **by_me())
    except ChangedMeanwhile:
        return _hours_page(provider, both=[], status=409)
    flash(f"On {full_day(day)} the weekly hours count again.")
    return redirect(url_for("staff.settings_hours", provider=provider.id), code=303)


@blueprint.post("/settings/video-room")
@requires(Permission.MANAGE_SETTINGS)
def save_room() -> ResponseReturnValue:
    """Give a provider a video room of their own, or take it away; whoever meets there is told."""
    provider, version, form, now = _sent_provider(), sent_version(), RoomForm(), clock.now()
    if not form.validate_on_submit():
        return _hours_page(provider, room=form, form=form, status=400)
    try:
        with unit_of_work():
            before = meeting.places_ahead(now=now)
            row = db.session.get_one(Provider, provider.id)
            hours.set_room(row, form.video_link.data, version=version, **by_me())
            told = meeting.tell_changes(before, current_clinic(), now=now)
    except ChangedMeanwhile:
        return _hours_page(provider, room=form, both=[], status=409)
    flash(f"The video room is saved. {told_words(told)}".strip())
    return redirect(url_for("staff.settings_hours", provider=provider.id), code=303)


@blueprint.post("/settings/provider")
@requires(Permission.MANAGE_SETTINGS)
def switch_provider() -> ResponseReturnValue:
    """Offer a provider's times, or no more."""
    provider, version = _sent_provider(), sent_version()
    active = request.form.get("active") == "yes"
    try:
        with unit_of_work():
            row = db.session.get_one(Provider, provider.id)
            hours.set_active(row, active=active, version=version, **by_me())
    except ChangedMeanwhile:
        return _hours_page(provider, both=[], status=409)
    flash(f"Times of {provider.name} are {'offered again' if active else 'no longer offered'}.")
    return redirect(url_for("staff.settings_hours", provider=provider.id), code=303)


@blueprint.post("/settings/providers")
@requires(Permission.MANAGE_SETTINGS)
def add_provider() -> ResponseReturnValue:
    """Add a provider with the clinic's hours."""
    form = ProviderForm()
    if not form.validate_on_submit():
        return _hours_page(_provider(""), new=form, form=form, status=400)
    with unit_of_work():
        added = hours.add_provider(form.name.data, current_clinic(), **by_me())
    if added is None:
        form.name.errors = ["There is a provider of this name already"]
        return _hours_page(_provider(""), new=form, form=form, status=400)
    flash(f"{added.name} is there, with the clinic's hours. Change them here.")
    return redirect(url_for("staff.settings_hours", provider=added.id), code=303)


def _provider(text: str) -> Provider:
    """The provider of that id, else the first one; 404 where there is none."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        found = db.session.get(Provider, int(text))
        if found is not None:
            return found
    return db.session.scalars(select(Provider).order_by(Provider.id)).first() or abort(404)


def _sent_provider() -> Provider:
    """The provider a form is about; 400 for what no page of ours sends."""
    text = request.form.get("provider", "")
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return (db.session.get(Provider, int(text)) if is_number else None) or abort(400)


def _dated(provider: Provider, first: date) -> list[Dated]:
    """The dates with hours of their own, from one on, in order."""
    rows = sorted((each for each in provider.dated if each.day >= first), key=lambda row: row.day)
    return [
        Dated(each.day, full_day(each.day), hours_words(each.windows) or "Away", each.label)
        for each in rows
    ]


def _hours_page(
    provider: Provider,
    *,
    form: Form | None = None,
    weekly: Form | None = None,
    dated: DatedForm | None = None,
    room: RoomForm | None = None,
    new: ProviderForm | None = None,
    both: Sequence[Versus] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page. `form` is the one with errors; `both` are the two versions after a conflict."""
    clinic, now = current_clinic(), clock.now()
    providers = list(db.session.scalars(select(Provider).order_by(Provider.id)))
    page = render_template(
        "staff/settings_hours.html",
        provider=provider,
        form=form,
        weekly_form=weekly or WeeklyForm.fill(weekly_values(provider)),
        dated_form=dated or DatedForm.fill({}),
        room_form=room or RoomForm.fill({"video_link": provider.video_link}),
        new_form=new or ProviderForm.fill({}),
        both=both,
        changed=changed_words(provider, clinic, now),
        dates=_dated(provider, now.astimezone(clinic.tz).date()),
        choices=[
            {
                "label": each.name,
                "href": url_for("staff.settings_hours", provider=each.id),
                "current": each.id == provider.id,
            }
            for each in providers
        ],
        **frame("staff.settings_hours", now=now),
    )
    return make_response(page, status)
