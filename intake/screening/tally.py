"""Sums and claims that stay honest while answers are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intake.screening.condition import Answers
from intake.screening.item import Item


@dataclass(frozen=True, slots=True)
class Tally:
    """Points of some items: the sum so far, and the most it could become."""

    answered: int
    asked: int
    low: int
    high: int

    @property
    def complete(self) -> bool:
        """Whether every item is answered."""
        return self.answered == self.asked

    @property
    def total(self) -> int | None:
        """The sum, or None unless complete: a missing answer is never made up."""
        return self.low if self.complete else None

    def reaches(self, cut: int) -> bool | None:
        """Whether the total is `cut` or more; None while unanswered items could decide it."""
        if self.low >= cut:
            return True
        return False if self.high < cut else None


def tally(items: Iterable[Item], answers: Answers) -> Tally:
    """The points of scored items, whose answers must be valid."""
    answered = asked = low = high = 0
    for item in items:
        points = item.points(answers.get(item.id))
        asked += 1
        answered += points is not None
        low += points or 0
        high += item.highest_score if points is None else points
    return Tally(answered, asked, low, high)


def reaches(count: int | None, cut: int) -> bool | None:
    """Whether a count is `cut` or more; None when there is no count."""
    return None if count is None else count >= cut


def both(one: bool | None, other: bool | None) -> bool | None:
    """Logical and, where None means unknown."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: bool | None, other: bool | None) -> bool | None:
    """Logical or, where None means unknown."""
    if one or other:
        return True
    return None if one is None or other is None else False
