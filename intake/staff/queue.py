"""The work queue: whom to call first, and why."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import day_text, moment_text
from intake.scheduling import bookings
from intake.scheduling.models import Appointment
from intake.scheduling.queries import latest_for_all
from intake.screening.level import Level
from intake.staff.flag import Handled, handled_of
from intake.staff.guard import blueprint, requires, staff_user, waiting_by_rank
from intake.staff.held import Held, held_by
from intake.staff.listing import Group, Lane, Listing
from intake.staff.mails import trouble_words
from intake.staff.reasons import safety_reasons
from intake.staff.rows import booked_row, over_row, waiting_row
from intake.staff.words import LEVELS
from intake.submissions import queries
from intake.submissions.models import Submission

LANES = 3
"""How many acute cases stand above the queue and not in it; the others lead it."""


@blueprint.get("/")
@requires(Permission.SEE_QUEUE)
def queue() -> ResponseReturnValue:
    """What waits, the most urgent first; or what is booked or over."""
    clinic, now = current_clinic(), clock.now()
    build = LISTINGS.get(request.args.get("tab", ""), _to_do)
    listing = build(clinic, now, request.args.get("after", ""))
    return render_template(
        "staff/queue.html",
        listing=listing,
        tabs=_tabs(listing.key),
        now=moment_text(now, clinic.tz, "en"),
        trouble=trouble_words(clinic, now=now),
        later=url_for("staff.queue", tab=listing.key or None, after=listing.later)
        if listing.later
        else "",
    )


def _tabs(current: str) -> list[dict[str, object]]:
    names = {"": "To do", "booked": "Booked", "past": "Call is over", "over": "All closed"}
    waiting = sum(waiting_by_rank().values())
    return [
        {
            "label": label,
            "href": url_for("staff.queue", tab=key or None),
            "current": key == current,
            "count": None if key else waiting,
        }
        for key, label in names.items()
    ]


def _to_do(clinic: Clinic, now: datetime, after: str) -> Listing:
    page, counts = queries.to_do(after), waiting_by_rank()
    kept = latest_for_all([submission.id for submission in page.rows])
    handled = handled_of(page.rows)
    held = held_by(page.rows, staff_user(), clinic, now=now)
    first = [] if after else _acute(page.rows)
    listed = [each for each in page.rows if each not in first]
    groups = [
        Group(
            LEVELS[rank].label,
            counts.get(rank, 0) - len(first) * (rank == Level.URGENT_ACUTE.rank),
            [
                waiting_row(
                    each, kept.get(each.id), handled.get(each.id), clinic, now=now
                ).with_holder(each, held.get(each.id))
                for each in rows
            ],
        )
        for rank, rows in groupby(listed, key=lambda submission: submission.queue_rank)
    ]
    return Listing(
        key="",
        caption="What waits for us, the most urgent first",
        heads=("Waiting", "Time for the call"),
        groups=groups,
        later=page.later,
        empty="Nobody else is waiting."
        if first
        else "Nobody is waiting. New requests appear here.",
        lanes=_lanes(first, kept, handled, held, clinic, now=now),
    )


def _acute(rows: Sequence[Submission]) -> list[Submission]:
    """Whom to call before anything else: they stand above the queue, and only there."""
    return [each for each in rows if each.queue_rank == Level.URGENT_ACUTE.rank][:LANES]


def _lanes(
    submissions: Iterable[Submission],
    kept: dict[UUID, Appointment],
    handled: dict[UUID, Handled],
    held: dict[UUID, Held],
    clinic: Clinic,
    *,
    now: datetime,
) -> list[Lane]:
    lanes = []
    for each in submissions:
        row = waiting_row(each, kept.get(each.id), handled.get(each.id), clinic, now=now)
        row = row.with_holder(each, held.get(each.id))
        done = _tries(each, handled.get(each.id), clinic, now)
        words = (*safety_reasons(each), f"{row.first.text}.", f"{row.first.small}.", *done)
        lanes.append(Lane(row, " ".join(words)))
    return lanes


def _tries(
    submission: Submission, handled: Handled | None, clinic: Clinic, now: datetime
) -> list[str]:
    if handled is None or not handled.is_about(submission):
        return []
    return [f"{handled.author}, {handled.at(clinic, now)}: {handled.words(clinic, now)}."]


def _booked(clinic: Clinic, now: datetime, after: str) -> Listing:
    page = bookings.coming_up(now=now, after=after)
    return Listing(
        key="booked",
        caption="Booked calls, the next one first",
        heads=("Call", "How"),
        groups=_by_day(page.rows, clinic, now),
        later=page.later,
        empty="No call is booked.",
    )


def _past(clinic: Clinic, now: datetime, after: str) -> Listing:
    page = bookings.past(now=now, after=after)
    return Listing(
        key="past",
        caption="Booked calls whose time is over, the latest first",
        heads=("Call", "How"),
        groups=_by_day(page.rows, clinic, now),
        later=page.later,
        empty="No booked call is over yet.",
    )


def _by_day(rows: Iterable[bookings.Booking], clinic: Clinic, now: datetime) -> list[Group]:
    groups = []
    listed = list(rows)
    handled = handled_of([submission for submission, _ in listed])
    for _, booked in groupby(listed, key=lambda row: row[1].starts_at.astimezone(clinic.tz).date()):
        calls = list(booked)
        label = day_text(calls[0][1].starts_at, clinic.tz, "en")
        day = [
            booked_row(submission, call, handled.get(submission.id), clinic, now=now)
            for submission, call in calls
        ]
        groups.append(Group(label, len(day), day))
    return groups


def _over(clinic: Clinic, now: datetime, after: str) -> Listing:
    page = queries.over(after)
    handled = handled_of(page.rows)
    rows = [over_row(each, handled.get(each.id), clinic, now=now) for each in page.rows]
    return Listing(
        key="over",
        caption="Requests that need nothing more, the latest first",
        heads=("State", "Time for the call"),
        groups=[Group("Closed", len(rows), rows)] if rows else [],
        later=page.later,
        empty="No request is closed yet.",
    )


LISTINGS = {"booked": _booked, "past": _past, "over": _over}
