"""Which instruments are asked of whom. Decisions and evidence: docs/clinicians.md."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from intake.screening.catalog import Catalog
from intake.screening.instrument import EVERYONE, Instrument

FULL_PHQ9 = frozenset({"depression", "ptsd"})
"""Conditions for which all of PHQ-9 is asked; everybody else passes the PHQ-2 gate first."""

SAFETY = "asq"
MOOD = "phq9"
OF_CONDITION = {
    "ptsd": ("pc_ptsd_5",),
    "chronic_pain": ("peg", "pain_profile"),
    "migraine": ("headache_burden",),
}
"""What is asked only of whoever chose a condition, in the order in which it is asked."""
HEALTH = "ketamine_safety_screen"
HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Asked:
    """An instrument of the plan; `gated` shows only its gate's questions until that opens."""

    id: str
    gated: bool = False


def gate_mark(instrument_id: str) -> str:
    """How the list of skipped pages names what an instrument asks beyond its gate.

    It is there for an instrument that was answered behind its gate.
    """
    return f"{instrument_id}/gate"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one person is asked, in order, and what had to be left out in their language."""

    safety: Asked | None
    screening: tuple[Asked, ...]
    not_offered: tuple[str, ...]

    @property
    def everything(self) -> tuple[Asked, ...]:
        """All instruments of the plan, with the health and history questions."""
        safety = (self.safety,) if self.safety else ()
        return (*safety, *self.screening, Asked(HEALTH), Asked(HISTORY))


def plan_for(
    catalog: Catalog,
    conditions: Collection[str],
    *,
    language: str,
    offers_asq: bool,
    offers_gad7: bool,
) -> Plan:
    """The plan for a person who chose these conditions.

    ASQ is for everyone. Where it cannot be asked (no official text in the language, or switched
    off by the clinic), PHQ-9 is asked of everyone without its gate, for its item 9.
    """
    has_asq = offers_asq and language in catalog[SAFETY].languages
    is_about_mood = not FULL_PHQ9.isdisjoint(conditions)
    wanted = [Asked(MOOD, gated=has_asq and not is_about_mood)]
    if offers_gad7 and is_about_mood:
        wanted.append(Asked("gad7"))
    wanted += [Asked(each) for each in _called_for(catalog, conditions)]
    offered = tuple(each for each in wanted if language in catalog[each.id].languages)
    left_out = [each.id for each in wanted if each not in offered]
    if offers_asq and not has_asq:
        left_out.insert(0, SAFETY)
    return Plan(Asked(SAFETY) if has_asq else None, offered, tuple(left_out))


def _called_for(catalog: Catalog, conditions: Collection[str]) -> Iterator[str]:
    """The instruments that single conditions call for, then a clinic's own."""
    for condition, instruments in OF_CONDITION.items():
        if condition in conditions:
            yield from instruments
    for each in catalog.values():
        if _asks_own(each, conditions):
            yield each.id


def _asks_own(instrument: Instrument, conditions: Collection[str]) -> bool:
    """Whether a clinic asks its own instrument of a person who chose these conditions."""
    return not {EVERYONE, *conditions}.isdisjoint(instrument.asked_of)
