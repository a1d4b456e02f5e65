"""The patient's way: one page after another, saved after each, until the request is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import language
from intake.patient import journey, offers, questions, summary
from intake.patient.forms import CheckForm, ContactForm, StartForm
from intake.patient.journey import Step
from intake.patient.visit import DRAFT_COOKIE, Visit, see, send_if_short, visit
from intake.scheduling import queries as scheduling
from intake.scheduling import service as booking
from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.screening.plan import HEALTH, HISTORY, SAFETY
from intake.submissions import assessment, drafts, service

blueprint = Blueprint("wizard", __name__, url_prefix="/request")

NEUTRAL_PAGE = "https://www.weather.gov/"
"""What is seen instead by somebody who comes in while a person answers."""


@blueprint.route("/start", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """What would you like help with?"""
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    current = draft if draft is not None and draft.is_draft else None
    form = StartForm(data=(current.contact or {}).get("start", {}) if current else {})
    if not form.validate_on_submit():
        total = len(Visit(current, current_clinic()).steps) if current else 0
        return render_template("patient/start.html", form=form, total=total)
    if form.age18.data == "no":
        return see(url_for("pages.not_for_you"))
    begun = save_start(form.values())
    return begun.onward(begun.steps[0])


def save_start(values: Mapping[str, Any]) -> Visit:
    """Save the first page: into this browser's draft, or into a new one."""
    clinic, now = current_clinic(), clock.now()
    with unit_of_work():
        draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=now, lock=True)
        if draft is not None and draft.is_draft:
            drafts.save_start(draft, values, clinic, now=now)
        else:
            draft, token = drafts.begin(values, clinic, language=language(), now=now)
            session[DRAFT_COOKIE] = token
    return Visit(draft, clinic)


@blueprint.route("/contact", methods=["GET", "POST"])
def contact() -> ResponseReturnValue:
    """How can we reach you?"""
    here = visit()
    step = here.step("contact")
    form = ContactForm(data=here.contact.get("contact", {}))
    if not form.validate_on_submit():
        return render_template("patient/contact.html", form=form, **here.page(step))
    with unit_of_work():
        here = visit(lock=True)
        drafts.save_contact(here.draft, form.values(), here.clinic, now=clock.now())
    return here.onward(step)


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
    here = visit()
    step = here.step(key)
    items = _items(here, step, further=further)
    if not items:
        return here.onward(step)
    if request.method == "POST" and "skip" in request.form and (step.is_skippable or further):
        return _save(step, None if not further else {}, further=further)
    demand = "leave_blank" not in request.form
    form = questions.question_form(key, items, here.draft.language, demand=demand)(
        data=here.answers.get(key, {})
    )
    if form.validate_on_submit() and questions.agrees(form, key):
        return _save(step, form.values(), further=further)
    return render_template(
        questions.template(key, further=further),
        form=form,
        instrument=load_catalog()[key],
        blocks=questions.blocks(form, items),
        language=here.draft.language,
        heading=questions.heading(key, further=further),
        further=further,
        **here.page(step, further=further),
    )


def _items(here: Visit, step: Step, *, further: bool) -> tuple[Any, ...]:
    assert step.asked is not None
    conditions = assessment.conditions_of(here.draft)
    if not further:
        return journey.first_items(load_catalog(), step.asked, conditions)
    given = here.answers.get(step.key, {})
    return journey.further_items(load_catalog(), step.asked, conditions, given)


def _save(step: Step, values: Mapping[str, Any] | None, *, further: bool) -> ResponseReturnValue:
    """Save the answers of a page (None: all skipped) and go on, by way of help if it is needed.

    Help comes before further questions, except for safety: its last one decides which help.
    """
    given = frozenset(values or ())
    with unit_of_work():
        here = visit(lock=True)
        if values is not None:
            values = {**here.answers.get(step.key, {}), **values}
        blank = [journey.further_key(step.key)] if further else []
        drafts.save_answers(
            here.draft, step.key, values, here.clinic, now=clock.now(), left_blank=blank
        )
        here = Visit(here.draft, here.clinic)
        send_if_short(here)
    more = url_for("wizard.more", instrument=step.key, **_origin())
    if step.key not in here.done and step.key == SAFETY:
        return see(more)
    if _calls_for_help(here, step, given):
        return see(url_for("wizard.help_now"))
    return here.onward(step) if step.key in here.done else see(more)


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
    session.pop(DRAFT_COOKIE, None)
    return see(NEUTRAL_PAGE)


@blueprint.route("/times", methods=["GET", "POST"])
def times() -> ResponseReturnValue:
    """When can you talk?"""
    here = visit()
    step = here.step(journey.TIMES)
    offer = offers.offer(here.draft, here.clinic, request.args, now=clock.now())
    if offer.form.validate_on_submit():
        try:
            _save_times(offer)
        except booking.SlotTaken:
            taken = offers.offer(
                here.draft, here.clinic, request.args, now=clock.now(), taken=offer.form.slot.data
            )
            page = render_template("patient/times.html", **taken.page(), **here.page(step))
            return page, 409
        return here.onward(step)
    return render_template("patient/times.html", **offer.page(), **here.page(step))


def _save_times(offer: offers.Offer) -> None:
    form, now = offer.form, clock.now()
    with unit_of_work():
        here = visit(lock=True)
        values = form.values() | {"slot_chosen": offer.wants_slot, "time_zone": offer.zone.key}
        drafts.save_times(here.draft, values, here.clinic, now=now)
        if offer.wants_slot:
            booking.hold(
                here.draft,
                form.slot.data,
                here.clinic,
                now=now,
                time_zone=offer.zone.key,
                channel=form.channel.data,
            )
        else:
            booking.release(here.draft, now=now)


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
        with unit_of_work():
            here = visit(lock=True)
            here.step(journey.CHECK)
            booking.keep_for_sending(here.draft, now=clock.now())
            service.submit(here.draft, here.clinic, now=clock.now())
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
