"""The figures: how fast people are contacted, how many are reached, and what becomes of calls."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.exports.csv_file import MEDIA_TYPE, csv_lines
from intake.exports.figures import Summary
from intake.screening.level import Level
from intake.staff import dashboard_charts as charts
from intake.staff.dashboard_figures import DIMENSIONS, Overview, overview
from intake.staff.dashboard_periods import SPANS, Span, span_named
from intake.staff.dashboard_words import open_time, percent
from intake.staff.guard import blueprint, requires, staff_user, waiting_by_rank
from intake.staff.words import full_day, when

HEAD = ("Group", "Name", "Measure", "Value")
TOO_FEW = "fewer than 5"


@dataclass(frozen=True)
class Tile:
    """One large figure."""

    name: str
    value: str
    small: str


@blueprint.get("/dashboard")
@requires(Permission.SEE_FIGURES)
def dashboard() -> ResponseReturnValue:
    """The figures of a span of time, as charts and tables."""
    clinic, now, span = current_clinic(), clock.now(), _span()
    found = overview(span, clinic, only=_only(), now=now)
    return render_template(
        "staff/dashboard.html",
        spans=_spans(span, found.only.key if found.only else None),
        span=span,
        since=full_day(found.since),
        counted=when(found.counted_at, clinic.tz, now) if found.counted_at else "",
        tiles=_tiles(found, clinic, staff_user()),
        is_empty=not found.total.asked,
        drawn=[charts.times(found, clinic), charts.requests(found), charts.rates(found)],
        rows=_rows(found),
        only=found.only,
        area=charts.area,
    )


@blueprint.get("/dashboard/figures.csv")
@requires(Permission.SEE_FIGURES)
def dashboard_csv() -> ResponseReturnValue:
    """Every figure of the page, one a line."""
    span = _span()
    found = overview(span, current_clinic(), only=_only(), now=clock.now())
    response = Response(b"".join(csv_lines(HEAD, _lines(found))), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename=figures-{span.key}.csv"
    return response


def _span() -> Span:
    return span_named(request.args.get("span", ""))


def _only() -> str:
    return request.args.get("of", "")


def _rows(found: Overview) -> list[charts.Rows]:
    """The bars across: how far people came, and for everybody also the groups."""
    if found.only:
        return [charts.steps(found)]
    groups = (charts.groups(name, title, found) for name, title in DIMENSIONS.items())
    return [charts.steps(found), *groups]


def _spans(current: Span, only: str | None) -> list[dict[str, object]]:
    return [
        {
            "label": span.label,
            "href": url_for("staff.dashboard", span=span.key, of=only),
            "current": span == current,
        }
        for span in SPANS
    ]


def _tiles(found: Overview, clinic: Clinic, user: User) -> list[Tile]:
    total = found.total
    target = f"Target {open_time(clinic.response_minutes)}."
    waited = f"Median. Nine of ten within {open_time(total.ninetieth)}. {target}"
    missed = f"No-shows: {total.no_show:,} of {total.known:,} ({percent(total.no_show_rate)})."
    return [
        Tile(
            "Time to first contact",
            open_time(total.median),
            waited if total.contacted else f"Nobody was contacted yet. {target}",
        ),
        Tile(
            "Reached",
            percent(total.reached_rate),
            f"{total.reached:,} of {total.asked:,} people" if total.asked else "Nobody asked yet",
        ),
        Tile(
            "Calls held",
            percent(total.held_rate),
            f"{total.held:,} of {total.known:,} with an outcome. {missed}"
            if total.known
            else "No call has an outcome yet",
        ),
        *([] if found.only else [_waiting(user)]),
    ]


def _waiting(user: User) -> Tile:
    """Who waits now. Only who sees the queue anyway learns of so few people how urgent it is."""
    counts = waiting_by_rank()
    urgent = sum(number for rank, number in counts.items() if rank >= Level.URGENT.rank)
    small = f"{urgent} urgent" if user.may(Permission.SEE_QUEUE) else "In the work queue"
    return Tile("Waiting now", f"{sum(counts.values()):,}", small)


def _lines(found: Overview) -> Iterator[tuple[str, str, str, str]]:
    """Group, name, measure and value of every figure; times are open minutes."""
    whom = found.only.name if found.only else "All"
    yield from _measures(whom, found.periods[0].name + " until now", found.total)
    for period in found.periods:
        if period.is_hidden:
            yield whom, period.name, "Requests", TOO_FEW
        else:
            yield from _measures(whom, period.name, period.figures)
    if found.only:
        return
    yield "All", "Now", "Waiting", str(sum(waiting_by_rank().values()))
    for dimension, title in DIMENSIONS.items():
        for group in found.groups[dimension]:
            if group.figures is None:
                yield title, group.name, "Requests", TOO_FEW
            else:
                yield from _measures(title, group.name, group.figures)


def _measures(group: str, name: str, figures: Summary) -> Iterator[tuple[str, str, str, str]]:
    measures: dict[str, int | float | None] = {
        "Requests": figures.asked,
        "Contacted": figures.contacted,
        "Median minutes to first contact": figures.median,
        "90th percentile of minutes to first contact": figures.ninetieth,
        "Reached": figures.reached,
        "Reached rate": figures.reached_rate,
        "Booked": figures.booked,
        "Booked rate": figures.booked_rate,
        "Held": figures.held,
        "Held rate": figures.held_rate,
        "No-shows": figures.no_show,
        "No-show rate": figures.no_show_rate,
    }
    for measure, value in measures.items():
        rounded = round(value, 4) if isinstance(value, float) else value
        yield group, name, measure, "" if rounded is None else str(rounded)
