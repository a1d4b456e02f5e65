"""Why a submission has its level, as far as a user may read it.

Whoever may call must know of danger: the reasons of the safety rules are for everybody. All other
reasons tell of health answers and are for those who may see answers.
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


def safety_reasons(submission: Submission) -> list[str]:
    """The words of the safety rules that fired and are urgent."""
    return [
        reason["text"]
        for reason in _reasons(submission)
        if _is_safety(reason) and Level(reason["level"]) >= Level.URGENT
    ]


def explain(
    submission: Submission, clinic: Clinic, *, sees_answers: bool, now: datetime
) -> list[Why]:
    """Every reason the user may read, the gravest first, how many there are besides, and remarks.

    While the flag is open its reasons stand out; once it is acknowledged they are history.
    """
    reasons = sorted(_reasons(submission), key=lambda each: Level(each["level"]), reverse=True)
    shown = [each for each in reasons if sees_answers or _is_for_everybody(each)]
    lines = [_line(each, submission, clinic, now) for each in shown]
    if sees_answers:
        lines = [
            replace(line, answers=_answers(each)) for line, each in zip(lines, shown, strict=True)
        ]
    if len(shown) < len(reasons):
        lines.append(_withheld(len(reasons) - len(shown)))
    if elsewhere := _outside(submission, clinic):
        lines.append(Why(Tag("State", "warn", "flag"), elsewhere))
    notes = " ".join(note["text"] for note in (submission.triage or {}).get("notes", []))
    if notes and sees_answers:
        lines.append(Why(Tag("Notes", "", "info"), notes))
    return lines


def _line(reason: dict[str, Any], submission: Submission, clinic: Clinic, now: datetime) -> Why:
    since = f"Since {when(datetime.fromisoformat(reason['at']), clinic.tz, now)}"
    if reason["rule"] == NOTHING_FOUND:
        return Why(LEVELS[0], reason["text"])
    return Why(_tag(reason, is_open=submission.is_flagged), reason["text"], since)


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


def _is_safety(reason: dict[str, Any]) -> bool:
    rule: str = reason["rule"]
    return rule.startswith("S") or rule == EMERGENCY


def _is_for_everybody(reason: dict[str, Any]) -> bool:
    return _is_safety(reason) or reason["rule"] == NOTHING_FOUND
