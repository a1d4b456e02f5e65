"""My appointment, by a mailed link: see it, move it, cancel it, take that back, hear of earlier
times.

Nothing changes by looking: mail programs open every link. What changes something is a form, and
cancelling takes two steps and can be undone.
"""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.patient import offers
from intake.patient.addresses import Elsewhere, see
from intake.patient.forms import MoveForm
from intake.patient.forms_later import CancelForm
from intake.patient.ics_file import ics_file
from intake.patient.one_call import (
    Here,
    about,
    changing,
    is_impossible,
    looking,
    may_choose,
    url_of,
)
from intake.scheduling import changes, links, missed, queries, takeback, waitlist
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


class OldPage(Exception):
    """The call was changed after the page was drawn on which somebody pressed a button."""


@blueprint.get(ONE)
def show(token: str) -> ResponseReturnValue:
    """The call: when, how, and what can be done about it."""
    here = looking(token)
    appointment, now = here.appointment, here.now
    if is_impossible(appointment) and may_choose(here):
        return _times_page(token, here, offers.sent_move())
    may_undo = changes.may_undo(appointment, now=now)
    may_move = changes.may_move(appointment, now=now)
    return render_template(
        "patient/appointment.html",
        token=token,
        may_cancel=changes.may_cancel(appointment, now=now),
        may_move=may_move,
        may_undo=may_undo,
        undo_until=takeback.undo_until(appointment) if may_undo else None,
        is_moved="moved" in request.args,
        is_kept="kept" in request.args,
        offer=_open_offer(here),
        **_earlier_times(here, may_move=may_move),
        **about(here),
    )


def _earlier_times(here: Here, *, may_move: bool) -> dict[str, Any]:
    """What the page says of earlier times: whether they wait for one, may do so, or can choose."""
    is_waiting, may_wait = waitlist.is_waiting(here.appointment.submission_id), _may_wait(here)
    day = None
    if may_move and (is_waiting or may_wait):
        day = offers.earlier_day(here.submission, here.appointment, here.clinic, now=here.now)
    return {"is_waiting": is_waiting, "may_wait": may_wait, "earlier_day": day}


@blueprint.get("/<string:cut>")
def cut_off(cut: str) -> ResponseReturnValue:
    """A link that lost its end in the mail, or got a full stop at it: ask for another one."""
    raise Elsewhere(url_for("lost_link.ask", gone=1))


@blueprint.get(f"{ONE}/appointment.ics")
def calendar(token: str) -> ResponseReturnValue:
    """The call as a calendar file."""
    here = looking(token)
    if here.appointment.status != "booked" or is_impossible(here.appointment):
        raise Elsewhere(url_of(token))
    return ics_file(here.appointment, here.clinic, path=url_of(token), now=here.now)


@blueprint.route(f"{ONE}/times", methods=["GET", "POST"])
def times(token: str) -> ResponseReturnValue:
    """Choose another time."""
    form = offers.sent_move()
    if form.validate_on_submit():
        return _move(token, form)
    here = looking(token)
    if not may_choose(here):
        return see(url_of(token))
    return _times_page(token, here, form)


def _move(token: str, form: MoveForm) -> ResponseReturnValue:
    try:
        with changing(token) as here:
            call = _choose(here, form.slot.data)
            is_new = call.id != here.appointment.id
            onward = links.new_secret(call, now=here.now) if is_new else token
    except SlotTaken:
        return _times_page(token, looking(token), form, taken=form.slot.data), 409
    except OnlyByPhone:
        return see(url_of(token))  # the page says so, with the number to call
    return see(url_of(onward, moved=1))


def _choose(here: Here, key: str) -> Appointment:
    """Take a time; in place of a call that was missed, there is a new one."""
    zone = offers.zone_of_page(here.submission, here.clinic).key
    call, now = here.appointment, here.now
    if call.status == "no_show":
        return missed.rebook(here.submission, call, key, here.clinic, time_zone=zone, now=now)
    changes.move(here.submission, call, key, here.clinic, time_zone=zone, now=now)
    return call


@blueprint.route(f"{ONE}/cancel", methods=["GET", "POST"])
def cancel(token: str) -> ResponseReturnValue:
    """Ask once more, then cancel."""
    form = CancelForm()
    if form.validate_on_submit():
        return _cancel(token, form)
    here = looking(token)
    if not changes.may_cancel(here.appointment, now=here.now):
        return see(url_of(token))
    return _cancel_page(token, here, form)


def _cancel_page(token: str, here: Here, form: CancelForm, *, is_old: bool = False) -> str:
    return render_template(
        "patient/appointment_cancel.html",
        form=form,
        token=token,
        is_old=is_old,
        is_impossible=is_impossible(here.appointment),
        **about(here),
    )


def _cancel(token: str, form: CancelForm) -> ResponseReturnValue:
    try:
        with changing(token) as here:
            _refuse_old_page(here)
            changes.cancel(
                here.submission,
                here.appointment,
                here.clinic,
                actor=PATIENT,
                reason=form.reason.data or "",
                now=here.now,
            )
    except OnlyByPhone:
        pass  # the page says so, with the number to call
    except OldPage:
        return _cancel_page(token, looking(token), form, is_old=True), 409
    return see(url_of(token))


def _refuse_old_page(here: Here) -> None:
    """Raises OldPage where the call was moved after the page was drawn: nobody cancels a time that
    they have not seen."""
    is_as_shown = request.form.get("sequence") == str(here.appointment.sequence)
    if changes.may_cancel(here.appointment, now=here.now) and not is_as_shown:
        raise OldPage


@blueprint.post(f"{ONE}/undo")
def undo(token: str) -> ResponseReturnValue:
    """Take the cancellation back."""
    try:
        with changing(token) as here:
            takeback.take_back(
                here.submission,
                here.appointment.sequence,
                here.clinic,
                actor=PATIENT,
                now=here.now,
            )
    except SlotTaken:
        return _nearest_page(token)
    return see(url_of(token, kept=1))


@blueprint.post(f"{ONE}/waitlist")
def wait(token: str) -> ResponseReturnValue:
    """Hear of earlier times, or of no more of them."""
    with changing(token) as here:
        if "leave" in request.form:
            waitlist.leave(here.submission.id, now=here.now)
        elif _may_wait(here):
            waitlist.join(here.submission.id, now=here.now)
    return see(url_of(token))


@blueprint.route(f"{ONE}/earlier", methods=["GET", "POST"])
def earlier(token: str) -> ResponseReturnValue:
    """An earlier time on offer: take it, or keep the one that is booked."""
    if request.method == "POST":
        return _answer_offer(token)
    here = looking(token)
    offer = _open_offer(here)
    if offer is None:
        return see(url_of(token))
    return render_template(
        "patient/appointment_earlier.html", token=token, offer=offer, **about(here)
    )


def _answer_offer(token: str) -> ResponseReturnValue:
    try:
        with changing(token) as here:
            if "leave" not in request.form and not _is_latest(here.submission):
                return see(url_for("appointment.earlier", token=token))
            if "take" in request.form:
                changes.accept(here.submission, here.appointment, here.clinic, now=here.now)
                return see(url_of(token, moved=1))
            if "leave" in request.form:
                waitlist.leave(here.submission.id, now=here.now)
            else:
                waitlist.forget_offer(here.submission.id, now=here.now)
    except SlotTaken:
        return _nearest_page(token)
    return see(url_of(token))


def _is_latest(submission: Submission) -> bool:
    """Whether the page that was sent showed the last time on offer, and not one before."""
    offer = waitlist.latest_offer(submission.id)
    return offer is not None and request.form.get("offer") == str(offer.id)


def _open_offer(here: Here) -> Appointment | None:
    """The time on offer for somebody, if it still helps them."""
    offer = waitlist.latest_offer(here.appointment.submission_id)
    if offer is None or here.appointment.status != "booked":
        return None
    is_earlier = offer.starts_at < here.appointment.starts_at
    return offer if is_earlier and waitlist.is_open(offer, now=here.now) else None


def _may_wait(here: Here) -> bool:
    """Whether somebody can ask to hear of earlier times, which takes mail."""
    return (
        here.appointment.status == "booked"
        and patient_address(here.submission) is not None
        and waitlist.may_join(here.submission.id)
    )


def _nearest_page(token: str) -> ResponseReturnValue:
    """The time is gone: the nearest ones, if the person may choose by themselves."""
    here = looking(token)
    offer = waitlist.latest_offer(here.appointment.submission_id)
    wanted = offer if here.appointment.status == "booked" and offer else here.appointment
    if not may_choose(here):
        return see(url_of(token))
    key = queries.key_at(wanted.provider_id, wanted.starts_at)
    return _times_page(token, here, MoveForm.fill({}), taken=key), 409


def _times_page(token: str, here: Here, form: MoveForm, *, taken: str | None = None) -> str:
    offer = offers.offer(here.submission, here.clinic, now=here.now, form=form, taken=taken)
    return render_template(
        "patient/appointment_times.html",
        token=token,
        is_impossible=is_impossible(here.appointment),
        may_cancel=changes.may_cancel(here.appointment, now=here.now),
        **{**about(here), **offer.page()},
    )
