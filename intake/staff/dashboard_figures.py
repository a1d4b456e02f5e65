"""The figures of a span of time: those of all, of each week or month, and of each group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake.clinic.clinic import Clinic
from intake.exports.counting import NOT_SAID, documents, last_count
from intake.exports.figures import ALL, Summary, added, series, summaries, summary_of
from intake.screening.catalog import load_catalog
from intake.screening.plan import HISTORY
from intake.staff.dashboard_periods import Span
from intake.staff.words import CONDITIONS, LEVELS

SOON = timedelta(days=32)
DIMENSIONS = {
    "condition": "What people want help with",
    "level": "Level",
    "source": "How people heard of us",
}


@dataclass(frozen=True)
class Period:
    """One week or month. `is_hidden`: too few people to be shown; then nothing is counted."""

    name: str
    short: str
    figures: Summary
    is_hidden: bool


@dataclass(frozen=True)
class Group:
    """Some of the people; `figures` is None where they are too few to be shown."""

    key: str
    name: str
    figures: Summary | None


@dataclass(frozen=True)
class Overview:
    """Everything the page shows; `counted_at` is None while nothing was counted yet.

    `only` is the group whose figures these are; None for everybody.
    """

    counted_at: datetime | None
    since: date
    only: Group | None
    total: Summary
    periods: list[Period]
    groups: dict[str, list[Group]]


def overview(span: Span, clinic: Clinic, *, only: str = "", now: datetime) -> Overview:
    """The figures of a span that ends now; `only` is the key of a group, if of one alone."""
    starts = span.starts(now.astimezone(clinic.tz).date())
    stored = documents(span.kind, starts[0], starts[-1] + SOON)
    whole = added(stored.values())
    groups = {name: _groups(name, summaries(whole, name)) for name in DIMENSIONS}
    shown = [each for found in groups.values() for each in found if each.figures]
    group = next((each for each in shown if each.key == only), None)
    name = group.key.replace("-", " ", 1) if group else ALL
    over_time = series({start: stored.get(start, {}) for start in starts}, name)
    return Overview(
        counted_at=last_count(),
        since=starts[0],
        only=group,
        total=summary_of(whole.get(name, {})),
        periods=[_period(span, start, found) for start, found in over_time.items()],
        groups=groups,
    )


def _period(span: Span, start: date, figures: Summary | None) -> Period:
    known = figures or summary_of({})
    return Period(span.name(start), span.short_name(start), known, figures is None)


def _groups(dimension: str, found: Mapping[str, Summary | None]) -> list[Group]:
    """The groups in the order of their words, those that nobody is in left out."""
    words = _words(dimension)
    in_order = [*words, *sorted(found.keys() - words.keys())]
    return [
        Group(f"{dimension}-{key}", words.get(key, key), found[key])
        for key in in_order
        if key in found
    ]


def _words(dimension: str) -> Mapping[str, str]:
    match dimension:
        case "condition":
            return CONDITIONS
        case "level":
            return {str(rank): tag.label for rank, tag in enumerate(LEVELS)}
        case _:
            options = load_catalog()[HISTORY].item("heard").options
            return {each.id: each.label["en"] for each in options} | {NOT_SAID: "Not said"}
