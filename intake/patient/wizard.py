"""The patient's way: one page after another, saved after each, until the request is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.patient import journey, offers, summary
from intake.patient.addresses import see, under_age
from intake.patient.forms import NO_SLOT, ContactForm, SendForm, StartForm, TimesForm
from intake.patient.ics_file import ics_file
from intake.patient.journey import Step
from intake.patient.leaving import NEUTRAL_PAGE, way_out
from intake.patient.limits import count_begun
from intake.patient.sending import send
from intake.patient.visit import (
    DRAFT_COOKIE,
    Visit,
    changing_visit,
    keep_unfinished_start,
    starting_visit,
    visit,
)
from intake.scheduling import queries as scheduling
from intake.scheduling import service as booking
from intake.scheduling.placing import SlotTaken
from intake.scheduling.withdrawing import may_withdraw
from intake.screening.item import SUBSTANCE_USE
from intake.submissions import consents, drafts
from intake.submissions.segments import has_segment
from intake.web.anew import is_anew, keep_wish, switch
from intake.web.templates import blank_page

blueprint = Blueprint("wizard", __name__, url_prefix="/request")
blueprint.before_request(switch)
blueprint.after_request(keep_wish)


@blueprint.route("/start", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """What would you like help with?"""
    if request.method == "POST":
        return _begin()
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is not None and draft.is_draft:
        here = Visit(draft, current_clinic())
        return _start_page(StartForm(data=drafts.typed(draft, "start")), len(here.steps))
    clinic, has_ended = current_clinic(), "ended" in request.args
    differences = (has_ended, clinic.is_paused(clock.now()))
    return blank_page(clinic, *differences, draw=lambda: _start_page(StartForm(), 0))


def _begin() -> ResponseReturnValue:
    form, out = StartForm(), way_out()
    is_right = form.validate_on_submit()
    if not (is_right or out):
        return _start_page(form, 0)
    if form.age18.data == "no":
        return see(under_age(form.for_whom.data))
    if out and not is_right:
        keep_unfinished_start(form.right_values())
        return see(out)
    with starting_visit(form.values()) as here:
        return see(out or here.next_url())


def _start_page(form: StartForm, total: int) -> str:
    return render_template("patient/start.html", form=form, total=total)


@blueprint.route("/contact", methods=["GET", "POST"])
def contact() -> ResponseReturnValue:
    """How can we reach you?"""
    if request.method == "POST":
        return _save_contact()
    here = visit()
    page, stored = here.page(here.step("contact")), drafts.typed(here.draft, "contact")
    if stored:
        return _contact_page(ContactForm(data=stored), page)
    return blank_page(here.clinic, *page.values(), draw=lambda: _contact_page(ContactForm(), page))


def _save_contact() -> ResponseReturnValue:
    with changing_visit() as here:
        step = here.step("contact")
        form, out, now = ContactForm(), way_out(), clock.now()
        if form.validate_on_submit():
            drafts.save_contact(here.draft, form.values(), here.clinic, now=now)
            return see(out or here.saved().next_url())
        if out and form.is_of_child:
            return see(under_age(here.contact["start"].get("for_whom")))
        if out:
            values = form.typed_values()
            drafts.keep_unfinished(here.draft, "contact", values, here.clinic, now=now)
            return see(out)
    return _contact_page(form, here.page(step))


def _contact_page(form: ContactForm, page: dict[str, Any]) -> str:
    form.state.hint = summary.served_words(current_clinic())
    return render_template("patient/contact.html", form=form, **page)


@blueprint.get("/leave")
def leave() -> ResponseReturnValue:
    """Take the request off the screen: forget it in this browser, and show the weather instead.

    Not by a redirect, because our content policy lets no form end at another site. Nothing changes
    but the browser's own cookie.
    """
    if request.method == "GET":  # a HEAD is a program that looks where the link leads
        session.pop(DRAFT_COOKIE, None)
    page = render_template("patient/taken_off.html", neutral_page=NEUTRAL_PAGE)
    return page, {"Refresh": f"0; url={NEUTRAL_PAGE}"}


@blueprint.route("/times", methods=["GET", "POST"])
def times() -> ResponseReturnValue:
    """When can you talk?"""
    if request.method == "POST":
        return _save_times()
    here = visit()
    step = here.step(journey.TIMES)
    taken = request.args.get("taken")
    offer = offers.offer(here.draft, here.clinic, now=clock.now(), taken=taken)
    return _times_page(here, step, offer)


def _save_times() -> ResponseReturnValue:
    form, now, out = offers.sent_form(), clock.now(), way_out()
    is_right = form.validate_on_submit()
    if "look" in request.form and not is_anew():
        return _show_others(form, now=now)
    try:
        with changing_visit() as here:
            step = here.step(journey.TIMES)
            if is_right:
                is_held = _keep_times(here, form, now=now)
                onward = here.saved().next_url() if is_held else url_for("wizard.times")
                return see(out or onward)
            if out:
                _keep_unfinished_times(here, form, now=now)
                return see(out)
    except SlotTaken:
        if out:
            form.slot.data = None
            with changing_visit() as here:
                _keep_unfinished_times(here, form, now=now)
            return see(out)
        here = visit()
        gone = offers.offer(here.draft, here.clinic, now=now, form=form, taken=form.slot.data)
        return _times_page(here, step, gone), 409
    return _times_page(here, step, offers.offer(here.draft, here.clinic, now=now, form=form))


def _keep_times(here: Visit, form: TimesForm, *, now: datetime) -> bool:
    """Save what suits the person, and hold the time they chose.

    Returns False if staff have booked another one meanwhile.
    """
    wants_slot = form.slot.data != NO_SLOT
    zone = offers.zone_of_page(here.draft, here.clinic).key
    values = form.values() | {"slot_chosen": wants_slot, "time_zone": zone}
    drafts.save_times(here.draft, values, here.clinic, now=now)
    if not wants_slot:
        booking.release(here.draft, now=now)
        return True
    key, channel = form.slot.data, form.channel.data
    kept = booking.hold(here.draft, key, here.clinic, now=now, time_zone=zone, channel=channel)
    count_begun(now=now)
    return kept.status == "hold" or scheduling.is_at(kept, key)


def _keep_unfinished_times(here: Visit, form: TimesForm, *, now: datetime) -> None:
    """Keep what was said, but hold no time for somebody who leaves."""
    zone = offers.zone_of_page(here.draft, here.clinic).key
    values = form.typed_values() | {"time_zone": zone}
    drafts.keep_unfinished(here.draft, journey.TIMES, values, here.clinic, now=now)


def _show_others(form: TimesForm, *, now: datetime) -> ResponseReturnValue:
    """Show other days, or the times of another zone; what was typed stays, and holds no time.

    A time that was chosen before stays chosen where the page now offers other days.
    """
    with changing_visit() as here:
        here.step(journey.TIMES)
        chosen = drafts.typed(here.draft, journey.TIMES).get("slot")
        right = ({"slot": chosen} if chosen else {}) | form.typed_values()
        drafts.keep_typed(here.draft, journey.TIMES, right, here.clinic, now=now)
        zone = offers.zone_of_page(here.draft, here.clinic, asked=request.form.get("zone"))
    look = request.form["look"]
    day = {"zone": request.args.get("day"), "all": None}.get(look, look)
    asked: dict[str, Any] = {"day": day, "zone": zone.key}
    if request.args.get("from") == "check":
        asked["from"] = "check"
    return see(url_for("wizard.times", **asked))


def _times_page(here: Visit, step: Step, offer: offers.Offer) -> str:
    return render_template("patient/times.html", **offer.page(), **here.page(step))


@blueprint.route("/check", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    """Check your answers, then send."""
    if request.method == "POST":
        return _send()
    here = visit()
    step = here.step(journey.CHECK)
    kept, now = scheduling.seen_for(here.draft.id), clock.now()
    sections = summary.sections(here.draft, here.clinic, here.steps, kept=kept, now=now)
    return render_template(
        "patient/check.html",
        form=SendForm.fill({}),
        asks_to_share=_asks_to_share(here),
        sections=sections,
        **here.page(step),
    )


def _asks_to_share(here: Visit) -> bool:
    """Whether the clinic needs a consent of its own to hand on what this person said."""
    return here.clinic.part_2 and has_segment(here.draft, SUBSTANCE_USE)


def _send() -> ResponseReturnValue:
    form = SendForm()
    try:
        with changing_visit() as here:
            here.step(journey.CHECK)
            form.validate()
            if form.share.data and _asks_to_share(here):
                version, now = here.clinic.notice_version, clock.now()
                consents.give(here.draft.id, consents.SUBSTANCES, version, now=now)
            send(here)
    except SlotTaken:
        return see(url_for("wizard.times", taken=scheduling.last_wish(here.draft.id)))
    return see(url_for("wizard.done"))


@blueprint.get("/done")
def done() -> ResponseReturnValue:
    """We have your request: the reference, and what happens next and when."""
    submission = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if submission is None:
        return see(url_for("pages.home"))
    here = Visit(submission, current_clinic())
    if submission.is_draft:
        return see(here.next_url())
    receipt = summary.receipt(submission, here.clinic, now=clock.now())
    if submission.status == "withdrawn":
        return render_template("patient/withdrawn.html", **receipt)
    open_pages = [here.open_page(step) for step in here.left_open]
    return render_template(
        "patient/done.html",
        open_pages=open_pages,
        may_withdraw=may_withdraw(submission),
        **receipt,
    )


@blueprint.get("/done/appointment.ics")
def calendar() -> ResponseReturnValue:
    """The call as a calendar file, once it is booked."""
    now = clock.now()
    submission = drafts.by_cookie(session.get(DRAFT_COOKIE), now=now)
    owner = (submission.merged_into or submission.id) if submission is not None else None
    kept = scheduling.seen_for(owner) if owner is not None else None
    if kept is None or kept.status != "booked":
        return see(url_for("wizard.done"))
    # The secret link to the call is only mailed; this page sends it again.
    return ics_file(kept, current_clinic(), path=url_for("lost_link.ask"), now=now)
