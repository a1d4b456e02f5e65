"""Scores of a submission in words, for those who may see answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.screening.plan import gate_mark
from intake.screening.results import (
    Gad7Result,
    HeadacheResult,
    PcPtsd5Result,
    PegResult,
    Phq9Result,
    SumResult,
)
from intake.screening.scoring import (
    gad7,
    headache_burden,
    is_scored,
    pc_ptsd_5,
    peg,
    phq9,
    plain_sum,
)
from intake.staff.words import when
from intake.submissions.given import earlier_in

Answers = Mapping[str, Any]
PHQ2 = ("q1", "q2")
"""The questions of PHQ-9 that decide, where others watch over safety, whether the rest is asked."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score as `score_row` draws it; `cuts` are the starts of its bands, the first is 0.

    `before` is what the same questions scored the last time, `earlier` says so in words.
    """

    name: str
    about: str
    value: int | None
    most: int
    band: str
    detail: str
    cuts: tuple[int, ...]
    before: int | None = None
    earlier: str = ""


def scores_of(stored: Answers, *, tz: ZoneInfo, now: datetime) -> list[Score]:
    """The score of every instrument that was answered and has one, in a fixed order.

    `stored` are all stored answers; those given earlier are compared.
    """
    catalog = load_catalog()
    own = [each.id for each in catalog.values() if each.asked_of and is_scored(each)]
    names = [name for name in (*_DRAWN, *own) if name in stored]
    return [_compared(name, stored, tz=tz, now=now) for name in names]


def _compared(name: str, stored: Answers, *, tz: ZoneInfo, now: datetime) -> Score:
    instrument, draw = load_catalog()[name], _DRAWN.get(name, _of_the_clinic)
    is_gated = gate_mark(name) in stored.get("skipped", [])
    score = draw(instrument.behind_gate() if is_gated else instrument, stored[name])
    past = [
        (draw(instrument, each["answers"]).value, each["at"]) for each in earlier_in(stored, name)
    ]
    known = [(value, at) for value, at in past if value is not None and at]
    if not known:
        return score
    told = [f"{value} ({when(datetime.fromisoformat(at), tz, now)})" for value, at in known]
    before = known[-1][0]
    words = f"Before: {', '.join(told)}{_change(before, score.value)}"
    return replace(score, before=before, earlier=words)


def _change(before: int, value: int | None) -> str:
    if value is None:
        return ""
    if value == before:
        return ". No change"
    return f". Change {'+' if value > before else '−'}{abs(value - before)}"


def _phq9(instrument: Instrument, answers: Answers) -> Score:
    result = phq9(instrument, answers)
    score = _banded(instrument, result, "PHQ-9", "mood, last 2 weeks")
    if result.phq2 is None or len(instrument.visible_items(answers)) > len(PHQ2):
        return score
    told = f"PHQ-2: {result.phq2} of 6. The rest was not asked"
    return replace(score, band="First two only", detail=told)


def _gad7(instrument: Instrument, answers: Answers) -> Score:
    return _banded(instrument, gad7(instrument, answers), "GAD-7", "worry, last 2 weeks")


def _of_the_clinic(instrument: Instrument, answers: Answers) -> Score:
    """The sum of a clinic's own instrument; bands without an end are not drawn, only named."""
    result = plain_sum(instrument, answers)
    return _banded(instrument, result, instrument.title, instrument.recall)


def _banded(
    instrument: Instrument, result: Phq9Result | Gad7Result | SumResult, name: str, about: str
) -> Score:
    scored = [item for item in instrument.items if item.scored]
    bands = instrument.bands
    least = instrument.band(result.partial_sum).label if bands else ""
    named = f" ({least})" if least else ""
    complete = result.total is not None
    count = f"{result.answered} of {len(scored)} answered"
    return Score(
        name=name,
        about=about,
        value=result.total,
        most=sum(item.highest_score for item in scored),
        band=least if complete else "Not complete",
        detail=count if complete else f"{count}, at least {result.partial_sum}{named}",
        cuts=tuple(band.minimum for band in bands) if _has_end(instrument) else (0,),
    )


def _has_end(instrument: Instrument) -> bool:
    return bool(instrument.bands) and instrument.bands[-1].maximum is not None


def _pc_ptsd_5(instrument: Instrument, answers: Answers) -> Score:
    result: PcPtsd5Result = pc_ptsd_5(instrument, answers)
    complete = result.total is not None
    band = (
        "At or above 4"
        if result.positive_4
        else "At or above 3"
        if result.positive_3
        else "Below 3"
    )
    return Score(
        name="PC-PTSD-5",
        about="trauma, past month",
        value=result.total,
        most=5,
        band=band if complete else "Not complete",
        detail="" if complete else f"at least {result.yes_count}",
        cuts=(0, 3, 4),
    )


def _peg(instrument: Instrument, answers: Answers) -> Score:
    result: PegResult = peg(instrument, answers)
    high = "Average of 7 or more" if result.high else "Average below 7"
    return Score(
        name="PEG",
        about="pain, past week",
        value=result.sum,
        most=30,
        band=high if result.complete else "Not complete",
        detail=f"average {result.mean_1dp} of 10" if result.complete else "",
        cuts=(0, 21),
    )


def _headache(instrument: Instrument, answers: Answers) -> Score:
    result: HeadacheResult = headache_burden(instrument, answers)
    days = answers.get("headache_days")
    words = {True: "15 days or more", False: "Below 15 days", None: "Not answered"}
    overuse = "medicine days fit the overuse count" if result.possible_medication_overuse else ""
    return Score(
        name="Headache days",
        about="last 30 days",
        value=days if isinstance(days, int) else None,
        most=30,
        band=words[result.frequent],
        detail=overuse,
        cuts=(0, 15),
    )


_DRAWN: dict[str, Callable[[Instrument, Answers], Score]] = {
    "phq9": _phq9,
    "gad7": _gad7,
    "pc_ptsd_5": _pc_ptsd_5,
    "peg": _peg,
    "headache_burden": _headache,
}
