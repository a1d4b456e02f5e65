"""My appointment, by a mailed link: see it, move it, cancel it, take that back, hear of earlier
times.

Nothing changes by looking: mail programs open every link. What changes something is a form, and
cancelling takes two steps and can be undone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import language, zone_text
from intake.patient import limits, offers
from intake.patient.addresses import Elsewhere, see
from intake.patient.forms import CancelForm, MoveForm
from intake.patient.ics_file import ics_file
from intake.patient.summary import leaf_of
from intake.scheduling import asking, changes, links, queries, takeback, told, waitlist
from intake.scheduling.changes import OnlyByPhone
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.placing import SlotTaken
from intake.submissions.emails import patient_address
from intake.submissions.models import Submission
from intake.web.anew import keep_wish, switch

blueprint = Blueprint("appointment", __name__, url_prefix="/appointment")
blueprint.before_request(switch)
blueprint.after_request(keep_wish)

ONE = "/<string(length=43):token>"


class Here(NamedTuple):
    """A call and whose it is."""

    appointment: Appointment
    submission: Submission
    clinic: Clinic
    now: datetime


@blueprint.get(ONE)
def show(token: str) -> ResponseReturnValue:
    """The call: when, how, and what can be done about it."""
    here = _looking(token)
    appointment, now = here.appointment, here.now
    if _is_impossible(appointment) and changes.may_move(appointment, now=now):
        return _times_page(token, here, offers.sent_move())
    offer, may_undo = _open_offer(here), changes.may_undo(appointment, now=now)
    return render_template(
        "patient/appointment.html",
        token=token,
        may_cancel=changes.may_cancel(appointment, now=now),
        may_move=changes.may_move(appointment, now=now),
        may_undo=may_undo,
        undo_until=takeback.undo_until(appointment) if may_undo else None,
        is_waiting=waitlist.is_waiting(appointment.submission_id),
        may_wait=_may_wait(here),
        is_moved="moved" in request.args,
        offer=offer,
        **_about(here),
    )


@blueprint.get(f"{ONE}/appointment.ics")
def calendar(token: str) -> ResponseReturnValue:
    """The call as a calendar file."""
    here = _looking(token)
    if here.appointment.status != "booked" or _is_impossible(here.appointment):
        raise Elsewhere(_url(token))
    return ics_file(here.appointment, here.clinic, path=_url(token), now=here.now)


@blueprint.route(f"{ONE}/times", methods=["GET", "POST"])
def times(token: str) -> ResponseReturnValue:
    """Choose another time."""
    form = offers.sent_move()
    if form.validate_on_submit():
        return _move(token, form)
    here = _looking(token)
    if not changes.may_move(here.appointment, now=here.now):
        return see(_url(token))
    return _times_page(token, here, form)


def _move(token: str, form: MoveForm) -> ResponseReturnValue:
    try:
        with _changing(token) as here:
            zone = _zone_of_page(here)
            changes.move(
                here.submission,
                here.appointment,
                form.slot.data,
                here.clinic,
                time_zone=zone,
                now=here.now,
            )
    except SlotTaken:
        return _times_page(token, _looking(token), form, taken=form.slot.data), 409
    except OnlyByPhone:
        return see(_url(token))  # the page says so, with the number to call
    return see(_url(token, moved=1))


@blueprint.route(f"{ONE}/cancel", methods=["GET", "POST"])
def cancel(token: str) -> ResponseReturnValue:
    """Ask once more, then cancel."""
    form = CancelForm()
    if form.validate_on_submit():
        return _cancel(token, form.reason.data or "")
    here = _looking(token)
    if not changes.may_cancel(here.appointment, now=here.now):
        return see(_url(token))
    return render_template(
        "patient/appointment_cancel.html",
        form=form,
        token=token,
        is_impossible=_is_impossible(here.appointment),
        **_about(here),
    )


def _cancel(token: str, reason: str) -> ResponseReturnValue:
    try:
        with _changing(token) as here:
            changes.cancel(
                here.submission,
                here.appointment,
                here.clinic,
                actor=PATIENT,
                reason=reason,
                now=here.now,
            )
    except OnlyByPhone:
        pass  # the page says so, with the number to call
    return see(_url(token))


@blueprint.post(f"{ONE}/undo")
def undo(token: str) -> ResponseReturnValue:
    """Take the cancellation back."""
    try:
        with _changing(token) as here:
            takeback.take_back(
                here.submission,
                here.appointment.sequence,
                here.clinic,
                actor=PATIENT,
                now=here.now,
            )
    except SlotTaken:
        return _nearest_page(token)
    return see(_url(token))


@blueprint.post(f"{ONE}/waitlist")
def wait(token: str) -> ResponseReturnValue:
    """Hear of earlier times, or of no more of them."""
    with _changing(token) as here:
        if "leave" in request.form:
            waitlist.leave(here.submission.id, now=here.now)
        elif _may_wait(here):
            waitlist.join(here.submission.id, now=here.now)
    return see(_url(token))


@blueprint.route(f"{ONE}/earlier", methods=["GET", "POST"])
def earlier(token: str) -> ResponseReturnValue:
    """An earlier time on offer: take it, or keep the one that is booked."""
    if request.method == "POST":
        return _answer_offer(token)
    here = _looking(token)
    offer = _open_offer(here)
    if offer is None:
        return see(_url(token))
    return render_template(
        "patient/appointment_earlier.html", token=token, offer=offer, **_about(here)
    )


def _answer_offer(token: str) -> ResponseReturnValue:
    try:
        with _changing(token) as here:
            if "take" in request.form:
                changes.accept(here.submission, here.appointment, here.clinic, now=here.now)
                return see(_url(token, moved=1))
            if "leave" in request.form:
                waitlist.leave(here.submission.id, now=here.now)
            else:
                waitlist.forget_offer(here.submission.id, now=here.now)
    except SlotTaken:
        return _nearest_page(token)
    return see(_url(token))


def _looking(token: str) -> Here:
    """The call of a link, to look at. A link that leads nowhere leads to asking for another."""
    return _found(token, clock.now())


@contextmanager
def _changing(token: str) -> Iterator[Here]:
    """The same to change it, in a unit of work of its own."""
    with unit_of_work():
        here = _found(token, clock.now())
        yield here._replace(submission=links.lock(here.appointment))
        limits.count_change(here.appointment.id.hex, now=here.now)


def _found(token: str, now: datetime) -> Here:
    appointment = links.appointment_of(token, now=now)
    if appointment is None or appointment.status not in ("booked", "cancelled"):
        raise Elsewhere(url_for("lost_link.ask", gone=1))
    submission = links.submission_of(appointment)
    return Here(appointment, submission, current_clinic(), now)


def _about(here: Here) -> dict[str, Any]:
    """What every page says about the call: date, time, zone and how, and nothing about health."""
    appointment, zone = here.appointment, told.zone_of(here.appointment, here.clinic)
    return {
        "appointment": appointment,
        "zone": zone,
        "zone_name": zone_text(zone, language()),
        "leaf": leaf_of(appointment.starts_at.astimezone(zone)),
        "place": told.place_of(appointment),
        "minutes": (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1),
    }


def _open_offer(here: Here) -> Appointment | None:
    """The time on offer for somebody, if it still helps them."""
    offer = waitlist.latest_offer(here.appointment.submission_id)
    if offer is None or here.appointment.status != "booked":
        return None
    is_earlier = offer.starts_at < here.appointment.starts_at
    return offer if is_earlier and waitlist.is_open(offer, now=here.now) else None


def _is_impossible(appointment: Appointment) -> bool:
    """Whether the clinic cannot keep the time, and has said so."""
    return asking.asked_at(appointment) is not None


def _may_wait(here: Here) -> bool:
    """Whether somebody can ask to hear of earlier times, which takes mail."""
    return (
        here.appointment.status == "booked"
        and patient_address(here.submission) is not None
        and waitlist.may_join(here.submission.id)
    )


def _zone_of_page(here: Here) -> str:
    return offers.zone_of_page(here.submission, here.clinic).key


def _nearest_page(token: str) -> ResponseReturnValue:
    """The time is gone: the nearest ones, if the person may choose by themselves."""
    here = _looking(token)
    offer = waitlist.latest_offer(here.appointment.submission_id)
    wanted = offer if here.appointment.status == "booked" and offer else here.appointment
    if not changes.may_move(here.appointment, now=here.now):
        return see(_url(token))
    key = queries.key_at(wanted.provider_id, wanted.starts_at)
    return _times_page(token, here, MoveForm.fill({}), taken=key), 409


def _times_page(token: str, here: Here, form: MoveForm, *, taken: str | None = None) -> str:
    offer = offers.offer(here.submission, here.clinic, now=here.now, form=form, taken=taken)
    return render_template(
        "patient/appointment_times.html",
        token=token,
        is_impossible=_is_impossible(here.appointment),
        may_cancel=changes.may_cancel(here.appointment, now=here.now),
        **{**_about(here), **offer.page()},
    )


def _url(token: str, **query: Any) -> str:
    return url_for("appointment.show", token=token, **query)
