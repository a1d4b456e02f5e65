"""The patient's way: one page after another, saved after each, until the request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.patient import journey, offers, questions, summary
from intake.patient.forms import NO_SLOT, CheckForm, ContactForm, StartForm, TimesForm
from intake.patient.journey import Step
from intake.patient.limits import count_begun
from intake.patient.visit import (
    DRAFT_COOKIE,
    Visit,
    changing_visit,
    see,
    send,
    send_if_short,
    starting_visit,
    visit,
)
from intake.scheduling import queries as scheduling
from intake.scheduling import service as booking
from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.screening.plan import HEALTH, HISTORY, SAFETY
from intake.screening.triage import speaks_of_danger
from intake.submissions import drafts
from intake.web.templates import blank_page

blueprint = Blueprint("wizard", __name__, url_prefix="/request")

NEUTRAL_PAGE = "https://www.weather.gov/"
"""What is seen instead by somebody who comes in while a person answers."""


@blueprint.route("/start", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """What would you like help with?"""
    if request.method == "POST":
        return _begin()
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is not None and draft.is_draft:
        here = Visit(draft, current_clinic())
        return _start_page(StartForm(data=here.contact.get("start", {})), len(here.steps))
    return blank_page(current_clinic(), draw=lambda: _start_page(StartForm(), 0))


def _begin() -> ResponseReturnValue:
    form = StartForm()
    if not form.validate_on_submit():
        return _start_page(form, 0)
    if form.age18.data == "no":
        return see(url_for("pages.not_for_you"))
    with starting_visit(form.values()) as here:
        return here.saved().onward()


def _start_page(form: StartForm, total: int) -> str:
    return render_template("patient/start.html", form=form, total=total)


@blueprint.route("/contact", methods=["GET", "POST"])
def contact() -> ResponseReturnValue:
    """How can we reach you?"""
    if request.method == "POST":
        return _save_contact()
    here = visit()
    page, stored = here.page(here.step("contact")), here.contact.get("contact")
    if stored:
        return _contact_page(ContactForm(data=stored), page)
    return blank_page(here.clinic, *page.values(), draw=lambda: _contact_page(ContactForm(), page))


def _save_contact() -> ResponseReturnValue:
    with changing_visit() as here:
        step = here.step("contact")
        form = ContactForm()
        if form.validate_on_submit():
            drafts.save_contact(here.draft, form.values(), here.clinic, now=clock.now())
            return here.saved().onward()
    return _contact_page(form, here.page(step))


def _contact_page(form: ContactForm, page: dict[str, Any]) -> str:
    return render_template("patient/contact.html", form=form, **page)


@blueprint.route("/safety", methods=["GET", "POST"])
def safety() -> ResponseReturnValue:
    """Your safety: asked of everyone, saved and acted on at once."""
    return _ask(SAFETY)


@blueprint.route("/screening/<instrument>", methods=["GET", "POST"])
def screening(instrument: str) -> ResponseReturnValue:
    """One instrument that the chosen conditions call for."""
    if instrument in (SAFETY, HEALTH, HISTORY) or instrument not in load_catalog():
        abort(404)
    return _ask(instrument)


@blueprint.route("/health", methods=["GET", "POST"])
def health() -> ResponseReturnValue:
    """Medical safety questions; they never reject anybody."""
    return _ask(HEALTH)


@blueprint.route("/history", methods=["GET", "POST"])
def history() -> ResponseReturnValue:
    """What was tried, who treats the person now, how they plan to pay."""
    return _ask(HISTORY)


@blueprint.route("/more/<instrument>", methods=["GET", "POST"])
def more(instrument: str) -> ResponseReturnValue:
    """The questions that earlier answers to an instrument call for."""
    return _ask(instrument, further=True)


def _ask(key: str, *, further: bool = False) -> ResponseReturnValue:
    if request.method == "POST":
        return _answer(key, further=further)
    here = visit()
    sheet = _sheet(here, key, further=further)
    if not sheet.items:
        return here.onward()
    given = here.answers.get(key)
    if given:
        return sheet.draw(sheet.form(given))
    differences = (*sheet.page.values(), *(item.id for item in sheet.items))
    return blank_page(here.clinic, *differences, draw=lambda: sheet.draw(sheet.form({})))


def _answer(key: str, *, further: bool) -> ResponseReturnValue:
    """Save the answers of a page and act on them, also when the request was sent meanwhile.

    An answer that speaks of danger is saved and acted on whatever else is wrong on the page, and
    even when the page is skipped.
    """
    with changing_visit(even_sent=True) as here:
        sheet = _sheet(here, key, further=further)
        if not sheet.items:
            return here.onward()
        form = sheet.form({}, demand="leave_blank" not in request.form)
        is_right = form.validate_on_submit() and questions.agrees(form, key)
        skips = "skip" in request.form and (sheet.step.is_skippable or further)
        if is_right and not skips:
            return _save(here, sheet.step, form.values(), further=further)
        right = {each.name: each.stored for each in form if each.is_given and not each.errors}
        if speaks_of_danger(load_catalog(), key, right):
            return _save(here, sheet.step, right, further=further)
        is_part = further or here.was_cut_short(sheet.step)
        kept = key in here.answers and not is_part  # what was answered before stays
        if skips and not kept:
            return _save(here, sheet.step, {} if is_part else None, further=further)
        if skips or not here.draft.is_draft:
            return here.onward()
    return sheet.draw(form)


def _sheet(here: Visit, key: str, *, further: bool) -> questions.Sheet:
    """The questions of a page of this person's request."""
    step = here.step(key)
    assert step.asked is not None
    conditions = here.contact.get("start", {}).get("conditions", [])
    if further:
        given = here.answers.get(key, {})
        asked = replace(step.asked, gated=step.asked.gated or here.was_cut_short(step))
        items = journey.further_items(load_catalog(), asked, conditions, given)
    else:
        items = journey.first_items(load_catalog(), step.asked, conditions)
    page = here.page(step, further=further)
    return questions.Sheet(step, items, here.language, further=further, page=page)


def _save(
    here: Visit, step: Step, values: Mapping[str, Any] | None, *, further: bool
) -> ResponseReturnValue:
    """Save the answers of a page (None: all skipped) and go on, by way of help if it is needed.

    In the current unit of work. Help comes before further questions, except for safety: its last
    one decides which help.
    """
    given = frozenset(values or ())
    if values is not None:
        values = {**here.answers.get(step.key, {}), **values}
    blank = [journey.further_key(step.key)] if further else []
    drafts.save_answers(
        here.draft, step.key, values, here.clinic, now=clock.now(), left_blank=blank
    )
    here = here.saved()
    send_if_short(here)
    more = url_for("wizard.more", instrument=step.key, **_origin())
    if step.key not in here.done and step.key == SAFETY:
        return see(more)
    if _calls_for_help(here, step, given):
        return see(url_for("wizard.help_now"))
    return here.onward() if step.key in here.done else see(more)


def _origin() -> dict[str, Any]:
    """Where a change began, to go back there."""
    return {"from": "check"} if request.args.get("from") == "check" else {}


def _calls_for_help(here: Visit, step: Step, given: frozenset[str]) -> bool:
    """Whether the answers just given raised an urgent flag; those to safety count together."""
    urgent = {Level.URGENT.value, Level.URGENT_ACUTE.value}
    questions_behind = {
        item
        for reason in (here.draft.triage or {}).get("reasons", [])
        if reason["level"] in urgent
        for item in reason["items"]
    }
    if step.key == SAFETY:
        return any(item.startswith(f"{SAFETY}.") for item in questions_behind)
    return any(f"{step.key}.{item}" in questions_behind for item in given)


@blueprint.get("/help-now")
def help_now() -> ResponseReturnValue:
    """Help that is there right now. Never blocks the way on."""
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is None:
        return see(url_for("pages.urgent_help"))
    if draft.level_rank < Level.URGENT.rank:
        return see(url_for("pages.urgent_help"))
    here = Visit(draft, current_clinic())
    rules = {reason["rule"] for reason in (draft.triage or {}).get("reasons", [])}
    page = {"onward": here.next_url(), "sent": not draft.is_draft, "medical": "H1" in rules}
    if rules & {"S1", "S2"}:
        return render_template("patient/help_acute.html", **page)
    if not rules & {"S3", "S4"}:
        return render_template("patient/help_medical.html", **page)
    same_day = summary.same_day_text(here.clinic, now=clock.now())
    return render_template("patient/help_support.html", same_day=same_day, **page)


@blueprint.get("/leave")
def leave() -> ResponseReturnValue:
    """Take the request off the screen: forget it in this browser, and show the weather instead.

    A link and not a form, because our content policy lets no form end at another site. Nothing
    changes but the browser's own cookie.
    """
    if request.method == "GET":  # a HEAD is a program that looks where the link leads
        session.pop(DRAFT_COOKIE, None)
    return see(NEUTRAL_PAGE)


@blueprint.route("/times", methods=["GET", "POST"])
def times() -> ResponseReturnValue:
    """When can you talk?"""
    if request.method == "POST":
        return _save_times()
    here = visit()
    step = here.step(journey.TIMES)
    return _times_page(here, step, offers.offer(here.draft, here.clinic, now=clock.now()))


def _save_times() -> ResponseReturnValue:
    form, now = offers.sent_form(), clock.now()
    is_right = form.validate_on_submit()
    try:
        with changing_visit() as here:
            step = here.step(journey.TIMES)
            if is_right:
                _keep_times(here, form, now=now)
                return here.saved().onward()
    except booking.SlotTaken:
        here = visit()
        gone = offers.offer(here.draft, here.clinic, now=now, form=form, taken=form.slot.data)
        return _times_page(here, step, gone), 409
    return _times_page(here, step, offers.offer(here.draft, here.clinic, now=now, form=form))


def _keep_times(here: Visit, form: TimesForm, *, now: datetime) -> None:
    """Save what suits the person, and hold the time they chose."""
    wants_slot = form.slot.data != NO_SLOT
    zone = offers.zone_of_page(here.draft, here.clinic).key
    values = form.values() | {"slot_chosen": wants_slot, "time_zone": zone}
    drafts.save_times(here.draft, values, here.clinic, now=now)
    if not wants_slot:
        booking.release(here.draft, now=now)
        return
    channel = form.channel.data
    booking.hold(here.draft, form.slot.data, here.clinic, now=now, time_zone=zone, channel=channel)
    count_begun(now=now)


def _times_page(here: Visit, step: Step, offer: offers.Offer) -> str:
    return render_template("patient/times.html", **offer.page(), **here.page(step))


@blueprint.route("/check", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    """Check your answers, then send."""
    if request.method == "POST":
        return _send()
    here = visit()
    step = here.step(journey.CHECK)
    kept = scheduling.kept_for(here.draft.id)
    sections = summary.sections(here.draft, here.clinic, here.steps, kept)
    return render_template(
        "patient/check.html", form=CheckForm(), sections=sections, **here.page(step)
    )


def _send() -> ResponseReturnValue:
    try:
        with changing_visit() as here:
            here.step(journey.CHECK)
            send(here)
    except booking.SlotTaken:
        return see(url_for("wizard.times", taken=1))
    return see(url_for("wizard.done"))


@blueprint.get("/done")
def done() -> ResponseReturnValue:
    """We have your request: the reference, and what happens next and when."""
    submission = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if submission is None:
        return see(url_for("pages.home"))
    if submission.is_draft:
        return see(Visit(submission, current_clinic()).next_url())
    return render_template("patient/done.html", **summary.receipt(submission, current_clinic()))
