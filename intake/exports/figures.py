"""Counted figures: what is counted of a request, and what follows from the counts. Pure.

Requests are counted by when they were sent, so that a figure is about the same people throughout:
of those who asked in a week, how many were reached, booked and held. A document of counts is a
plain JSON value; documents of several days add up to that of a week or a month.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key")

Document = dict[str, dict[str, int]]
"""By group, such as "all", "level 2" or "condition ptsd": how many, by measure. The measure
"minutes 45" is how many were contacted 45 to 49 open minutes after they had asked."""

ALL = "all"
DIMENSIONS = ("condition", "level", "source")
EXCLUSIVE = ("level", "source")
"""Dimensions in which everybody is in one group only."""
FEWEST = 5
"""Groups with fewer people are not shown: what is told of them could be told of one of them."""
MINUTES = "minutes "
STEPS = ((120, 5), (960, 15), (4800, 60))
"""Up to which minute times are kept in steps of how many; the last step holds all beyond."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is counted of one request. `minutes` are open ones until the first contact, if any."""

    level: int
    conditions: tuple[str, ...]
    source: str
    minutes: int | None
    reached: bool
    booked: bool
    held: bool
    no_show: bool


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of one group; rates are None where nothing could be counted."""

    asked: int
    contacted: int
    reached: int
    booked: int
    held: int
    no_show: int
    median: int | None
    ninetieth: int | None

    @property
    def reached_rate(self) -> float | None:
        """Of those who asked, how many were reached."""
        return _rate(self.reached, self.asked)

    @property
    def booked_rate(self) -> float | None:
        """Of those who asked, how many got a call."""
        return _rate(self.booked, self.asked)

    @property
    def held_rate(self) -> float | None:
        """Of the calls whose outcome is known, how many took place: none that is still ahead."""
        return _rate(self.held, self.known)

    @property
    def known(self) -> int:
        """How many calls have an outcome."""
        return self.held + self.no_show

    @property
    def no_show_rate(self) -> float | None:
        """Of the calls whose outcome is known, how many nobody came to."""
        return _rate(self.no_show, self.known)


def counted(facts: Iterable[Facts]) -> Document:
    """The counts of some requests."""
    document: dict[str, Counter[str]] = {}
    for each in facts:
        for group in _groups(each):
            document.setdefault(group, Counter()).update(_measures(each))
    return {group: dict(counts) for group, counts in document.items()}


def added(documents: Iterable[Document]) -> Document:
    """The counts of several documents together."""
    total: Document = {}
    for document in documents:
        for group, counts in document.items():
            into = total.setdefault(group, {})
            for measure, number in counts.items():
                into[measure] = into.get(measure, 0) + number
    return total


def summary_of(counts: Mapping[str, int]) -> Summary:
    """The figures that follow from the counts of one group."""
    times = sorted(
        (int(measure.removeprefix(MINUTES)), number)
        for measure, number in counts.items()
        if measure.startswith(MINUTES)
    )
    return Summary(
        asked=counts.get("asked", 0),
        contacted=sum(number for _, number in times),
        reached=counts.get("reached", 0),
        booked=counts.get("booked", 0),
        held=counts.get("held", 0),
        no_show=counts.get("no_show", 0),
        median=_percentile(times, 50),
        ninetieth=_percentile(times, 90),
    )


def summaries(document: Document, dimension: str) -> dict[str, Summary | None]:
    """The figures of each group of a dimension; None for those with too few people to be shown.

    Where everybody is in one group only, two groups stay hidden or none: one alone would be what
    is missing from the sum.
    """
    prefix = f"{dimension} "
    found = {
        group.removeprefix(prefix): summary_of(counts)
        for group, counts in document.items()
        if group.startswith(prefix)
    }
    hidden = {group for group, each in found.items() if each.asked < FEWEST}
    if dimension in EXCLUSIVE:
        hidden = _not_alone(hidden, found)
    return {group: None if group in hidden else each for group, each in found.items()}


def series(documents: Mapping[Key, Document], group: str) -> dict[Key, Summary | None]:
    """The figures of a group for each of several documents, such as weeks.

    None for those with too few people to be shown, unless it is the group of all. Several stay
    hidden or none: one alone would be what is missing from the sum. That nobody asked is shown.
    """
    found = {key: summary_of(each.get(group, {})) for key, each in documents.items()}
    if group == ALL:
        return dict(found)
    asking = {key: each for key, each in found.items() if each.asked}
    hidden = _not_alone({key for key, each in asking.items() if each.asked < FEWEST}, asking)
    return {key: None if key in hidden else each for key, each in found.items()}


def _not_alone(hidden: set[Key], found: Mapping[Key, Summary]) -> set[Key]:
    """What is hidden, and if that is one, the smallest of the others as well."""
    if len(hidden) != 1:
        return hidden
    others = [key for key in found if key not in hidden]
    return hidden | set(sorted(others, key=lambda key: found[key].asked)[:1])


def step_of(minutes: int) -> int:
    """The first minute of the step that a time falls into."""
    for most, step in STEPS:
        if minutes < most:
            return minutes // step * step
    return STEPS[-1][0]


def _groups(facts: Facts) -> list[str]:
    conditions = [f"condition {each}" for each in facts.conditions]
    return [ALL, f"level {facts.level}", f"source {facts.source}", *conditions]


def _measures(facts: Facts) -> list[str]:
    measures = ["asked"]
    measures += [name for name in ("reached", "booked", "held", "no_show") if getattr(facts, name)]
    if facts.minutes is not None:
        measures.append(f"{MINUTES}{step_of(facts.minutes)}")
    return measures


def _percentile(times: list[tuple[int, int]], percent: int) -> int | None:
    """The smallest time that so many percent do not exceed (nearest rank)."""
    total = sum(number for _, number in times)
    wanted, seen = -(-total * percent // 100), 0
    for minutes, number in times:
        seen += number
        if seen >= wanted:
            return minutes
    return None


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
