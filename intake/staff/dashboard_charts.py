"""The charts of the figures, each with what it shows in words and as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from intake.clinic.clinic import Clinic
from intake.exports.figures import Summary
from intake.staff.dashboard_figures import Overview, Period
from intake.staff.dashboard_plots import (
    PERCENT,
    RIGHT,
    Bar,
    Line,
    Scale,
    Word,
    bars_of,
    below,
    line_of,
    named,
    scale_of_counts,
    scale_of_minutes,
)
from intake.staff.dashboard_words import NOTHING, open_time, percent, percent_of

BESIDE_THE_LINES = 44
"""Where the words of the lines across end."""


@dataclass(frozen=True)
class Table:
    """The same figures to read: heads, and rows whose first cell names them."""

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    opens: str = "Show as a table"
    word: str = "as a table"


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing over time: lines, or bars of which a part is filled."""

    key: str
    title: str
    remark: str
    says: str
    grid: list[Word]
    ticks: list[Word]
    table: Table
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    target: Word | None = None


@dataclass(frozen=True)
class Row:
    """A bar across: its name, its length in percent, the words after it, and where it leads."""

    name: str
    length: float
    number: str
    remark: str
    key: str = ""


@dataclass(frozen=True)
class Rows:
    """Bars across, with the table behind them."""

    key: str
    title: str
    remark: str
    rows: list[Row]
    table: Table


def times(overview: Overview, clinic: Clinic) -> Chart:
    """The median time to first contact, and how long nine of ten waited at most."""
    periods, target = overview.periods, clinic.response_minutes
    medians = [each.figures.median for each in periods]
    nineties = [each.figures.ninetieth for each in periods]
    most = max([*(each or 0 for each in nineties), target])
    scale = scale_of_minutes(most)
    texts = [open_time(each) for each in medians]
    return Chart(
        key="times",
        title="Time to first contact",
        remark="Solid: median. Dashed: nine of ten.",
        says=_course(periods, texts, "The median time to first contact"),
        grid=_grid(scale, lambda value: open_time(int(value)) if value else "0"),
        ticks=_ticks(periods),
        lines=[line_of(medians, scale), line_of(nineties, scale)],
        words=named(medians, texts, scale),
        target=Word(RIGHT, scale.y(target), f"Target {open_time(target)}"),
        table=Table(
            ("", "Median", "Nine of ten within", "Contacted"),
            [
                (each.name, open_time(f.median), open_time(f.ninetieth), _number(each, f.contacted))
                for each in periods
                for f in [each.figures]
            ],
        ),
    )


def requests(overview: Overview) -> Chart:
    """How many people asked, and how many of them got a call."""
    periods = overview.periods
    asked = [each.figures.asked for each in periods]
    calls = [each.figures.booked for each in periods]
    scale = scale_of_counts(max(asked))
    texts = [_number(each, each.figures.asked) for each in periods]
    return Chart(
        key="requests",
        title="Requests and booked calls",
        remark="Outline: asked. Filled: booked.",
        says=_course(periods, texts, "The number of requests"),
        grid=_grid(scale, lambda value: f"{value:,.0f}"),
        ticks=_ticks(periods),
        bars=bars_of(asked, calls, scale),
        words=named([None if p.is_hidden else p.figures.asked for p in periods], texts, scale),
        table=Table(
            ("", "Requests", "Booked", "Held", "No-shows"),
            [
                (each.name, *(_number(each, n) for n in (f.asked, f.booked, f.held, f.no_show)))
                for each in periods
                for f in [each.figures]
            ],
        ),
    )


def rates(overview: Overview) -> Chart:
    """Of those who asked, how many were reached; of the calls that were due, how many missed."""
    periods = overview.periods
    reached = [_hundred(each.figures.reached_rate) for each in periods]
    missed = [_hundred(each.figures.no_show_rate) for each in periods]
    texts = [percent(each.figures.reached_rate) for each in periods]
    return Chart(
        key="rates",
        title="Reached, and no-shows",
        remark="Solid: reached. Dashed: no-shows.",
        says=_course(periods, texts, "The share of people reached"),
        grid=_grid(PERCENT, lambda value: f"{value:.0f}%"),
        ticks=_ticks(periods),
        lines=[line_of(reached, PERCENT), line_of(missed, PERCENT)],
        words=named(reached, texts, PERCENT),
        table=Table(
            ("", "Reached", "Calls held", "No-shows"),
            [
                (
                    p.name,
                    percent_of(f.reached_rate, f.reached, f.asked),
                    percent_of(f.held_rate, f.held, f.known),
                    percent_of(f.no_show_rate, f.no_show, f.known),
                )
                for p in periods
                for f in [p.figures]
            ],
        ),
    )


def steps(overview: Overview) -> Rows:
    """How many of those who asked came how far."""
    total = overview.total
    counts = {
        "Requests": total.asked,
        "Reached": total.reached,
        "Booked": total.booked,
        "Held": total.held,
    }
    rows = [_row(name, number, total.asked, total.asked) for name, number in counts.items()]
    shares = [(row.name, row.number, row.remark) for row in rows]
    table = Table(("", "People", "Of all requests"), shares)
    return Rows("steps", "From request to held call", "All of the time shown", rows, table)


def groups(key: str, title: str, overview: Overview) -> Rows:
    """How many people of each group asked; all of their figures are in the table."""
    found, total = overview.groups[key], overview.total.asked
    most = max((each.figures.asked for each in found if each.figures), default=0)
    rows = [
        replace(_row(each.name, each.figures.asked, total, most), key=each.key)
        if each.figures
        else Row(each.name, 0, NOTHING, "too few")
        for each in found
    ]
    heads = ("", "Requests", "Median", "Reached", "Calls held", "No-shows")
    table = Table(heads, [(each.name, *_cells(each.figures)) for each in found])
    remark = "One person can name several" if key == "condition" else ""
    return Rows(key, title, remark, rows, table)


def _cells(figures: Summary | None) -> tuple[str, ...]:
    if figures is None:
        return ("Too few", *[NOTHING] * 4)
    return (
        str(figures.asked),
        open_time(figures.median),
        percent(figures.reached_rate),
        percent(figures.held_rate),
        percent(figures.no_show_rate),
    )


def _row(name: str, number: int, total: int, most: int) -> Row:
    share = percent(number / total) if total else ""
    return Row(name, round(100 * number / most, 1) if most else 0, f"{number:,}", share)


def _grid(scale: Scale, words: Callable[[float], str]) -> list[Word]:
    return [
        Word(BESIDE_THE_LINES, scale.y(value) + 4, words(value), "end") for value in scale.values
    ]


def _ticks(periods: Sequence[Period]) -> list[Word]:
    return below([each.short for each in periods])


def _course(periods: Sequence[Period], texts: Sequence[str], what: str) -> str:
    first, last = periods[0].name, periods[-1].name
    return f"{what} went from {texts[0]} ({first}) to {texts[-1]} ({last}, which is not over)."


def _number(period: Period, number: int) -> str:
    """A count of a period, or that it is not shown."""
    return "Too few" if period.is_hidden else f"{number:,}"


def _hundred(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate


def area(chart: Chart) -> str:
    """The surface below the first line of a chart, where that has no gap; else ""."""
    if len(chart.lines[0].pieces) != 1 or len(chart.lines[0].points) != 1:
        return ""
    points = chart.lines[0].pieces[0]
    first, last = points.split(",", 1)[0], points.rsplit(" ", 1)[-1].split(",")[0]
    return f"{first},166 {points} {last},166"
