"""Secret addresses for calendar programs: making them, revoking them, and what they give."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.urls import staff_url
from intake.scheduling.feeds import (
    MOST_FEEDS,
    TooManyFeeds,
    contents,
    feeds_of,
    live_feed,
    revoke,
)
from intake.scheduling.feeds import (
    make_feed as make,
)
from intake.scheduling.models import CalendarFeed, Provider
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.words import opening, when
from intake.web.fields import ChoiceField, SelectField
from intake.web.forms import Form

EVERYBODY = "all"
SHOWS = {"busy": "Only that the time is taken", "reference": "Also the reference, with a link"}

public = Blueprint("feeds", __name__, url_prefix="/staff/calendar-feed")


class FeedForm(Form):
    """What a new address gives."""

    provider = SelectField(
        "Whose calls", choices=[], blank="Choose one", missing="Choose whose calls"
    )
    shows = ChoiceField(
        "What your calendar program sees",
        choices=list(SHOWS.items()),
        hint="Never a name, and nothing about health.",
        missing="Select what your calendar program sees",
    )


@dataclass(frozen=True)
class FeedRow:
    """One address in the list; the address itself is known to nobody any more."""

    id: UUID
    whose: str
    shows: str
    made: str


@public.get("/<token>.ics")
def read(token: str) -> ResponseReturnValue:
    """The calendar file; who has the address needs nothing else."""
    feed = live_feed(token) or abort(404)
    body = contents(feed, current_clinic(), address=_record, now=clock.now())
    return Response(body, content_type="text/calendar; charset=utf-8")


@blueprint.get("/calendar/feeds")
@requires(Permission.SEE_QUEUE)
def feeds() -> ResponseReturnValue:
    """The addresses of whoever asks."""
    return _page(_filled(FeedForm.fill({"provider": EVERYBODY, "shows": "busy"})))


@blueprint.post("/calendar/feeds")
@requires(Permission.SEE_QUEUE)
def make_feed() -> ResponseReturnValue:
    """Make an address, and show it this once."""
    form = _filled(FeedForm())
    if not form.validate_on_submit():
        return _page(form, has_errors=True), 400
    chosen = form.provider.data
    try:
        with unit_of_work():
            _, token = make(
                staff_user(),
                provider_id=None if chosen == EVERYBODY else int(chosen),
                shows=form.shows.data,
                now=clock.now(),
            )
    except TooManyFeeds:
        form.form_errors.append(f"You have {MOST_FEEDS} addresses. Revoke one first.")
        return _page(form, has_errors=True), 409
    return _page(form, address=staff_url(url_for("feeds.read", token=token)))


@blueprint.post("/calendar/feeds/revoke")
@requires(Permission.SEE_QUEUE)
def revoke_feed() -> ResponseReturnValue:
    """Let one address work no more."""
    try:
        feed_id = UUID(request.form.get("feed", ""))
    except ValueError:
        abort(400)
    with unit_of_work():
        revoke(feed_id, staff_user(), now=clock.now())
    flash("That address works no more.")
    return redirect(url_for("staff.feeds"), code=303)


def _record(submission_id: UUID) -> str:
    return staff_url(url_for("staff.show", submission_id=submission_id))


def _filled(form: FeedForm) -> FeedForm:
    """The form with the providers there are."""
    form.provider.choices = [(EVERYBODY, "Everybody"), *_names().items()]
    return form


def _names() -> dict[str, str]:
    providers = db.session.scalars(select(Provider).order_by(Provider.id))
    return {str(each.id): each.name for each in providers}


def _page(form: FeedForm, *, has_errors: bool = False, address: str = "") -> str:
    return render_template(
        "staff/feeds.html",
        form=form if has_errors else None,
        feed_form=form,
        address=address,
        subscribe=address.replace("https://", "webcal://").replace("http://", "webcal://"),
        rows=_rows(feeds_of(staff_user())),
    )


def _rows(found: Sequence[CalendarFeed]) -> list[FeedRow]:
    clinic, now, names = current_clinic(), clock.now(), _names()
    return [
        FeedRow(
            each.id,
            names.get(str(each.provider_id), "Everybody"),
            SHOWS[each.shows],
            opening(when(each.created_at, clinic.tz, now)),
        )
        for each in found
    ]
