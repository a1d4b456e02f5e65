"""Triage of a stored submission: the clinical rules applied to what was answered so far.

A level never falls by itself: a reason once given stays, with its time, even if the answer behind
it is changed later. Only a reason that says "not answered" ends, when the answer comes.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from intake.clinic.clinic import Clinic
from intake.screening.catalog import Catalog, load_catalog
from intake.screening.facts import AnswerSheet
from intake.screening.level import Level
from intake.screening.plan import Asked, Plan, gate_mark, plan_for
from intake.screening.triage import Reason, Triage, evaluate
from intake.submissions.given import answers_in
from intake.submissions.models import Submission

Document = dict[str, Any]

UNTIL_ANSWERED = frozenset({"S5", "S6", "M2"})
"""Rules that fire because an answer is missing; they end when it comes."""
NO_ACUITY = "S2"
"""Fires while "right now?" (ASQ 5) is unanswered after a positive screen. Taking back the answers
before it must not make it vanish: it ends only when question 5 itself is answered."""
NOTHING_FOUND = "R0"


def plan_of(submission: Submission, clinic: Clinic, *, language: str | None = None) -> Plan:
    """What this person is asked, by the conditions they chose, in their or another language."""
    return _plan(
        load_catalog(),
        tuple(conditions_of(submission)),
        language or submission.language,
        offers_asq=clinic.offers_asq,
        offers_gad7=clinic.offers_gad7,
    )


@lru_cache(maxsize=1024)  # each page asks for it twice
def _plan(
    catalog: Catalog,
    conditions: tuple[str, ...],
    language: str,
    *,
    offers_asq: bool,
    offers_gad7: bool,
) -> Plan:
    return plan_for(
        catalog,
        conditions,
        language=language,
        offers_asq=offers_asq,
        offers_gad7=offers_gad7,
    )


def conditions_of(submission: Submission) -> list[str]:
    """The conditions the person asked for help with."""
    conditions: list[str] = (submission.contact or {}).get("start", {}).get("conditions", [])
    return conditions


def assess(submission: Submission, clinic: Clinic, *, now: datetime) -> Triage:
    """Run all rules on the answers so far and store level, reasons and notes.

    The stored level is never below the one before except for answers that came in. Returns what
    the rules find in the answers as they are now, without the earlier reasons that stay.
    """
    triage = evaluate(load_catalog(), _sheet(submission, plan_of(submission, clinic)))
    earlier = (submission.triage or {}).get("reasons", [])
    found = [_document(reason, submission, now) for reason in triage.reasons]
    reasons = _merge(_still_standing(earlier, submission), found)
    level = Level.highest(*(Level(reason["level"]) for reason in reasons))
    notes = [{"rule": note.rule, "text": note.text} for note in triage.notes]
    submission.triage = {"level": level.value, "reasons": reasons, "notes": notes}
    submission.level_rank = level.rank
    return triage


def _sheet(submission: Submission, plan: Plan) -> AnswerSheet:
    stored: Mapping[str, Any] = submission.answers or {}
    answers = answers_in(stored)
    shown = {*answers, *stored.get("skipped", [])}
    return AnswerSheet(
        answers=answers,
        shown=shown,
        gated=[each.id for each in plan.screening if _is_gated(each, stored)],
        conditions=conditions_of(submission),
        not_offered=plan.not_offered,
        language=submission.language,
    )


def _is_gated(asked: Asked, stored: Mapping[str, Any]) -> bool:
    """Whether an instrument was answered behind its gate; or would be asked so."""
    if asked.id in stored:
        return gate_mark(asked.id) in stored.get("skipped", [])
    return asked.gated


def _still_standing(earlier: list[Document], submission: Submission) -> list[Document]:
    """Earlier reasons that stay even if no rule gives them again."""
    right_now = (submission.answers or {}).get("asq", {}).get("q5")
    ended = {*UNTIL_ANSWERED, NOTHING_FOUND} | (
        {NO_ACUITY} if right_now in ("yes", "no") else set()
    )
    return [reason for reason in earlier if reason["rule"] not in ended]


def _merge(earlier: list[Document], fresh: list[Document]) -> list[Document]:
    """Fresh reasons, with their first time, then earlier ones that no longer fire but stay."""
    known = {(reason["rule"], reason["text"]): reason for reason in earlier}
    merged = [
        known.get((reason["rule"], reason["text"])) or reason
        for reason in fresh
        if reason["rule"] != NOTHING_FOUND
    ]
    merged += [reason for reason in earlier if reason not in merged]
    return merged or fresh


def _document(reason: Reason, submission: Submission, now: datetime) -> Document:
    """A reason as it is stored, with the answers behind it: they may be changed later."""
    return {
        "rule": reason.rule,
        "level": reason.level.value,
        "text": reason.text,
        "items": list(reason.items),
        "answers": list(_answers_behind(reason, submission.answers or {})),
        "at": now.isoformat(),
    }


def _answers_behind(reason: Reason, stored: Mapping[str, Any]) -> Iterator[Document]:
    """Question, answer and version of the instrument, for each answer that was given."""
    for item in reason.items:
        instrument_id, question, *option = item.split(".")
        answer = stored.get(instrument_id, {}).get(question)
        if answer is not None:
            answer = option or answer  # of several answers, the one that counts
            version = load_catalog()[instrument_id].version
            yield {"item": f"{instrument_id}.{question}", "answer": answer, "version": version}
