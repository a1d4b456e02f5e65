"""Saving what a page that asks was sent with, acting on it, and where that leads.

An answer that speaks of danger is saved and acted on whatever else is wrong on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from intake.core import clock
from intake.patient import journey, questions
from intake.patient.addresses import see
from intake.patient.helping import THOUGHTS, rules_of
from intake.patient.journey import Step
from intake.patient.leaving import AWAY, way_out
from intake.patient.sending import send_if_short
from intake.patient.visit import Visit
from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.screening.plan import SAFETY
from intake.screening.triage import speaks_of_danger
from intake.submissions import drafts
from intake.web.anew import wish
from intake.web.forms import Form

HEADACHE = "headache_burden"
"""The instrument that asks for emergency signs."""


def save_form(
    here: Visit, sheet: questions.Sheet, form: Form, *, further: bool
) -> ResponseReturnValue | None:
    """Save what is to be saved of a page; None if it must be shown again. In the unit of work."""
    step = sheet.step
    is_right = form.validate_on_submit() and questions.agrees(form, step.key)
    skips = "skip" in request.form and (step.is_skippable or further)
    right, marks = form.right_values(), marks_of(sheet, form, skips=skips)
    if is_right and not skips:
        return save(here, step, form.values(), further=further, marks=marks)
    if not (skips and _was_told(here, step, right)):
        gone_on = save_part(here, step, right, further=further, marks=marks)
        if gone_on is not None:
            return gone_on
    if skips:
        return _skip(here, step, further=further, marks=marks)
    is_closed = not here.draft.is_draft and not here.is_left_open(step)
    return here.onward() if is_closed else None


def _skip(here: Visit, step: Step, *, further: bool, marks: Sequence[str]) -> ResponseReturnValue:
    """Leave a page without its answers; what was answered of a whole page before stays."""
    is_part = further or here.is_in_part(step)
    if step.key in here.answers and not is_part:
        return here.onward()
    return save(here, step, {} if is_part else None, further=further, marks=marks)


def marks_of(sheet: questions.Sheet, form: Form, *, skips: bool) -> list[str]:
    """What to note of a page on which something is open: it is asked again, or the person chose to
    leave that."""
    if form.errors and not skips:
        return [journey.unfinished_key(sheet.step.key, further=sheet.further)]
    is_whole = sheet.further or sheet.is_whole(form.right_values())
    return [] if is_whole else [journey.part_key(sheet.step.key)]


def _was_told(here: Visit, step: Step, right: Mapping[str, Any]) -> bool:
    """Whether all of a page that is asked again was known and acted on before."""
    known = here.answers.get(step.key, {})
    return journey.is_unfinished(step.key, here.answers) and right.items() <= known.items()


def save(
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
    given = _news(here, step, values or {})
    if values is not None:
        values = {**here.answers.get(step.key, {}), **values}
    blank = list(marks)
    if further:  # what is open on the first page stays so
        blank = blank or [journey.further_key(step.key)]
        blank += journey.marks_of_first(step.key, here.answers)
    drafts.save_answers(
        here.draft, step.key, values, here.clinic, now=clock.now(), left_blank=blank
    )
    here = here.saved()
    send_if_short(here)
    return _after(here, step, given, further=further, is_marked=bool(marks))


def _after(
    here: Visit, step: Step, given: frozenset[str], *, further: bool, is_marked: bool
) -> ResponseReturnValue:
    """Where saving leads: to the last question of safety, to help, out, or on."""
    if step.key == SAFETY and not further and here.has_open_questions(step):
        return _see_more(step)
    if _calls_for_help(here, step, given):
        return see(url_for("helping.now", **_what_for(here, step)))
    out = way_out()
    if out and (here.draft.is_draft or wish() == AWAY):
        return see(out)
    is_late = is_marked and not here.draft.is_draft  # the confirmation offers the rest
    return here.onward() if step.key in here.done or is_late else _see_more(step)


def _see_more(step: Step) -> ResponseReturnValue:
    return see(url_for("answering.more", instrument=step.key, **_origin()))


def _news(here: Visit, step: Step, values: Mapping[str, Any]) -> frozenset[str]:
    """The questions just answered; of a page that is asked again, those answered otherwise."""
    if not journey.is_unfinished(step.key, here.answers):
        return frozenset(values)
    known = here.answers.get(step.key, {})
    return frozenset(key for key, value in values.items() if known.get(key) != value)


def save_part(
    here: Visit, step: Step, right: Mapping[str, Any], *, further: bool, marks: Sequence[str]
) -> ResponseReturnValue | None:
    """Save what is right on a page that is not, if it tells of danger or the person leaves it.

    What is open on it is asked again after the help, or when they come back. In the current unit
    of work.
    """
    if speaks_of_danger(load_catalog(), step.key, right):
        return save(here, step, right, further=further, marks=marks)
    if "leave" not in request.form:
        return None
    if right:
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
    return see(way_out() or here.saved().next_url())


def _origin() -> dict[str, Any]:
    """Where a change began, to go back there."""
    return {"from": "check"} if request.args.get("from") == "check" else {}


def _what_for(here: Visit, step: Step) -> dict[str, Any]:
    """Which help comes first, where the latest answers need another one than earlier answers."""
    is_other = step.key == HEADACHE and rules_of(here.draft) & THOUGHTS
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
