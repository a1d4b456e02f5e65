"""The order of pages: which apply to a person, which is next, which may be opened. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from intake.screening.catalog import Catalog
from intake.screening.item import Item, is_given
from intake.screening.plan import HEALTH, HISTORY, MOOD, SAFETY, Asked, Plan, gate_mark

CONTACT_STEPS = ("start", "contact")
TIMES = "times"
CHECK = "check"


@dataclass(frozen=True, slots=True)
class Step:
    """One page: its key, and the instrument it asks, if it asks one."""

    key: str
    asked: Asked | None = None

    @property
    def is_skippable(self) -> bool:
        """Whether the person may leave the whole page for the call."""
        return self.asked is not None and self.key != SAFETY


@lru_cache(maxsize=1024)  # each page asks for them twice
def steps_of(plan: Plan, *, short_way: bool = False) -> tuple[Step, ...]:
    """All pages of one person, in order; the short way ends after the safety page.

    Where the safety questions cannot be asked, it ends after those on mood, which hold one.
    """
    safety = (Step(SAFETY, plan.safety),) if plan.safety else ()
    opening = (*(Step(key) for key in CONTACT_STEPS), *safety)
    if short_way and safety:
        return opening
    if short_way:
        return (*opening, *(Step(each.id, each) for each in plan.screening if each.id == MOOD))
    return (
        *opening,
        *(Step(asked.id, asked) for asked in plan.screening),
        Step(HEALTH, Asked(HEALTH)),
        Step(HISTORY, Asked(HISTORY)),
        Step(TIMES),
        Step(CHECK),
    )


def asking_steps(plan: Plan) -> tuple[Step, ...]:
    """The pages with questions, also those that the short way leaves to the call."""
    return tuple(Step(asked.id, asked) for asked in plan.everything)


def is_left_open(
    asked: Asked, catalog: Catalog, *, contact: Mapping[str, Any], answers: Mapping[str, Any]
) -> bool:
    """Whether an instrument waits for its first answer, or for further ones it led to.

    Where answers are counted, a question that does not count is none to come back for.
    """
    given = answers.get(asked.id)
    is_part = is_unfinished(asked.id, answers) or part_key(asked.id) in answers.get("skipped", [])
    if not given or is_part or was_cut_short(asked, catalog, answers):
        return True
    is_counted = any(item.scored for item in catalog[asked.id].items)
    conditions = contact.get("start", {}).get("conditions", [])
    further = further_items(catalog, asked, conditions, given)
    if is_counted and not any(item.scored for item in further):
        return False
    return has_open_questions(asked, catalog, contact=contact, given=given)


def first_items(catalog: Catalog, asked: Asked, conditions: Collection[str]) -> tuple[Item, ...]:
    """The questions of an instrument's page, before anything on it is answered."""
    return _first_items(catalog, asked, tuple(conditions))


@lru_cache(maxsize=1024)  # each page asks for those of all pages
def _first_items(catalog: Catalog, asked: Asked, conditions: tuple[str, ...]) -> tuple[Item, ...]:
    return _items(catalog, asked, conditions, {})


def further_items(
    catalog: Catalog, asked: Asked, conditions: Collection[str], answers: Mapping[str, Any]
) -> tuple[Item, ...]:
    """The questions that the answers to the first ones call for; they get a page of their own."""
    first = first_items(catalog, asked, conditions)
    return tuple(item for item in _items(catalog, asked, conditions, answers) if item not in first)


LEFT_TO_THE_CALL = ("conditions", "diagnosed_by_", "ad_effect_")
"""History items that have no place here: the first page asks for conditions; who diagnosed them and
how each medicine worked are better asked by the clinician than typed on a phone."""


def _items(
    catalog: Catalog, asked: Asked, conditions: Collection[str], answers: Mapping[str, Any]
) -> tuple[Item, ...]:
    instrument = catalog[asked.id].behind_gate() if asked.gated else catalog[asked.id]
    if asked.id != HISTORY:
        return instrument.visible_items(answers)
    visible = instrument.visible_items({**answers, "conditions": list(conditions)})
    return tuple(item for item in visible if not item.id.startswith(LEFT_TO_THE_CALL))


def is_done(
    step: Step,
    catalog: Catalog,
    *,
    contact: Mapping[str, Any],
    answers: Mapping[str, Any],
) -> bool:
    """Whether a page needs nothing more: answered or skipped, with the questions it led to."""
    if step.asked is None:
        return step.key in contact
    skipped = answers.get("skipped", [])
    if step.key in skipped:
        return True
    given = answers.get(step.key)
    is_part = is_unfinished(step.key, answers) or was_cut_short(step.asked, catalog, answers)
    if given is None or is_part:
        return False
    return further_key(step.key) in skipped or not has_open_questions(
        step.asked, catalog, contact=contact, given=given
    )


def was_cut_short(asked: Asked, catalog: Catalog, answers: Mapping[str, Any]) -> bool:
    """Whether an instrument that is now asked in full was only asked for its gate.

    Another condition or another language can take a gate away when its questions are answered.
    """
    gate, skipped = catalog[asked.id].gate, answers.get("skipped", [])
    if asked.gated or gate is None or gate_mark(asked.id) not in skipped:
        return False
    was_shown_all = further_key(asked.id) in skipped
    return not was_shown_all and set(answers.get(asked.id, {})) <= set(gate.items)


def has_open_questions(
    asked: Asked, catalog: Catalog, *, contact: Mapping[str, Any], given: Mapping[str, Any]
) -> bool:
    """Whether the answers call for questions none of which has been answered yet."""
    conditions = contact.get("start", {}).get("conditions", [])
    further = further_items(catalog, asked, conditions, given)
    return bool(further) and not any(is_given(given.get(item.id)) for item in further)


def further_key(key: str) -> str:
    """How the list of skipped pages names the further questions of an instrument."""
    return f"{key}/further"


def unfinished_key(key: str, *, further: bool = False) -> str:
    """How the list of skipped pages names one that was left with a part of its answers."""
    return f"{further_key(key) if further else key}/unfinished"


def part_key(key: str) -> str:
    """How the list of skipped pages names one whose other questions the person chose to leave."""
    return f"{key}/part"


def marks_of_first(key: str, answers: Mapping[str, Any]) -> list[str]:
    """What the list of skipped pages says of what is open on an instrument's first page."""
    marks = {unfinished_key(key), part_key(key)}
    return sorted(marks.intersection(answers.get("skipped", [])))


def is_unfinished(key: str, answers: Mapping[str, Any]) -> bool:
    """Whether a page of this instrument was left before its end, to come back to it."""
    marks = {unfinished_key(key), unfinished_key(key, further=True)}
    return not marks.isdisjoint(answers.get("skipped", []))


def first_open(steps: Sequence[Step], done: Collection[str]) -> Step:
    """The first page that is not done; the last page when all are."""
    return next((step for step in steps if step.key not in done), steps[-1])


def may_open(step: Step, steps: Sequence[Step], done: Collection[str]) -> bool:
    """Whether all pages before this one are done."""
    return all(each.key in done for each in steps[: steps.index(step)])
