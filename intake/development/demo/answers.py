"""Made-up answers to every instrument a person is asked. Pure, by chance.

How somebody answers follows from how badly off they are, a number from 0 to 1, so that answers fit
each other. Few are in danger: about one in twelve is positive in the safety questions.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from intake.patient.journey import LEFT_TO_THE_CALL
from intake.screening.instrument import Instrument
from intake.screening.item import Item, Kind
from intake.screening.plan import HEALTH, HISTORY, MOOD, SAFETY

Answers = dict[str, Any]
IN_DANGER = 0.08
LEFT_OUT = 0.04
"""The share of people who leave out an instrument that is not about safety."""
MEDICINES = ("Sertraline 50 mg", "Ibuprofen when needed", "Lisinopril 10 mg", "Vitamin D", "")
WORDS = (
    "I would like to know how long it takes.",
    "Afternoons are best for me.",
    "My therapist told me about you.",
    "",
)
TEXTS: Mapping[str, tuple[str, ...]] = {
    "med_list": MEDICINES,
    "anything_else": WORDS,
    "provider_name": ("Dr. Lee", "Dr. Romero", "Lakeside Family Practice"),
    "provider_phone": ("(312) 555-0171", "(773) 555-0126"),
}


class Answering:
    """How one person answers."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.badly = chance.betavariate(2.2, 2)
        self.is_in_danger = chance.random() < IN_DANGER

    def leaves_out(self, instrument_id: str) -> bool:
        """Whether they skip an instrument."""
        return instrument_id not in (SAFETY, HISTORY) and self.chance.random() < LEFT_OUT

    def to(self, instrument: Instrument, conditions: list[str]) -> Answers:
        """Answers to all questions that are shown to them, question after question."""
        given: Answers = {"conditions": conditions} if instrument.id == HISTORY else {}
        for item in instrument.items:
            if item.id in given or item.id.startswith(LEFT_TO_THE_CALL):
                continue
            if not item.show_if or all(each.holds(given) for each in item.show_if):
                answer = self._answer(instrument.id, item)
                if answer not in ("", []):
                    given[item.id] = answer
        return given

    def _answer(self, instrument_id: str, item: Item) -> Any:
        match item.kind:
            case Kind.TEXT:
                return self.chance.choice(TEXTS.get(item.id, ("",)))
            case Kind.INTEGER:
                return self._number(item)
            case Kind.MULTI:
                return self._several(item)
            case Kind.CHOICE:
                return self._choice(instrument_id, item)

    def _number(self, item: Item) -> int:
        span = item.maximum - item.minimum
        return item.minimum + _within(self.chance.gauss(self.badly * span * 0.6, 3), span)

    def _several(self, item: Item) -> list[Any]:
        nothing = [option.value for option in item.options if option.value == "none"]
        if nothing and self.chance.random() < 0.6:
            return nothing
        plain = [option.value for option in item.options if not option.exclusive]
        chosen = self.chance.choices(plain, k=self.chance.choice((1, 1, 2)))
        return [each for each in plain if each in chosen and each != "unsure"] or plain[:1]

    def _choice(self, instrument_id: str, item: Item) -> Any:
        if instrument_id == SAFETY:
            return self._on_safety(item)
        if instrument_id == HEALTH:
            return self._on_health(item)
        if isinstance(item.options[0].value, int):
            return self._on_scale(instrument_id, item)
        if item.id == "emergency_now":
            return "no"
        return self.chance.choice(item.options).value

    def _on_safety(self, item: Item) -> str:
        if not self.is_in_danger:
            return "no"
        return "yes" if self.chance.random() < (0.05 if item.id == "q5" else 0.4) else "no"

    def _on_health(self, item: Item) -> str:
        quiet = "yes" if item.id == "driver" else "no"
        if self.chance.random() < 0.98:
            return quiet
        return str(self.chance.choice(item.options).value)

    def _on_scale(self, instrument_id: str, item: Item) -> Any:
        if instrument_id == MOOD and item.id == "q9" and not self.is_in_danger:
            return 0
        top = len(item.options) - 1
        return item.options[_within(self.chance.gauss(self.badly * top, top / 5), top)].value


def _within(number: float, top: int) -> int:
    return min(max(round(number), 0), top)
