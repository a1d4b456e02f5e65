"""The work queue: whom to call first, and why."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import day_text, moment_text
from intake.scheduling import bookings
from intake.screening.level import Level
from intake.staff import filters, live
from intake.staff.flag import handled_of
from intake.staff.guard import (
    blueprint,
    bounded,
    counted,
    late_now,
    requires,
    shows,
    staff_user,
    waiting_by_rank,
)
from intake.staff.listing import Group, Listing
from intake.staff.mails import trouble_words
from intake.staff.rows import booked_row, over_row
from intake.staff.to_do import to_do
from intake.staff.views import url_for_view
from intake.staff.words import SETTLED, STATUSES
from intake.submissions import queries, saved_views
from intake.submissions.filters import Chosen, read_chosen
from intake.submissions.quarantine import quarantined

TABS = {
    "": "To do",
    "booked": "Booked",
    "past": "Call is over",
    "over": "Done",
    "suspected": "Suspected spam",
}
FLAGGED = (Level.URGENT.rank, Level.URGENT_ACUTE.rank)


@blueprint.get("/")
@requires(Permission.SEE_QUEUE)
@shows("queue viewed")
def queue() -> ResponseReturnValue:
    """What waits, the most urgent first; or what is booked or over."""
    clinic, now, after = current_clinic(), clock.now(), request.args.get("after", "")
    build = LISTINGS.get(request.args.get("tab", ""))
    chosen = filters.allowed(read_chosen(request.args), staff_user(), clinic)
    listing = build(clinic, now, after) if build else to_do(clinic, chosen, after=after, now=now)
    here = {"tab": listing.key, "state": _state()} if build else chosen.given
    return render_template(
        "staff/queue.html",
        listing=listing,
        tabs=_tabs(listing.key),
        states=_states() if listing.key == "over" else [],
        now=moment_text(now, clinic.tz, "en"),
        state=live.state(queries.head(late_now()) if listing.head is None else listing.head)[0],
        flags=live.flags(waiting_by_rank()),
        trouble=trouble_words(clinic, now=now),
        here=url_for("staff.queue", **here),
        later=url_for("staff.queue", **here, after=listing.later) if listing.later else "",
        **({} if build else _filtering(chosen, listing, clinic)),
    )


def _filtering(chosen: Chosen, listing: Listing, clinic: Clinic) -> dict[str, object]:
    """What the part about filters shows."""
    user, counts = staff_user(), waiting_by_rank()
    flagged = sum(counts.get(rank, 0) for rank in FLAGGED)
    here = url_for("staff.queue", **chosen.given)
    views = [(view.name, url_for_view(view)) for view in saved_views.views_of(user)]
    return {
        "chosen": chosen,
        "flagged": bounded(flagged - len(listing.lanes)),
        "filters": filters.groups(chosen, user, clinic),
        "chosen_words": filters.chosen_links(chosen, user, clinic),
        "views": [
            {"label": name, "href": href, "current": bool(chosen.given) and href == here}
            for name, href in views
        ],
    }


def _tabs(current: str) -> list[dict[str, object]]:
    counts = {"": bounded(sum(waiting_by_rank().values())) or "0"}
    counts["suspected"] = bounded(counted().quarantined)
    return [
        {
            "label": label,
            "href": url_for("staff.queue", tab=key or None),
            "current": key == current,
            "count": counts.get(key) or None,
            "live": "" if key else "waiting",
        }
        for key, label in TABS.items()
    ]


def _state() -> str | None:
    """Which kind of what is over was asked for; None for all of them."""
    asked = request.args.get("state", "")
    return asked if asked in queries.KINDS_OVER and request.args.get("tab") == "over" else None


def _states() -> list[dict[str, object]]:
    """The kinds of what is over, as links."""
    labels: dict[str | None, str] = {None: "All"}
    labels |= {key: STATUSES[key] for key in queries.KINDS_OVER}
    labels["draft"] = SETTLED
    return [
        {
            "label": label,
            "href": url_for("staff.queue", tab="over", state=key),
            "current": key == _state(),
        }
        for key, label in labels.items()
    ]


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
        groups.append(Group(label, str(len(day)), day))
    return groups


def _over(clinic: Clinic, now: datetime, after: str) -> Listing:
    page = queries.over(after, status=_state() or "")
    handled = handled_of(page.rows)
    rows = [over_row(each, handled.get(each.id), clinic, now=now) for each in page.rows]
    return Listing(
        key="over",
        caption="Requests that need nothing more, the latest first",
        heads=("State", "Time for the call"),
        groups=[Group("Latest first", str(len(rows)), rows)] if rows else [],
        later=page.later,
        empty="There is none." if _state() else "No request is done yet.",
    )


def _suspected(clinic: Clinic, now: datetime, after: str) -> Listing:
    page = quarantined(after)
    handled = handled_of(page.rows)
    rows = [over_row(each, handled.get(each.id), clinic, now=now) for each in page.rows]
    return Listing(
        key="suspected",
        caption="Requests that looked like spam, the longest waiting first",
        heads=("State", "Time for the call"),
        groups=[Group("Look at each: a person may have written it", str(len(rows)), rows)]
        if rows
        else [],
        later=page.later,
        empty="Nothing looks like spam. What does waits here until somebody decides on it.",
    )


LISTINGS = {"suspected": _suspected, "booked": _booked, "past": _past, "over": _over}
