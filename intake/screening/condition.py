"""Conditions under which a question is shown: small objects read from data, never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Answers = Mapping[str, object]
"""Answers of one person to one instrument, by item id."""


@dataclass(frozen=True, slots=True)
class AnyAnswer:
    """Holds when one of `items` has, or among several choices includes, one of `values`."""

    items: tuple[str, ...]
    values: tuple[int | str, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether the condition is met by these answers."""
        for item in self.items:
            answer = answers.get(item)
            if isinstance(answer, list | tuple):
                if any(value in self.values for value in answer):
                    return True
            elif answer in self.values:
                return True
        return False


@dataclass(frozen=True, slots=True)
class SumAtLeast:
    """Holds when the answered numbers of `items` add up to `minimum` or more."""

    items: tuple[str, ...]
    minimum: int

    def holds(self, answers: Answers) -> bool:
        """Whether the condition is met by these answers; unanswered items add nothing."""
        values = (answers.get(item) for item in self.items)
        return sum(value for value in values if type(value) is int) >= self.minimum


Condition = AnyAnswer | SumAtLeast
