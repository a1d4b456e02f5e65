"""The pages that ask: safety, screening, health and history, and the help some answers call for.

Saved and acted on at every Continue, whatever becomes of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import LANGUAGES, language
from intake.core.phones import phone_text
from intake.patient import journey, questions, summary
from intake.patient.journey import Step
from intake.patient.leaving import AWAY, way_out
from intake.patient.visit import (
    DRAFT_COOKIE,
    Elsewhere,
    Visit,
    changing_visit,
    mail_way_back,
    see,
    send_if_short,
    visit,
)
from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.screening.plan import HEALTH, HISTORY, MOOD, SAFETY, Asked
from intake.screening.triage import speaks_of_danger
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.web.anew import is_anew, keep_wish, switch, wish
from intake.web.forms import Form
from intake.web.templates import blank_page

blueprint = Blueprint("answering", __name__, url_prefix="/request")
blueprint.after_request(keep_wish)

ACUTE_THOUGHTS = frozenset({"S1", "S2"})
THOUGHTS = ACUTE_THOUGHTS | {"S3", "S4"}
"""Rules that fire for thoughts of death or suicide."""
HEADACHE = "headache_burden"
"""The instrument that asks for emergency signs."""


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
    here = visit(even_sent=True)
    sheet = _sheet(here, key, further=further)
    is_closed = not here.draft.is_draft and not here.is_left_open(sheet.step)
    if not sheet.items or is_closed:  # what was sent is not shown again
        return here.onward()
    given, page = here.answers.get(key), here.page(sheet.step, further=further)
    if given:
        return sheet.draw(sheet.form(given), page)
    differences = (*page.values(), *(item.id for item in sheet.items))
    return blank_page(here.clinic, *differences, draw=lambda: sheet.draw(sheet.form({}), page))


def _answer(key: str, *, further: bool) -> ResponseReturnValue:
    """Take in a page, also when the form is no longer open in this browser.

    Then nothing can be saved; but whoever told of danger is told so, and shown all ways to help.
    """
    try:
        return _take_in(key, further=further)
    except Elsewhere:
        if wish() == AWAY:
            return see(url_for("wizard.leave"))
        if questions.sent_danger(key, language()):
            return see(url_for("pages.urgent_help", unsaved=1))
        raise


def _take_in(key: str, *, further: bool) -> ResponseReturnValue:
    """Save the answers of a page and act on them, also when the request was sent meanwhile.

    An answer that speaks of danger is saved and acted on whatever else is wrong on the page, even
    when the page is skipped or left, and when it was shown before the request took another way.
    """
    with changing_visit(even_sent=True) as here:
        if wish() == AWAY:
            mail_way_back(here)
        sheet = _sheet_if_asked(here, key, further=further)
        if sheet is None or _is_of_old(sheet):
            told = questions.sent_danger(key, here.language)
            if told:
                return _save(here, _step_of(here, key), told, further=False)
        sheet = sheet or _sheet(here, key, further=further)
        if not sheet.items:
            return here.onward()
        form = sheet.form({}, demand="leave_blank" not in request.form)
        save = _save_before_anew if is_anew() else _save_form
        gone_on = save(here, sheet, form, further=further)
        if gone_on is not None:
            return gone_on
    if is_anew():
        switch()
        here = Visit(here.draft, here.clinic)
        sheet = _sheet(here, key, further=further)
        form = sheet.form({})
    return sheet.draw(form, here.page(sheet.step, further=further))


def _save_before_anew(
    here: Visit, sheet: questions.Sheet, form: Form, *, further: bool
) -> ResponseReturnValue | None:
    """Save what tells of danger on a page that is to be shown in another theme or language; all
    that is right if that language asks other questions. None if it can be shown as it was sent.
    """
    form.validate()
    right = form.right_values()
    told = speaks_of_danger(load_catalog(), sheet.step.key, right)
    if told or not _asks_the_same(here, sheet, further=further):
        return _save_part(here, sheet.step, right, further=further)
    return None


def _asks_the_same(here: Visit, sheet: questions.Sheet, *, further: bool) -> bool:
    """Whether a page has all its questions also in the language that was asked for."""
    if wish() not in LANGUAGES:
        return True
    there = Visit(here.draft, here.clinic, wish())
    other = _sheet_if_asked(there, sheet.step.key, further=further)
    asked = {item.id for item in other.items} if other is not None else set()
    return asked >= {item.id for item in sheet.items}


def _save_form(
    here: Visit, sheet: questions.Sheet, form: Form, *, further: bool
) -> ResponseReturnValue | None:
    """Save what is to be saved of a page; None if it must be shown again. In the unit of work."""
    step = sheet.step
    is_right = form.validate_on_submit() and questions.agrees(form, step.key)
    skips = "skip" in request.form and (step.is_skippable or further)
    if is_right and not skips:
        return _save(here, step, form.values(), further=further)
    gone_on = _save_part(here, step, form.right_values(), further=further)
    if gone_on is not None:
        return gone_on
    is_part = further or here.is_in_part(step)
    kept = step.key in here.answers and not is_part  # what was answered before stays
    if skips and not kept:
        return _save(here, step, {} if is_part else None, further=further)
    is_closed = not here.draft.is_draft and not here.is_left_open(step)
    return here.onward() if skips or is_closed else None


def _sheet_if_asked(here: Visit, key: str, *, further: bool) -> questions.Sheet | None:
    """The questions of a page; None where it is not for this request now, or not yet."""
    try:
        return _sheet(here, key, further=further)
    except HTTPException:
        return None


def _step_of(here: Visit, key: str) -> Step:
    """The step that asks an instrument, though it may not be opened now."""
    due = (each for each in here.steps if each.key == key)
    return next(due, Step(key, Asked(key)))


def _is_of_old(sheet: questions.Sheet) -> bool:
    """Whether the page that was sent holds questions that are not asked any more."""
    asked = {item.id for item in sheet.items}
    return any(
        item.id in request.form and item.id not in asked
        for item in load_catalog()[sheet.step.key].items
    )


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
    return questions.Sheet(step, items, here.language, further=further)


def _save(
    here: Visit,
    step: Step,
    values: Mapping[str, Any] | None,
    *,
    further: bool,
    marks: Sequence[str] = (),
) -> ResponseReturnValue:
    """Save the answers of a page (None: all skipped) and go on, by way of help if it is needed.

    In the current unit of work. Help comes before further questions, except for safety: its last
    one decides which help. `marks` say that the page was left before its end.
    """
    given = frozenset(values or ())
    if values is not None:
        values = {**here.answers.get(step.key, {}), **values}
    blank = marks or ([journey.further_key(step.key)] if further else [])
    drafts.save_answers(
        here.draft, step.key, values, here.clinic, now=clock.now(), left_blank=blank
    )
    here = here.saved()
    send_if_short(here)
    if step.key not in here.done and step.key == SAFETY:
        return _see_more(step)
    if _calls_for_help(here, step, given):
        return see(url_for("answering.help_now", **_what_for(here, step)))
    out = way_out()
    if out and (here.draft.is_draft or wish() == AWAY):
        return see(out)
    return here.onward() if step.key in here.done else _see_more(step)


def _see_more(step: Step) -> ResponseReturnValue:
    return see(url_for("answering.more", instrument=step.key, **_origin()))


def _save_part(
    here: Visit, step: Step, right: Mapping[str, Any], *, further: bool
) -> ResponseReturnValue | None:
    """Save what is right on a page that is not, if it tells of danger or the person leaves it.

    What is open on it is asked when they come back. In the current unit of work.
    """
    marks = [journey.unfinished_key(step.key, further=further)] if "leave" in request.form else []
    if speaks_of_danger(load_catalog(), step.key, right):
        blank = [] if step.key == SAFETY else marks
        return _save(here, step, right, further=further, marks=blank)
    if right and marks:
        values = {**here.answers.get(step.key, {}), **right}
        was_done = step.key in here.answers and step.key in here.done
        drafts.save_answers(
            here.draft,
            step.key,
            values,
            here.clinic,
            now=clock.now(),
            left_blank=[] if was_done else marks,
        )
    return see(way_out() or here.saved().next_url()) if marks else None


def _origin() -> dict[str, Any]:
    """Where a change began, to go back there."""
    return {"from": "check"} if request.args.get("from") == "check" else {}


def _what_for(here: Visit, step: Step) -> dict[str, Any]:
    """Which help comes first, where the latest answers need another one than earlier answers."""
    is_other = step.key == HEADACHE and _rules(here.draft) & THOUGHTS
    return {"first": "medical"} if is_other else {}


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
    if draft is None or draft.level_rank < Level.URGENT.rank:
        return see(url_for("pages.urgent_help"))
    here, rules = Visit(draft, current_clinic()), _rules(draft)
    is_medical, medical_first = "H1" in rules, request.args.get("first") == "medical"
    page = {
        "onward": here.next_url(),
        "sent": not draft.is_draft,
        "with_other": here.is_for_other,
        "told": _spoke_of_it(here),
        "medical": is_medical,
        "thoughts": rules & THOUGHTS,
        "keep": "&first=medical" if medical_first else "",
        "call_back": summary.callback(draft, here.clinic, now=clock.now()),
    }
    if is_medical and (medical_first or not rules & THOUGHTS):
        return render_template("patient/help_medical.html", **page)
    if rules & ACUTE_THOUGHTS:
        return render_template("patient/help_acute.html", **page)
    return render_template("patient/help_support.html", **page)


@blueprint.get("/stopped")
def stopped() -> ResponseReturnValue:
    """We have what somebody told us who stops at a page of help: when we call, and whom to call."""
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is None:
        return see(url_for("pages.urgent_help"))
    here = Visit(draft, current_clinic())
    if not draft.is_draft:
        return see(here.next_url())
    if draft.level_rank < Level.URGENT.rank:
        return see(url_for("resume.save"))
    return render_template(
        "patient/stopped.html",
        reference=draft.reference,
        call_back=summary.callback(draft, here.clinic, now=clock.now()),
        voice=phone_text(here.contact.get("contact", {}).get("phone", "")),
        onward=here.next_url(),
        with_other=here.is_for_other,
    )


def _rules(draft: Submission) -> set[str]:
    return {reason["rule"] for reason in (draft.triage or {}).get("reasons", [])}


def _spoke_of_it(here: Visit) -> bool:
    """Whether the person told of such thoughts, and did not only decline to answer."""
    said = here.answers.get(SAFETY, {}).values()
    return "yes" in said or bool(here.answers.get(MOOD, {}).get("q9"))
