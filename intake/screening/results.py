"""What scoring says about one person's answers: one typed, immutable result per instrument."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

from intake.screening.level import Level


@dataclass(frozen=True, slots=True)
class Result:
    """The base of all results."""

    def as_dict(self) -> dict[str, object]:
        """The result as plain JSON values, by field name."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    return value.value if isinstance(value, Enum) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Phq9Result(Result):
    """PHQ-9: total 0–27, PHQ-2 0–6.

    `total` and `band` are None unless all nine are answered; `partial_sum` and `at_least_band`
    are lower bounds. A claim about a cut is None while unanswered items could still decide it.
    """

    total: int | None
    band: str | None
    complete: bool
    answered: int
    partial_sum: int
    at_least_band: str
    phq2: int | None
    phq2_positive_3: bool | None
    phq2_positive_2: bool | None
    screen_positive_10: bool | None
    item9: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gad7Result(Result):
    """GAD-7: total 0–21, GAD-2 0–6; lower bounds and claims as in Phq9Result."""

    total: int | None
    band: str | None
    complete: bool
    answered: int
    partial_sum: int
    at_least_band: str
    gad2: int | None
    gad2_positive_3: bool | None
    further_evaluation_10: bool | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PcPtsd5Result(Result):
    """PC-PTSD-5: total 0–5; `yes_count` is a lower bound while incomplete."""

    total: int | None
    complete: bool
    yes_count: int
    positive_3: bool | None
    positive_4: bool | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PegResult(Result):
    """PEG: sum 0–30, mean 0–10 as text with one decimal and as a whole number.

    All None unless complete. `high` is tested on the exact sum, never on a rounded mean.
    """

    complete: bool
    sum: int | None
    mean_1dp: str | None
    mean_whole: int | None
    high: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadacheResult(Result):
    """Headache days of the last 30; `errors` are the ids of items that contradict another.

    `chronic_pattern` is "yes", "uncertain", "no", or None while a count is missing.
    """

    valid: bool
    errors: tuple[str, ...]
    frequent: bool | None
    chronic_pattern: str | None
    possible_medication_overuse: bool | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MidasResult(Result):
    """MIDAS: total in days and grade I–IV; both None unless all five are answered."""

    total: int | None
    grade: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SumResult(Result):
    """A clinic's own instrument: the sum of its items, like PHQ-9; bands None if it has none."""

    total: int | None
    band: str | None
    complete: bool
    answered: int
    partial_sum: int
    at_least_band: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PainProfileResult(Result):
    """Whether the pain has lasted for more than 3 months; None when unknown."""

    chronic_pain: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryResult(Result):
    """Whether two or more antidepressants were tried, by self-report only; None when unknown."""

    trd_by_self_report: bool | None


class AsqOutcome(Enum):
    """The outcomes of the ASQ; `acuity_unknown` is handled like `acute_positive`."""

    NEGATIVE = "negative"
    INCOMPLETE = "incomplete"
    NON_ACUTE_POSITIVE = "non_acute_positive"
    ACUITY_UNKNOWN = "acuity_unknown"
    ACUTE_POSITIVE = "acute_positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsqResult(Result):
    """ASQ: the outcome, and which of questions 1–4 were answered yes or refused (item ids)."""

    outcome: AsqOutcome
    yes: tuple[str, ...]
    declined: tuple[str, ...]

    @property
    def is_acute(self) -> bool:
        """Whether to act as if the person is thinking of killing themselves right now."""
        return self.outcome in (AsqOutcome.ACUTE_POSITIVE, AsqOutcome.ACUITY_UNKNOWN)

    @property
    def is_positive(self) -> bool:
        """Whether the crisis page must be shown and a clinician must call."""
        return self.is_acute or self.outcome is AsqOutcome.NON_ACUTE_POSITIVE

    def as_dict(self) -> dict[str, object]:
        """The outcome under the key `result`."""
        return {"result": self.outcome.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An answer a clinician should know of: `key` is item or item.option; level None is a note."""

    key: str
    level: Level | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenResult(Result):
    """Medical safety screen: findings in the order of the form, ids of unanswered questions."""

    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]

    @property
    def review(self) -> tuple[Finding, ...]:
        """The findings a clinician must read before the consultation is confirmed."""
        return tuple(finding for finding in self.findings if finding.level is not None)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that are only worth knowing."""
        return tuple(finding for finding in self.findings if finding.level is None)

    def as_dict(self) -> dict[str, object]:
        """Keys of the findings under `review` and `note`, ids of unanswered ones in `skipped`."""
        return {
            "review": [finding.key for finding in self.review],
            "note": [finding.key for finding in self.notes],
            "skipped": list(self.skipped),
        }
