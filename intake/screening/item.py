"""One question of an instrument: its words, the answers it allows, when it is shown.

An answer is a whole number for items whose options are numbers and for counts, an option id
("yes", "unsure", "gt3m") for other choices, a list of option ids where several may be chosen,
a string for free text. Unanswered is None or absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from intake.screening.condition import Condition
from intake.screening.level import Level

Text = Mapping[str, str]
"""Wording by language code ("en", "es")."""

SUBSTANCE_USE = "substance_use"
"""The segment of answers about alcohol and drugs (42 CFR Part 2)."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def nothing() -> Mapping[str, Any]:
    """An empty mapping that nobody can fill, as the default of wording and codes."""
    return _NOTHING


class Kind(Enum):
    """What an item asks for: one option, several options, a whole number or free text."""

    CHOICE = "choice"
    MULTI = "multi"
    INTEGER = "integer"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Option:
    """One answer of a list: `value` is what is stored, `id` the same as text, `score` its points.

    `exclusive` marks an answer such as "None of these" that makes no sense beside others.
    """

    id: str
    value: int | str
    label: Text = field(default_factory=nothing)
    score: int | None = None
    loinc: str | None = None
    help: Text = field(default_factory=nothing)
    exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trigger:
    """Answers that a clinician should know of, with the staff's words and the sources for it.

    `level` is None for a note.
    """

    on: tuple[str, ...]
    level: Level | None
    reason: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anchors:
    """The words at both ends of a scale."""

    low: Text
    high: Text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """One question. All conditions of `show_if` must hold for it to be shown.

    `counts_when_hidden` lists answers that are kept even when the question is not shown, because
    losing them could hide a person in danger. `minimum` and `maximum` are inclusive. `short` is
    what staff call the question, in English.
    """

    id: str
    short: str = ""
    kind: Kind
    text: Text = field(default_factory=nothing)
    help: Text = field(default_factory=nothing)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    options: tuple[Option, ...] = ()
    answer_list: str | None = None
    anchors: Anchors | None = None
    minimum: int = 0
    maximum: int = 0
    max_length: int = 0
    scored: bool = False
    optional: bool = False
    show_if: tuple[Condition, ...] = ()
    counts_when_hidden: tuple[int | str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    loinc: str | None = None
    loinc_related: Mapping[str, str] = field(default_factory=nothing)
    note: str | None = None
    segment: str = ""
    """Which part of a record its answer belongs to that can be kept apart, such as
    `SUBSTANCE_USE`; "" for none."""
    _by_value: dict[object, Option] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_value", {option.value: option for option in self.options})

    def option(self, value: object) -> Option | None:
        """The option with exactly this stored value, if there is one."""
        # True == 1 == 1.0 in Python, but neither is an answer a form can send.
        if type(value) is not int and type(value) is not str:
            return None
        return self._by_value.get(value)

    def chosen(self, value: object) -> tuple[Option, ...]:
        """The options a valid answer names, in the order of the form."""
        if isinstance(value, list | tuple):
            return tuple(option for option in self.options if option.value in value)
        option = self.option(value)
        return () if option is None else (option,)

    def question(self, language: str) -> str:
        """The words of the question, in English where there are none in that language."""
        return self.text.get(language) or self.text.get("en", self.id)

    def answer(self, value: object, language: str) -> str:
        """What a valid answer says, likewise; several options with commas."""
        if self.kind not in (Kind.CHOICE, Kind.MULTI):
            return str(value)
        labels = ((each.label, each.id) for each in self.chosen(value))
        return ", ".join(text.get(language) or text.get("en", name) for text, name in labels)

    def points(self, value: object) -> int | None:
        """What a valid answer adds to a total: its points, or the number itself; None if blank."""
        if self.kind is Kind.INTEGER:
            return value if isinstance(value, int) else None
        option = self.option(value)
        return None if option is None else option.score or 0

    @property
    def highest_score(self) -> int:
        """The most an answer can add to a total."""
        if self.kind is Kind.INTEGER:
            return self.maximum
        return max((option.score or 0 for option in self.options), default=0)

    def fault(self, value: object) -> str | None:
        """Why a value cannot be an answer to this item, without repeating it; None if it can."""
        if value is None:
            return None
        match self.kind:
            case Kind.CHOICE:
                return None if self.option(value) else f"must be {self._allowed()}"
            case Kind.MULTI:
                return self._multi_fault(value)
            case Kind.INTEGER:
                return self._integer_fault(value)
            case Kind.TEXT:
                return self._text_fault(value)

    def _allowed(self) -> str:
        return f"one of {', '.join(option.id for option in self.options)}"

    def _multi_fault(self, value: object) -> str | None:
        if not isinstance(value, list | tuple):
            return "must be a list"
        if all(self.option(element) for element in value):
            return None
        return f"each entry must be {self._allowed()}"

    def _integer_fault(self, value: object) -> str | None:
        if type(value) is int and self.minimum <= value <= self.maximum:
            return None
        return f"must be a whole number from {self.minimum} to {self.maximum}"

    def _text_fault(self, value: object) -> str | None:
        if not isinstance(value, str):
            return "must be text"
        if len(value) > self.max_length:
            return f"must be at most {self.max_length} characters"
        return None


def is_given(value: object) -> bool:
    """Whether a value is an answer at all: not None, no blank text, no empty list."""
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], ())
