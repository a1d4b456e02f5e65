"""Decide how soon a person must be looked at, and say why; a level never falls by itself.

The rules are the table of `data/triage_rules.json`: what fires here is listed there, in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from intake.screening.catalog import Catalog
from intake.screening.condition import Answers
from intake.screening.facts import AnswerSheet, Facts, HistoryFacts, Phq9Facts, facts_of
from intake.screening.instrument import Instrument
from intake.screening.item import nothing
from intake.screening.level import Level
from intake.screening.results import AsqOutcome, AsqResult, ScreenResult

SEVERE_DEPRESSION = 20  # PHQ-9 severe band (Kroenke 2001)
PTSD_CUTS = (3, 4)  # PC-PTSD-5 (Bovin 2021)
LANGUAGES = {"en": "English", "es": "Spanish"}
HIGH_PEG_SUM = 21  # a mean of 7 (PMC8317006)
ASQ_RULES = {
    AsqOutcome.ACUTE_POSITIVE: "S1",
    AsqOutcome.ACUITY_UNKNOWN: "S2",
    AsqOutcome.NON_ACUTE_POSITIVE: "S3",
    AsqOutcome.INCOMPLETE: "S5",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a level was given: the rule, its level, the words for staff, the answers behind it.

    `items` are "instrument.item" or "instrument.item.option".
    """

    rule: str
    level: Level
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing that never changes a level."""

    rule: str
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The outcome of all rules; reasons and notes are in the order of the rule table."""

    reasons: tuple[Reason, ...]
    notes: tuple[Note, ...]

    @property
    def level(self) -> Level:
        """The highest level of any reason."""
        return Level.highest(*(reason.level for reason in self.reasons))

    @property
    def fired(self) -> tuple[str, ...]:
        """The ids of the rules behind the level, each once; only R0 when nothing else fired."""
        return tuple(dict.fromkeys(reason.rule for reason in self.reasons))

    def as_dict(self) -> dict[str, object]:
        """Level and fired rules as plain JSON values."""
        return {"level": self.level.value, "fired": list(self.fired)}


@dataclass(frozen=True, slots=True)
class _Hit:
    """A rule that fired, the words to fill in, and the answers that made it fire."""

    rule: str
    words: Mapping[str, object] = field(default_factory=nothing)
    items: tuple[str, ...] = ()


def evaluate(catalog: Catalog, sheet: AnswerSheet) -> Triage:
    """Triage an answer sheet; AnswerError for an answer that its question does not allow."""
    return judge(catalog, facts_of(catalog, sheet))


def speaks_of_danger(catalog: Catalog, instrument_id: str, answers: Answers) -> bool:
    """Whether these answers to one instrument alone fire a rule of level urgent or above."""
    return level_alone(catalog, instrument_id, answers) >= Level.URGENT


def level_alone(catalog: Catalog, instrument_id: str, answers: Answers) -> Level:
    """The level that these answers to one instrument give without any others."""
    return evaluate(catalog, AnswerSheet(answers={instrument_id: answers})).level


def judge(catalog: Catalog, facts: Facts) -> Triage:
    """Run every rule on the facts."""
    reasons: list[Reason] = []
    notes: list[Note] = []
    for hit in _in_table_order(catalog, _hits(catalog, facts)):
        rule = catalog.rules.table[hit.rule]
        text = rule.staff_text.format_map(hit.words)
        if rule.level is None:
            notes.append(Note(rule.id, text, hit.items))
        else:
            reasons.append(Reason(rule.id, rule.level, text, hit.items))
    if not reasons:
        reasons.append(Reason("R0", Level.ROUTINE, catalog.rules.table["R0"].staff_text))
    return Triage(reasons=tuple(reasons), notes=tuple(notes))


def _in_table_order(catalog: Catalog, hits: Iterator[_Hit]) -> list[_Hit]:
    order = {rule: place for place, rule in enumerate(catalog.rules.table)}
    return sorted(hits, key=lambda hit: order[hit.rule])


def _hits(catalog: Catalog, facts: Facts) -> Iterator[_Hit]:
    if facts.asq is not None:
        yield from _asq(facts.asq)
    if facts.phq9 is not None:
        yield from _phq9(catalog, facts.phq9)
    if facts.screen is not None:
        yield from _screen(catalog, facts.screen)
    yield from _headache(facts)
    yield from _scores(catalog, facts)
    yield from _history(facts.history)
    if facts.not_offered:
        language = LANGUAGES.get(facts.language, facts.language)
        yield _Hit("N11", {"language": language, "titles": _listed(facts.not_offered)})


def _listed(titles: tuple[str, ...]) -> str:
    *first, last = titles
    return f"{', '.join(first)} and {last}" if first else last


def _asq(result: AsqResult) -> Iterator[_Hit]:
    """S1, S2, S3, S5: who answered yes to, or refused, which question of the ASQ."""
    rule = ASQ_RULES.get(result.outcome)
    if rule is not None:
        answered = sorted({*result.yes, *result.declined})
        items = [*answered, "q5"] if rule in ("S1", "S2") else answered
        words = {"which": ", ".join(_asq_question(result, item) for item in answered) or "1–4"}
        yield _Hit(rule, words, tuple(f"asq.{item}" for item in items))


def _asq_question(result: AsqResult, item: str) -> str:
    number = item.removeprefix("q")
    return f"{number} (declined)" if item in result.declined else number


def _phq9(catalog: Catalog, facts: Phq9Facts) -> Iterator[_Hit]:
    """S4, S6, D1, N1, N2: item 9 above all, then the total or what it is at least."""
    phq9 = catalog["phq9"]
    yield from _phq9_item9(phq9, facts)
    total, at_least = facts.total, facts.partial_sum
    if total is not None and total >= SEVERE_DEPRESSION:
        yield _Hit("D1", {"total": total})
    elif at_least is not None and at_least >= SEVERE_DEPRESSION:
        yield _Hit("D1", {"total": f"at least {at_least}"})
    if total is not None:
        yield _Hit("N1", {"total": total, "band": phq9.band(total).label})
    elif at_least is not None and facts.answered is not None:
        band = phq9.band(at_least).label
        words = {"answered": facts.answered, "partial_sum": at_least, "at_least_band": band}
        yield _Hit("N2", words)


def _phq9_item9(phq9: Instrument, facts: Phq9Facts) -> Iterator[_Hit]:
    """S4, S6: thoughts of being better off dead, told or left out."""
    if facts.item9 is not None and facts.item9 >= 1:
        label = phq9.item("q9").options[facts.item9].label["en"]
        yield _Hit("S4", {"answer_label": label}, ("phq9.q9",))
    if facts.item9_skipped:
        yield _Hit("S6", items=("phq9.q9",))


def _screen(catalog: Catalog, result: ScreenResult) -> Iterator[_Hit]:
    """M1, M2, N10: every medical answer a clinician should know of, and those missing."""
    for finding in result.findings:
        rule = "N10" if finding.level is None else "M1"
        yield _Hit(rule, {"reason": finding.reason}, (f"ketamine_safety_screen.{finding.key}",))
    if result.skipped:
        items = tuple(f"ketamine_safety_screen.{item}" for item in result.skipped)
        yield _Hit("M2", {"names": _short_names(catalog, result.skipped)}, items)


def _short_names(catalog: Catalog, skipped: tuple[str, ...]) -> str:
    """What staff call the medical questions left out; an unknown one by its id."""
    asked = [item for item in catalog["ketamine_safety_screen"].items if not item.optional]
    names = {item.id: item.short or item.id for item in asked}
    if set(skipped) >= names.keys():
        return "all of them"
    return ", ".join(names.get(item, item) for item in skipped)


def _headache(facts: Facts) -> Iterator[_Hit]:
    """H1, N6, N7: emergency signs now, day counts of chronic migraine and medication overuse."""
    if facts.headache is None:
        return
    if facts.headache.emergency:
        yield _Hit("H1", items=("headache_burden.emergency_now",))
    if facts.headache.chronic_pattern == "yes":
        yield _Hit("N6")
    if facts.headache.possible_medication_overuse:
        yield _Hit("N7")


def _scores(catalog: Catalog, facts: Facts) -> Iterator[_Hit]:
    """N3, N4, N5: scores that in these patients would flag nearly everyone, so they only inform."""
    if facts.gad7_total is not None:
        band = catalog["gad7"].band(facts.gad7_total).label
        yield _Hit("N3", {"total": facts.gad7_total, "band": band})
    yes_count = facts.pc_ptsd_5_yes_count
    if yes_count is not None and yes_count >= PTSD_CUTS[0]:
        also = " and at cut 4" if yes_count >= PTSD_CUTS[1] else ""
        yield _Hit("N4", {"yes_count": yes_count, "and_cut_4": also})
    if facts.peg_sum is not None and facts.peg_sum >= HIGH_PEG_SUM:
        yield _Hit("N5", {"mean": f"{facts.peg_sum / 3:.1f}"})


def _history(facts: HistoryFacts) -> Iterator[_Hit]:
    """N8, N9: few treatments tried, nobody treating the person now."""
    if "depression" in facts.conditions and facts.ad_trials in ("none", "1"):
        yield _Hit("N8", items=("history.ad_trials",))
    if facts.conditions & {"depression", "ptsd"} and facts.current_provider == "no":
        yield _Hit("N9", items=("history.current_provider",))
