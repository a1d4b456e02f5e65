"""Why a submission has its level, as far as a user may read it.

Whoever may call must know of danger and what to do. Which question was answered how, and every
reason that is not urgent, tells of health answers and is for those who may see answers.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from intake.clinic.clinic import Clinic
from intake.screening.level import Level
from intake.staff.answers import question_and_answer
from intake.staff.words import LEVELS, Tag, when
from intake.submissions.models import Submission

EMERGENCY = "H1"
NOTHING_FOUND = "R0"


TO_DO = {
    Level.URGENT_ACUTE: "Safety: a clinician must call now. Follow the clinic's crisis procedure.",
    Level.URGENT: "Safety: a clinician must call today.",
}
"""What whoever sees no answers reads of an urgent rule."""
TO_DO_MEDICAL = "Medical: they were told to call 911. Call to check on them."
WAS_TO_DO = {
    " Call now. Follow the clinic's crisis procedure.": " They were to be called at once.",
    " Treat as acute: call now.": " They were to be called at once.",
    " a clinician must call now.": " a clinician was to call at once.",
    " a clinician must call today.": " a clinician was to call that day.",
    " A clinician must call for a safety assessment today.": " A clinician was to call that day.",
    " Follow the clinic's crisis procedure.": "",
    " Call to check.": " They were to be called.",
    " Call to check on them.": " They were to be called.",
}
"""How the orders of a rule read once its flag is acknowledged."""


@dataclass(frozen=True)
class Why:
    """One line of the list: its tag, the words, a small second line, and the answers behind it."""

    tag: Tag
    text: str
    small: str = ""
    answers: tuple[str, ...] = ()

    @property
    def is_safety(self) -> bool:
        """Whether it stands out as an open safety flag."""
        return self.tag.kind == "solid"


def safety_reasons(submission: Submission, *, sees_answers: bool) -> list[str]:
    """The words of the urgent rules that fired, as far as the user may read them, each once."""
    reasons = [each for each in _reasons(submission) if _is_urgent(each)]
    words = (_words(each, submission, sees_answers=sees_answers) for each in reasons)
    return list(dict.fromkeys(words))


def explain(
    submission: Submission, clinic: Clinic, *, sees_answers: bool, now: datetime
) -> list[Why]:
    """Every reason the user may read, the gravest first, how many there are besides, and remarks.

    While the flag is open its reasons stand out; once it is acknowledged they are history.
    """
    reasons = sorted(_reasons(submission), key=lambda each: Level(each["level"]), reverse=True)
    lines = (
        [_told(each, submission, clinic, now) for each in reasons]
        if sees_answers
        else _without_answers(reasons, submission, clinic, now)
    )
    if elsewhere := _outside(submission, clinic):
        lines.append(Why(Tag("State", "warn", "flag"), elsewhere))
    notes = " ".join(note["text"] for note in (submission.triage or {}).get("notes", []))
    if notes and sees_answers:
        lines.append(Why(Tag("Notes", "", "info"), notes))
    return lines


def _told(reason: dict[str, Any], submission: Submission, clinic: Clinic, now: datetime) -> Why:
    words = _words(reason, submission, sees_answers=True)
    return replace(_line(reason, words, submission, clinic, now=now), answers=_answers(reason))


def _without_answers(
    reasons: list[dict[str, Any]], submission: Submission, clinic: Clinic, now: datetime
) -> list[Why]:
    """What to do, each thing once, and how many reasons are withheld."""
    lines: dict[str, Why] = {}
    for reason in filter(_is_for_everybody, reasons):
        words = _words(reason, submission, sees_answers=False)
        lines.setdefault(words, _line(reason, words, submission, clinic, now=now))
    withheld = sum(not _is_for_everybody(each) for each in reasons)
    return [*lines.values(), *([_withheld(withheld)] if withheld else [])]


def _line(
    reason: dict[str, Any], words: str, submission: Submission, clinic: Clinic, *, now: datetime
) -> Why:
    since = f"Since {when(datetime.fromisoformat(reason['at']), clinic.tz, now)}"
    if reason["rule"] == NOTHING_FOUND:
        return Why(LEVELS[0], words)
    return Why(_tag(reason, is_open=submission.is_flagged), words, since)


def _words(reason: dict[str, Any], submission: Submission, *, sees_answers: bool) -> str:
    """The words of a reason; what it orders is past once somebody has acknowledged the flag."""
    words: str = reason["text"]
    if _is_urgent(reason) and not sees_answers:
        is_medical = reason["rule"] == EMERGENCY
        words = TO_DO_MEDICAL if is_medical else TO_DO[Level(reason["level"])]
    if _is_urgent(reason) and not submission.is_flagged:
        for order, past in WAS_TO_DO.items():
            words = words.replace(order, past)
    return words


def _answers(reason: dict[str, Any]) -> tuple[str, ...]:
    """Question and answer as they were when the reason was given."""
    return tuple(
        question_and_answer(each["item"], each["answer"]) for each in reason.get("answers", [])
    )


def _tag(reason: dict[str, Any], *, is_open: bool) -> Tag:
    level = Level(reason["level"])
    if level >= Level.URGENT:
        is_medical = reason["rule"] == EMERGENCY
        kind = "solid" if is_open else ""
        return Tag("Medical" if is_medical else "Safety", kind, "shield")
    return LEVELS[level.rank]


def _outside(submission: Submission, clinic: Clinic) -> str:
    """That the person lives where the clinic may not see people; "" where it may."""
    state = (submission.contact or {}).get("contact", {}).get("state")
    if not state or not clinic.states or state in clinic.states:
        return ""
    where = "outside the US states we list" if state == "other" else f"in {state}"
    return f"Lives {where}. The clinic may see people in {', '.join(clinic.states)}."


def _withheld(count: int) -> Why:
    words = "1 reason is" if count == 1 else f"{count} reasons are"
    return Why(
        LEVELS[Level.CLINICIAN_REVIEW.rank], f"{words} for a clinician to read before the call."
    )


def _reasons(submission: Submission) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = (submission.triage or {}).get("reasons", [])
    return reasons


def _is_urgent(reason: dict[str, Any]) -> bool:
    return Level(reason["level"]) >= Level.URGENT


def _is_for_everybody(reason: dict[str, Any]) -> bool:
    return _is_urgent(reason) or reason["rule"] == NOTHING_FOUND
