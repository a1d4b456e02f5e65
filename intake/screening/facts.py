"""What the triage rules look at, drawn from everything a person was shown and answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from intake.screening import scoring
from intake.screening.catalog import Catalog
from intake.screening.condition import Answers
from intake.screening.errors import AnswerError
from intake.screening.instrument import Instrument
from intake.screening.results import AsqOutcome, AsqResult, Result, ScreenResult

AnyResult = TypeVar("AnyResult", bound=Result)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSheet:
    """One person's answers by instrument id, and what they were asked.

    `shown` are the instruments put before the person, including any they skipped; None means
    those with answers. `gated` are shown behind their gate, so that only the gate's questions
    may have been seen. `conditions` are ids of the history item of that name; None means those
    answered there. `not_offered` were left out for want of official text in `language`.
    """

    answers: Mapping[str, Answers]
    shown: Collection[str] | None = None
    gated: Collection[str] = ()
    conditions: Collection[str] | None = None
    not_offered: Collection[str] = ()
    language: str = "en"

    def was_shown(self, instrument_id: str) -> bool:
        """Whether unanswered questions of the instrument mean that they were skipped."""
        return instrument_id in (self.answers if self.shown is None else self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phq9Facts:
    """PHQ-9: item 9, whether it was shown and left blank, and what is known of the total."""

    item9: int | None = None
    item9_skipped: bool = False
    total: int | None = None
    partial_sum: int | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadacheFacts:
    """Headache days: emergency signs now, chronic-migraine count, medicine days."""

    emergency: bool = False
    chronic_pattern: str | None = None
    possible_medication_overuse: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFacts:
    """Conditions chosen, antidepressants tried in this episode, whether anyone treats them."""

    conditions: frozenset[str] = frozenset()
    ad_trials: str | None = None
    current_provider: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that triage needs to know; None where an instrument was neither shown nor answered."""

    asq: AsqResult | None = None
    phq9: Phq9Facts | None = None
    headache: HeadacheFacts | None = None
    gad7_total: int | None = None
    pc_ptsd_5_yes_count: int | None = None
    peg_sum: int | None = None
    screen: ScreenResult | None = None
    history: HistoryFacts = field(default_factory=HistoryFacts)
    not_offered: tuple[str, ...] = ()
    language: str = "en"


def facts_of(catalog: Catalog, sheet: AnswerSheet) -> Facts:
    """The facts of an answer sheet; AnswerError names the instrument and the item.

    What was answered always counts, what was left blank only where the question was shown.
    """
    gad7 = _result(catalog, sheet, key="gad7", scorer=scoring.gad7)
    pc_ptsd_5 = _result(catalog, sheet, key="pc_ptsd_5", scorer=scoring.pc_ptsd_5)
    peg = _result(catalog, sheet, key="peg", scorer=scoring.peg)
    return Facts(
        asq=_asq(catalog, sheet),
        phq9=_phq9(catalog, sheet),
        headache=_headache(catalog, sheet),
        gad7_total=None if gad7 is None else gad7.total,
        pc_ptsd_5_yes_count=None if pc_ptsd_5 is None else pc_ptsd_5.yes_count,
        peg_sum=None if peg is None else peg.sum,
        screen=_screen(catalog, sheet),
        history=_history(catalog, sheet),
        not_offered=tuple(_never_asked(catalog, sheet)),
        language=sheet.language,
    )


SHORT_TITLES = {"asq": "ASQ", "pc_ptsd_5": "PC-PTSD-5", "peg": "PEG"}


def _never_asked(catalog: Catalog, sheet: AnswerSheet) -> Iterator[str]:
    """Titles of what was left out; not of what was answered before the language was changed."""
    for key in catalog:
        if key in sheet.not_offered and key not in sheet.answers:
            yield SHORT_TITLES.get(key, catalog[key].title)


def _result(
    catalog: Catalog,
    sheet: AnswerSheet,
    *,
    key: str,
    scorer: Callable[[Instrument, Answers], AnyResult],
) -> AnyResult | None:
    """The result of one instrument; None when it was neither shown nor answered."""
    if not (key in sheet.answers or sheet.was_shown(key)):
        return None
    with _naming(key):
        return scorer(_instrument(catalog, sheet, key=key), sheet.answers.get(key, {}))


def _instrument(catalog: Catalog, sheet: AnswerSheet, *, key: str) -> Instrument:
    return catalog[key].behind_gate() if key in sheet.gated else catalog[key]


@contextmanager
def _naming(key: str) -> Iterator[None]:
    """Put the instrument's id before the key of an AnswerError."""
    try:
        yield
    except AnswerError as error:
        raise AnswerError(f"{key}.{error.key}", error.reason) from None


def _asq(catalog: Catalog, sheet: AnswerSheet) -> AsqResult | None:
    result = _result(catalog, sheet, key="asq", scorer=scoring.asq)
    if result is None or sheet.was_shown("asq"):
        return result
    return None if result.outcome is AsqOutcome.INCOMPLETE else result


def _phq9(catalog: Catalog, sheet: AnswerSheet) -> Phq9Facts | None:
    """The facts of the PHQ-9; behind a closed gate it counts as not shown."""
    result = _result(catalog, sheet, key="phq9", scorer=scoring.phq9)
    if result is None:
        return None
    instrument = _instrument(catalog, sheet, key="phq9")
    visible = {item.id for item in instrument.visible_items(sheet.answers.get("phq9", {}))}
    shown = sheet.was_shown("phq9") and "q9" in visible
    return Phq9Facts(
        item9=result.item9,
        item9_skipped=shown and result.item9 is None,
        total=result.total,
        partial_sum=result.partial_sum,
        answered=result.answered if shown else None,
    )


def _headache(catalog: Catalog, sheet: AnswerSheet) -> HeadacheFacts | None:
    result = _result(catalog, sheet, key="headache_burden", scorer=scoring.headache_burden)
    if result is None:
        return None
    return HeadacheFacts(
        emergency="headache_emergency" in result.flags,
        chronic_pattern=result.chronic_pattern,
        possible_medication_overuse=result.possible_medication_overuse,
    )


def _screen(catalog: Catalog, sheet: AnswerSheet) -> ScreenResult | None:
    key = "ketamine_safety_screen"
    result = _result(catalog, sheet, key=key, scorer=scoring.ketamine_safety_screen)
    if result is None or sheet.was_shown(key):
        return result
    return ScreenResult(findings=result.findings, skipped=())


def _history(catalog: Catalog, sheet: AnswerSheet) -> HistoryFacts:
    answers = dict(sheet.answers.get("history", {}))
    if sheet.conditions is not None:
        answers["conditions"] = list(sheet.conditions)
    with _naming("history"):
        given = catalog["history"].clean(answers)
    conditions = given.get("conditions")
    return HistoryFacts(
        conditions=frozenset(conditions) if isinstance(conditions, list | tuple) else frozenset(),
        ad_trials=_id(given.get("ad_trials")),
        current_provider=_id(given.get("current_provider")),
    )


def _id(answer: object) -> str | None:
    return answer if isinstance(answer, str) else None
