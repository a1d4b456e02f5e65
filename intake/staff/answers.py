"""Answers of a submission in the words of its questions, for those who may see answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind
from intake.staff.words import when
from intake.submissions.given import earlier_in, given_at

Stored = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question as it was asked, its answer, and the answer before if that was another one.

    `is_quiet`: an answer to a medical question that asks for nobody's attention.
    """

    question: str
    words: str
    before: str
    is_quiet: bool


@dataclass(frozen=True, kw_only=True)
class AnswerList:
    """What was answered to one instrument, when, and the names of its quiet questions."""

    title: str
    version: str
    given: str
    answers: list[Answer]
    quiet: list[str]


def answers_of(stored: Stored, *, tz: ZoneInfo, now: datetime) -> list[AnswerList]:
    """All answers by instrument, in the order of its form."""
    catalog = load_catalog()
    return [
        _list(instrument, stored, tz=tz, now=now)
        for name, instrument in catalog.items()
        if stored.get(name)
    ]


def question_and_answer(item_key: str, answer: object) -> str:
    """A question such as "phq9.q9" in its own words, with its answer."""
    name, _, item_id = item_key.partition(".")
    item = load_catalog()[name].item(item_id)
    return f"“{item.question('en')}” {item.answer(answer, 'en')}"


def _list(instrument: Instrument, stored: Stored, *, tz: ZoneInfo, now: datetime) -> AnswerList:
    given, at = stored[instrument.id], given_at(stored, instrument.id)
    past = earlier_in(stored, instrument.id)
    before: Mapping[str, Any] = past[-1]["answers"] if past else {}
    items = [item for item in instrument.items if item.id in given or item.id in before]
    return AnswerList(
        title=instrument.title,
        version=instrument.version,
        given=when(at, tz, now) if at else "",
        answers=[_answer(item, given.get(item.id), before.get(item.id)) for item in items],
        quiet=[item.short for item in items if _is_quiet(item, given.get(item.id))],
    )


def _answer(item: Item, value: object, before: object) -> Answer:
    changed = before is not None and before != value
    return Answer(
        question=item.question("en"),
        words="Taken back" if value is None else item.answer(value, "en"),
        before=item.answer(before, "en") if changed else "",
        is_quiet=not changed and _is_quiet(item, value),
    )


def _is_quiet(item: Item, value: object) -> bool:
    if not item.short or item.kind is not Kind.CHOICE or value is None:
        return False
    return not any(value in trigger.on for trigger in item.triggers)
