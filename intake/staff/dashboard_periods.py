"""The periods that figures are shown for: the latest weeks or months, the current one included."""

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from intake.exports.counting import month_of, week_of

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """So many of the latest weeks or months."""

    key: str
    label: str
    kind: str
    number: int

    def starts(self, today: date) -> list[date]:
        """The first day of each week or month, the earliest first."""
        latest = week_of(today) if self.kind == "week" else month_of(today)
        found = [latest]
        while len(found) < self.number:
            found.append(self._before(found[-1]))
        return found[::-1]

    def _before(self, start: date) -> date:
        return start - WEEK if self.kind == "week" else month_of(start - timedelta(days=1))

    def name(self, start: date) -> str:
        """What a week or month is called in a table: "Week of Sep 7, 2026", "September 2026"."""
        if self.kind == "month":
            return format_date(start, "MMMM y", locale="en")
        return f"Week of {format_date(start, 'MMM d, y', locale='en')}"

    def short_name(self, start: date) -> str:
        """The same below a chart."""
        pattern = "MMM d" if self.kind == "week" else "MMM" if start.month > 1 else "y"
        return format_date(start, pattern, locale="en")


SPANS = (
    Span("4-weeks", "4 weeks", "week", 4),
    Span("12-weeks", "12 weeks", "week", 12),
    Span("26-weeks", "26 weeks", "week", 26),
    Span("6-months", "6 months", "month", 6),
    Span("12-months", "12 months", "month", 12),
    Span("24-months", "24 months", "month", 24),
)
USUAL = SPANS[1]


def span_named(key: str) -> Span:
    """The span of that name; the usual one for anything else."""
    return next((span for span in SPANS if span.key == key), USUAL)
