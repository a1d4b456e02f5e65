"""Instruments as typed, immutable objects: what is asked, what is shown, which answers count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from intake.screening.condition import Answers, SumAtLeast
from intake.screening.errors import AnswerError
from intake.screening.item import Item, Text, is_given, nothing
from intake.screening.level import Level
from intake.screening.shape import printable

EVERYONE = "everyone"
"""Of whom a clinic's own instrument is asked, if not of people with certain conditions."""


class Wording(Enum):
    """Whose words the items are: the authors', this product's, or none (arithmetic only)."""

    OFFICIAL = "official"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A named range of totals, both ends included; `maximum` None means no upper end."""

    id: str
    minimum: int
    maximum: int | None
    label: str
    loinc: str | None = None

    def __contains__(self, total: int) -> bool:
        return self.minimum <= total and (self.maximum is None or total <= self.maximum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something scoring may report about the answers; `level` is None for a note."""

    id: str
    when: str
    level: Level | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preamble:
    """Words before the first question, with a list of examples, by language."""

    text: Text
    examples: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Licence:
    """Terms of use, and the line that must be shown with the questions, by language."""

    status: str
    show: Text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrument:
    """A questionnaire of one version.

    `languages` are those with complete wording: an instrument without any cannot be shown.
    `gate` says when the items outside it are worth asking, see `behind_gate`. `reviewed` names
    the clinician who signed off wording of our own, and when; None means nobody has. `asked_of`
    names the conditions for which a clinic asks its own instrument, or everyone; whom the built-in
    ones are asked of is decided in `plan`.
    """

    id: str
    version: str
    title: str
    wording: Wording
    population: str
    recall: str
    items: tuple[Item, ...]
    licence: Licence
    instructions: Text = field(default_factory=nothing)
    preamble: Preamble | None = None
    stem: Text = field(default_factory=nothing)
    loinc: Mapping[str, str] = field(default_factory=nothing)
    gate: SumAtLeast | None = None
    bands: tuple[Band, ...] = ()
    flags: tuple[Flag, ...] = ()
    scoring: Mapping[str, str] = field(default_factory=nothing)
    evidence: Mapping[str, str] = field(default_factory=nothing)
    sources: Mapping[str, str] = field(default_factory=nothing)
    notes: tuple[str, ...] = ()
    reviewed: str | None = None
    asked_of: tuple[str, ...] = ()
    languages: tuple[str, ...] = field(init=False)
    _by_id: dict[str, Item] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {item.id: item for item in self.items})
        object.__setattr__(self, "languages", _common_languages(tuple(self._worded())))

    def _worded(self) -> Iterator[Text]:
        """All wording a person needs; lists of digits and absent introductions need none."""
        for item in self.items:
            yield item.text
            yield from (option.label for option in item.options if option.label)
            if item.anchors:
                yield from (item.anchors.low, item.anchors.high)
        yield from (text for text in (self.instructions, self.stem) if text)
        if self.preamble:
            yield self.preamble.text

    def item(self, item_id: str) -> Item:
        """The item with this id; KeyError if there is none."""
        return self._by_id[item_id]

    def band(self, total: int) -> Band:
        """The band a total falls into; ValueError if none covers it."""
        for band in self.bands:
            if total in band:
                return band
        raise ValueError(f"{self.id} has no band for this total")

    def visible_items(self, answers: Answers) -> tuple[Item, ...]:
        """The items to show to a person who gave these answers, in order; never raises.

        Answers to hidden items open nothing: a condition only sees what is itself shown.
        """
        return tuple(item for item, _value, shown in self._shown(answers) if shown)

    def _shown(self, answers: Answers) -> Iterator[tuple[Item, object, bool]]:
        """Each item with its answer, and whether it is shown."""
        seen: dict[str, object] = {}
        for item in self.items:
            value = answers.get(item.id)
            shown = not item.show_if or all(condition.holds(seen) for condition in item.show_if)
            if shown:
                seen[item.id] = value
            yield item, value, shown

    def check(self, answers: Answers) -> None:
        """Raise AnswerError at the first key that is no item or value its item does not allow."""
        for key, value in answers.items():
            item = self._by_id.get(key)
            if item is None:
                raise AnswerError(printable(key), f"is not a question of {self.id}")
            if (fault := item.fault(value)) is not None:
                raise AnswerError(key, fault)

    def clean(self, answers: Answers) -> dict[str, object]:
        """The answers that count, in the order of the form: valid, given, and to items shown.

        Answers to items that are no longer shown are dropped, except those that count even
        then. Raises AnswerError like `check`.
        """
        if not answers:
            return {}
        self.check(answers)
        return {
            item.id: value
            for item, value, shown in self._shown(answers)
            if is_given(value) and (shown or value in item.counts_when_hidden)
        }

    def behind_gate(self) -> Instrument:
        """The same instrument with only the questions of its gate shown until that opens.

        Answers that count when hidden still count. Without a gate, the instrument itself.
        """
        return self if self.gate is None else _behind(self.gate, self)


@lru_cache(maxsize=64)  # every page asks for the same few
def _behind(gate: SumAtLeast, instrument: Instrument) -> Instrument:
    return replace(instrument, items=tuple(_gated(item, gate) for item in instrument.items))


def _gated(item: Item, gate: SumAtLeast) -> Item:
    return item if item.id in gate.items else replace(item, show_if=(gate, *item.show_if))


def _common_languages(texts: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(code for code in texts[0] if all(code in text for text in texts))
