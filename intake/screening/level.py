"""How soon a person who sent a request must be looked at by the clinic."""

from __future__ import annotations

from enum import Enum
from functools import total_ordering


@total_ordering
class Level(Enum):
    """The triage level of a submission, from the least to the most urgent."""

    ROUTINE = "routine"
    CLINICIAN_REVIEW = "clinician_review"
    URGENT = "urgent"
    URGENT_ACUTE = "urgent_acute"

    @property
    def rank(self) -> int:
        """0 for routine up to 3 for urgent_acute; for sorting in a database."""
        return list(Level).index(self)

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, Level) else NotImplemented

    @classmethod
    def highest(cls, *levels: Level | None) -> Level:
        """The most urgent of the levels (None counts as routine), so that a level never falls."""
        return max((level for level in levels if level is not None), default=cls.ROUTINE)
