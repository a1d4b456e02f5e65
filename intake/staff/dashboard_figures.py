"""The figures of a span of time: those of all, of each week or month, and of each group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake.clinic.clinic import Clinic
from intake.exports.counting import NOT_SAID, documents, last_count
from intake.exports.figures import ALL, Summary, added, summaries, summary_of
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
    """One week or month."""

    name: str
    short: str
    figures: Summary


@dataclass(frozen=True)
class Group:
    """Some of the people; `figures` is None where they are too few to be shown."""

    name: str
    figures: Summary | None


@dataclass(frozen=True)
class Overview:
    """Everything the page shows; `counted_at` is None while nothing was counted yet."""

    counted_at: datetime | None
    since: date
    total: Summary
    periods: list[Period]
    groups: dict[str, list[Group]]


def overview(span: Span, clinic: Clinic, *, now: datetime) -> Overview:
    """The figures of a span that ends now."""
    starts = span.starts(now.astimezone(clinic.tz).date())
    found = documents(span.kind, starts[0], starts[-1] + SOON)
    whole = added(found.values())
    return Overview(
        counted_at=last_count(),
        since=starts[0],
        total=summary_of(whole.get(ALL, {})),
        periods=[
            Period(
                span.name(start),
                span.short_name(start),
                summary_of(found.get(start, {}).get(ALL, {})),
            )
            for start in starts
        ],
        groups={name: _groups(name, summaries(whole, name)) for name in DIMENSIONS},
    )


def _groups(dimension: str, found: Mapping[str, Summary | None]) -> list[Group]:
    """The groups in the order of their words, those that nobody is in left out."""
    words = _words(dimension)
    in_order = [*words, *sorted(found.keys() - words.keys())]
    return [Group(words.get(key, key), found[key]) for key in in_order if key in found]


def _words(dimension: str) -> Mapping[str, str]:
    match dimension:
        case "condition":
            return CONDITIONS
        case "level":
            return {str(rank): tag.label for rank, tag in enumerate(LEVELS)}
        case _:
            options = load_catalog()[HISTORY].item("heard").options
            return {each.id: each.label["en"] for each in options} | {NOT_SAID: "Not said"}
