"""Narrowing down what waits for us.

Level, state, language and holder are columns. What people want help with and how they heard of us
is encrypted: those are looked at row by row, of a few hundred rows for each page.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.sql.elements import ColumnElement

from intake.clinic.clinic import Clinic
from intake.screening.plan import HISTORY
from intake.submissions.models import LEVELS, Submission

MINE, FREE = "mine", "free"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What to show of the queue, by the names that addresses use; "" leaves a thing open."""

    level: str = ""
    status: str = ""
    language: str = ""
    holder: str = ""
    condition: str = ""
    source: str = ""

    @property
    def given(self) -> dict[str, Any]:
        """What is chosen, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def looks_inside(self) -> bool:
        """Whether rows must be opened to know whether they fit."""
        return bool(self.condition or self.source)

    def fits(self, submission: Submission) -> bool:
        """Whether what is encrypted fits."""
        start = (submission.contact or {}).get("start", {})
        if self.condition and self.condition not in (start.get("conditions") or []):
            return False
        history = (submission.answers or {}).get(HISTORY, {}) if self.source else {}
        return not self.source or history.get("heard") == self.source


EVERYTHING = Chosen()


def read_chosen(values: Mapping[str, str]) -> Chosen:
    """What an address or a saved view says; anything else in it is left out."""
    return Chosen(**{name: values.get(name, "")[:40] for name in asdict(EVERYTHING)})


def columns_of(
    chosen: Chosen, clinic: Clinic, *, user_id: UUID, now: datetime
) -> list[ColumnElement[bool]]:
    """The conditions on columns."""
    rows: list[ColumnElement[bool]] = []
    if chosen.level in LEVELS:
        rows.append(Submission.level_rank == LEVELS.index(chosen.level))
    if chosen.status:
        rows.append(Submission.status == chosen.status)
    if chosen.language:
        rows.append(Submission.language == chosen.language)
    if chosen.holder == MINE:
        rows.append(and_(is_held(clinic, now), Submission.claimed_by == user_id))
    if chosen.holder == FREE:
        rows.append(or_(Submission.claimed_at.is_(None), ~is_held(clinic, now)))
    return rows


def is_held(clinic: Clinic, now: datetime) -> ColumnElement[bool]:
    """Whether somebody has it; see `submissions.claims`."""
    return Submission.claimed_at > now - timedelta(minutes=clinic.claim_minutes)
