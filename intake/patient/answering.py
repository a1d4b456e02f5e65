"""The pages that ask: safety, screening, health and history.

Saved and acted on at every Continue, whatever becomes of the rest.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from intake.core.i18n import LANGUAGES, language
from intake.patient import journey, questions
from intake.patient.addresses import Elsewhere, see
from intake.patient.journey import Step
from intake.patient.leaving import AWAY, mail_way_back
from intake.patient.saving import marks_of, save, save_form, save_part
from intake.patient.visit import (
    Visit,
    changing_visit,
    visit,
)
from intake.screening.catalog import load_catalog
from intake.screening.plan import HEALTH, HISTORY, SAFETY, Asked
from intake.screening.triage import speaks_of_danger
from intake.web.anew import is_anew, keep_wish, switch, wish
from intake.web.forms import Form
from intake.web.templates import blank_page

blueprint = Blueprint("answering", __name__, url_prefix="/request")
blueprint.after_request(keep_wish)


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
        form = sheet.form(given)
        if "open" in request.args and journey.is_unfinished(key, here.answers):
            form.validate()  # say what is open, as Continue did not: help came first
        return sheet.draw(form, page)
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
            mail_way_back(here.draft, here.clinic)
        sheet = _sheet_if_asked(here, key, further=further)
        if sheet is None or _is_of_old(sheet):
            told = questions.sent_danger(key, here.language)
            if told:
                return save(here, _step_of(here, key), told, further=False)
        sheet = sheet or _sheet(here, key, further=further)
        if not sheet.items:
            return here.onward()
        form = sheet.form({}, demand="leave_blank" not in request.form)
        take = _save_before_anew if is_anew() else save_form
        gone_on = take(here, sheet, form, further=further)
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
        marks = marks_of(sheet, form, skips=False)
        return save_part(here, sheet.step, right, further=further, marks=marks)
    return None


def _asks_the_same(here: Visit, sheet: questions.Sheet, *, further: bool) -> bool:
    """Whether a page has all its questions also in the language that was asked for."""
    if wish() not in LANGUAGES:
        return True
    there = Visit(here.draft, here.clinic, wish())
    other = _sheet_if_asked(there, sheet.step.key, further=further)
    asked = {item.id for item in other.items} if other is not None else set()
    return asked >= {item.id for item in sheet.items}


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
