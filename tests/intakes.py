"""Whole intakes for tests: every question answered, in a quiet or in the gravest way."""

from typing import Any

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.patient.journey import LEFT_TO_THE_CALL
from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind
from intake.submissions import drafts, service
from intake.submissions.assessment import plan_of
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING

ALL = ["depression", "chronic_pain", "ptsd", "migraine"]


def gravest(item: Item) -> Any:
    """The answer that says the most; where several may be chosen, three of them."""
    match item.kind:
        case Kind.CHOICE:
            alarming = [each for trigger in item.triggers for each in trigger.on]
            options = [option for option in item.options if option.id not in ("unsure", "declined")]
            scored = max(options, key=lambda option: option.score or 0)
            named = {option.id: option.value for option in options}
            return next((named[key] for key in (*alarming, "yes") if key in named), scored.value)
        case Kind.MULTI:
            return [option.value for option in item.options if not option.exclusive][:3]
        case Kind.INTEGER:
            return item.maximum
        case Kind.TEXT:
            return "Sertraline 50 mg, amlodipine 5 mg, vitamin D"[: item.max_length]


def mildest(item: Item) -> Any:
    """The answer that says the least."""
    match item.kind:
        case Kind.CHOICE:
            alarming = {each for trigger in item.triggers for each in trigger.on}
            quiet = [option for option in item.options if option.id not in alarming]
            no = [option for option in quiet if option.id == "no"]
            return (no or sorted(quiet, key=lambda option: option.score or 0))[0].value
        case Kind.MULTI:
            exclusive = [option.value for option in item.options if option.exclusive]
            return exclusive[:1] or [item.options[0].value]
        case Kind.INTEGER:
            return item.minimum
        case Kind.TEXT:
            return ""


def answers_to(instrument: Instrument, choose: Any, conditions: list[str]) -> dict[str, Any]:
    """Answers to every question that is shown, question after question."""
    given: dict[str, Any] = {"conditions": conditions} if instrument.id == "history" else {}
    for item in instrument.items:
        is_asked = not (instrument.id == "history" and item.id.startswith(LEFT_TO_THE_CALL))
        if is_asked and item in instrument.visible_items(given):
            given[item.id] = choose(item)
    return given


def full(choose: Any = gravest, conditions: Any = ALL, **contact: Any) -> Submission:
    """A sent request with every question answered; those on mood twice, first mildly."""
    clinic, draft = current_clinic(), factories.begin(conditions=conditions)
    now, catalog = MONDAY_MORNING, load_catalog()
    with unit_of_work():
        drafts.save_contact(draft, {**factories.CONTACT, **contact}, clinic, now=now)
        mood = answers_to(catalog["phq9"], mildest, conditions)
        drafts.save_answers(draft, "phq9", mood, clinic, now=now)
        for each in plan_of(draft, clinic).everything:
            given = answers_to(catalog[each.id], choose, conditions)
            drafts.save_answers(draft, each.id, given, clinic, now=now)
        drafts.save_times(draft, factories.TIMES, clinic, now=now)
        service.submit(draft, clinic, now=now)
    return draft
