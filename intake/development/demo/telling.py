"""What people told of their health, with what the rules make of it, to be told by many.

Scores and triage take half of the time of making a request. So a run draws from a number of
tellings, each of which the rules have judged once; names, times and all else are each one's own.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from intake.clinic.clinic import Clinic
from intake.development.demo import people
from intake.development.demo.answers import Answering
from intake.screening.catalog import load_catalog
from intake.screening.plan import gate_mark
from intake.submissions.assessment import assess, plan_of
from intake.submissions.models import Submission

VARIETY = 2_000
"""How many different tellings a run has."""
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One telling: in which language, what help is wanted for, all answers, and their triage."""

    language: str
    start: Document
    answers: Document
    skipped: list[str]
    triage: Document
    level_rank: int

    def answers_at(self, at: datetime) -> Document:
        """The answers as they are stored when given at an instant."""
        given_at = dict.fromkeys(self.answers, at.isoformat())
        return {**self.answers, "given_at": given_at, "skipped": self.skipped}

    def triage_at(self, at: datetime) -> Document:
        """The triage as it is stored when made at an instant."""
        since = at.isoformat()
        return {
            **self.triage,
            "reasons": [{**each, "at": since} for each in self.triage["reasons"]],
        }


def tell(chance: Random, clinic: Clinic, *, now: datetime) -> Telling:
    """Make up a telling, and let the rules judge it."""
    languages = clinic.languages
    draft = Submission(
        reference="",
        cookie_hash=None,
        language=languages[0] if chance.random() < 0.85 else chance.choice(languages),
        created_at=now,
        updated_at=now,
        waiting_since=now,
    )
    start = people.start(chance)
    draft.contact = {"start": start}
    answers, skipped = _answers(draft, clinic, chance)
    draft.answers = {**answers, "skipped": skipped}
    assess(draft, clinic, now=now)
    return Telling(
        language=draft.language,
        start=start,
        answers=answers,
        skipped=skipped,
        triage=draft.triage,
        level_rank=draft.level_rank,
    )


def _answers(draft: Submission, clinic: Clinic, chance: Random) -> tuple[Document, list[str]]:
    """The answers to everything that is asked, and what was left out."""
    answering, catalog = Answering(chance), load_catalog()
    answers: Document = {}
    skipped: list[str] = []
    conditions = draft.contact["start"]["conditions"]
    for each in plan_of(draft, clinic).everything:
        if answering.leaves_out(each.id):
            skipped.append(each.id)
            continue
        instrument = catalog[each.id].behind_gate() if each.gated else catalog[each.id]
        skipped += [gate_mark(each.id)] if each.gated else []
        answers[each.id] = answering.to(instrument, conditions)
    return answers, sorted(skipped)
