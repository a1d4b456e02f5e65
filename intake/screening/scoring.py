"""Score answers: published rules of each instrument, and nothing that the answers do not say.

Every function drops answers that do not count (`Instrument.clean`) and raises AnswerError for
an unknown key or a value its question does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intake.screening.condition import Answers
from intake.screening.errors import NotScoredError
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind
from intake.screening.results import (
    AsqOutcome,
    AsqResult,
    Finding,
    Gad7Result,
    HeadacheResult,
    HistoryResult,
    MidasResult,
    PainProfileResult,
    PcPtsd5Result,
    PegResult,
    Phq9Result,
    Result,
    ScreenResult,
    SumResult,
)
from intake.screening.tally import both, either, reaches, tally


def score(instrument: Instrument, answers: Answers) -> Result:
    """The result of an instrument's own type; NotScoredError when it has no scoring rule."""
    if not is_scored(instrument):
        raise NotScoredError(f"{instrument.id} has no scoring rule")
    return SCORERS.get(instrument.id, plain_sum)(instrument, answers)


def is_scored(instrument: Instrument) -> bool:
    """Whether `score` has a rule for the instrument: one of its own, or items to add up."""
    return instrument.id in SCORERS or any(item.scored for item in instrument.items)


def plain_sum(instrument: Instrument, answers: Answers) -> SumResult:
    """The sum of all scored items, for instruments of a clinic; missing ones are never made up."""
    counted = tally(_scored(instrument), instrument.clean(answers))
    return SumResult(
        total=counted.total,
        band=_band(instrument, counted.total),
        complete=counted.complete,
        answered=counted.answered,
        partial_sum=counted.low,
        at_least_band=_band(instrument, counted.low),
    )


def phq9(instrument: Instrument, answers: Answers) -> Phq9Result:
    """PHQ-9 (Kroenke 2001): >= 10 positive; PHQ-2 >= 3 standard and >= 2 sensitive (Arroll 2010).

    Item 10 is never scored. Nothing is prorated (`scoring.missing` in the data file).
    """
    given = instrument.clean(answers)
    nine = tally(_scored(instrument), given)
    two = tally((instrument.item("q1"), instrument.item("q2")), given)
    item9 = _number(given, "q9")
    return Phq9Result(
        total=nine.total,
        band=_band(instrument, nine.total),
        complete=nine.complete,
        answered=nine.answered,
        partial_sum=nine.low,
        at_least_band=instrument.band(nine.low).id,
        phq2=two.total,
        phq2_positive_3=two.reaches(3),
        phq2_positive_2=two.reaches(2),
        screen_positive_10=nine.reaches(10),
        item9=item9,
        flags=_raised(
            suicidal_thoughts=item9 is not None and item9 >= 1,
            item9_unanswered=item9 is None,
            severe_depression=nine.low >= 20,
            incomplete=not nine.complete,
        ),
    )


def gad7(instrument: Instrument, answers: Answers) -> Gad7Result:
    """GAD-7 (Spitzer 2006): >= 10 further evaluation; GAD-2 >= 3 positive (Kroenke 2007)."""
    given = instrument.clean(answers)
    seven = tally(_scored(instrument), given)
    two = tally((instrument.item("q1"), instrument.item("q2")), given)
    return Gad7Result(
        total=seven.total,
        band=_band(instrument, seven.total),
        complete=seven.complete,
        answered=seven.answered,
        partial_sum=seven.low,
        at_least_band=instrument.band(seven.low).id,
        gad2=two.total,
        gad2_positive_3=two.reaches(3),
        further_evaluation_10=seven.reaches(10),
        flags=_raised(severe_anxiety=seven.low >= 15, incomplete=not seven.complete),
    )


def pc_ptsd_5(instrument: Instrument, answers: Answers) -> PcPtsd5Result:
    """PC-PTSD-5 (Prins 2016): count of yes; cuts 3 and 4 (Bovin 2021). No exposure: 0, complete."""
    given = instrument.clean(answers)
    no_exposure = given.get("exposure") == "no"
    five = tally(() if no_exposure else _scored(instrument), given)
    positive_3, positive_4 = five.reaches(3), five.reaches(4)
    return PcPtsd5Result(
        total=five.total,
        complete=five.complete,
        yes_count=five.low,
        positive_3=positive_3,
        positive_4=positive_4,
        flags=_raised(ptsd_screen_positive_3=positive_3, ptsd_screen_positive_4=positive_4),
    )


def peg(instrument: Instrument, answers: Answers) -> PegResult:
    """PEG (Krebs 2009): mean of three; high at a mean of 7, that is a sum of 21 (PMC8317006)."""
    total = tally(_scored(instrument), instrument.clean(answers)).total
    if total is None:
        return PegResult(complete=False, sum=None, mean_1dp=None, mean_whole=None, high=None)
    return PegResult(
        complete=True,
        sum=total,
        mean_1dp=f"{total / 3:.1f}",
        mean_whole=round(total / 3),
        high=total >= 21,
    )


def headache_burden(instrument: Instrument, answers: Answers) -> HeadacheResult:
    """Headache days against ICHD-3 day counts (1.3 chronic migraine, 8.2 medication overuse)."""
    given = instrument.clean(answers)
    days, migraine_days = _number(given, "headache_days"), _number(given, "migraine_days")
    frequent = reaches(days, 15)
    pattern = _chronic_pattern(days, migraine_days, duration=given.get("over_3_months"))
    overuse = both(
        frequent,
        either(
            reaches(_number(given, "triptan_days"), 10),
            reaches(_number(given, "simple_days"), 15),
        ),
    )
    contradiction = days is not None and migraine_days is not None and migraine_days > days
    return HeadacheResult(
        valid=not contradiction,
        errors=("migraine_days",) if contradiction else (),
        frequent=frequent,
        chronic_pattern=pattern,
        possible_medication_overuse=overuse,
        flags=_raised(
            headache_emergency=given.get("emergency_now") == "yes",
            chronic_migraine_pattern=pattern == "yes",
            possible_medication_overuse=overuse,
        ),
    )


def _chronic_pattern(days: int | None, migraine: int | None, *, duration: object) -> str | None:
    """ICHD-3 1.3: >= 15 headache days and >= 8 migraine days a month for more than 3 months."""
    if days is None or migraine is None:
        return None
    if days < 15 or migraine < 8 or duration == "no":
        return "no"
    return "yes" if duration == "yes" else "uncertain"


def asq(instrument: Instrument, answers: Answers) -> AsqResult:
    """ASQ (NIMH): a yes or a refusal in 1–4 is positive; question 5 decides how acute.

    A yes to question 5 is acute whatever else was answered. A positive without an answer to
    question 5 and a blank among 1–4 have outcomes of their own (rules of this product).
    """
    given = instrument.clean(answers)
    first_four = ("q1", "q2", "q3", "q4")
    yes = tuple(item for item in first_four if given.get(item) == "yes")
    declined = tuple(item for item in first_four if given.get(item) == "declined")
    blank = any(item not in given for item in first_four)
    outcome = _asq_outcome(given.get("q5"), positive=bool(yes or declined), blank=blank)
    return AsqResult(outcome=outcome, yes=yes, declined=declined)


def _asq_outcome(right_now: object, *, positive: bool, blank: bool) -> AsqOutcome:
    if right_now == "yes":
        return AsqOutcome.ACUTE_POSITIVE
    if positive and right_now == "no":
        return AsqOutcome.NON_ACUTE_POSITIVE
    if positive:
        return AsqOutcome.ACUITY_UNKNOWN
    return AsqOutcome.INCOMPLETE if blank else AsqOutcome.NEGATIVE


def ketamine_safety_screen(instrument: Instrument, answers: Answers) -> ScreenResult:
    """Medical safety screen: findings by the triggers of the data file, never a rejection."""
    given = instrument.clean(answers)
    return ScreenResult(
        findings=tuple(
            finding
            for item in instrument.items
            if item.triggers and item.id in given
            for finding in _findings(item, given[item.id])
        ),
        skipped=tuple(
            item.id
            for item in instrument.visible_items(given)
            if item.id not in given and not item.optional
        ),
    )


def _findings(item: Item, answer: object) -> Iterable[Finding]:
    for option in item.chosen(answer):
        for trigger in item.triggers:
            if option.id not in trigger.on:
                continue
            several = item.kind is Kind.MULTI
            unsure = " (not sure)" if option.id == "unsure" and not several else ""
            yield Finding(
                key=f"{item.id}.{option.id}" if several else item.id,
                level=trigger.level,
                reason=trigger.reason + unsure,
            )


def midas(instrument: Instrument, answers: Answers) -> MidasResult:
    """MIDAS (Stewart 2001): sum of five day counts, grades I–IV; items a and b never count."""
    total = tally(_scored(instrument), instrument.clean(answers)).total
    return MidasResult(total=total, grade=_band(instrument, total))


def pain_profile(instrument: Instrument, answers: Answers) -> PainProfileResult:
    """Pain is chronic when it lasts or comes back for MORE than 3 months (CDC 2022, ICD-11)."""
    chronic = {"lt1m": False, "1to3m": False, "gt3m": True, "1to5y": True, "gt5y": True}
    duration = instrument.clean(answers).get("duration")
    return PainProfileResult(chronic_pain=chronic.get(str(duration)))


def history(instrument: Instrument, answers: Answers) -> HistoryResult:
    """Two or more antidepressants in this episode (Spravato label); dose cannot be judged."""
    resistant = {"none": False, "1": False, "2": True, "3": True, "4_or_more": True}
    trials = instrument.clean(answers).get("ad_trials")
    return HistoryResult(trd_by_self_report=resistant.get(str(trials)))


SCORERS: Mapping[str, Callable[[Instrument, Answers], Result]] = {
    "asq": asq,
    "gad7": gad7,
    "headache_burden": headache_burden,
    "history": history,
    "ketamine_safety_screen": ketamine_safety_screen,
    "midas": midas,
    "pain_profile": pain_profile,
    "pc_ptsd_5": pc_ptsd_5,
    "peg": peg,
    "phq9": phq9,
}


def _scored(instrument: Instrument) -> tuple[Item, ...]:
    return tuple(item for item in instrument.items if item.scored)


def _number(answers: Answers, key: str) -> int | None:
    value = answers.get(key)
    return value if isinstance(value, int) else None


def _band(instrument: Instrument, total: int | None) -> str | None:
    return None if total is None or not instrument.bands else instrument.band(total).id


def _raised(**claims: bool | None) -> tuple[str, ...]:
    """The names of the flags that are true, in the order given; unknown is not raised."""
    return tuple(name for name, claim in claims.items() if claim)
