"""Handing over at the end of a shift: what is open, what is due, and what was done since."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple, TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.queries import known_names
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import moment_text
from intake.scheduling import bookings
from intake.scheduling.agenda import agenda
from intake.staff.flag import call_words, level_tag, waiting_words
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.held import held_by
from intake.staff.person import Person
from intake.staff.words import CHANNELS, TRIES, Tag, opening, when
from intake.submissions import shift
from intake.submissions.models import Submission, Try

LENGTHS = {"4": "4 hours", "8": "8 hours", "12": "12 hours", "24": "day", "72": "3 days"}
"""How many hours a hand-over may look back, and how a link says it."""
DEFAULT = "8"
Row = TypeVar("Row")


class Line(NamedTuple):
    """One person in a list."""

    href: str
    name: str
    reference: str
    tag: Tag | None
    text: str
    small: str


class Part(NamedTuple):
    """One list of the page. `is_cut` says that there are more than it shows."""

    id: str
    title: str
    icon: str
    lines: list[Line]
    empty: str
    is_cut: bool


@blueprint.get("/shift")
@requires(Permission.SEE_QUEUE)
@shows("shift viewed")
def shift_hand_over() -> ResponseReturnValue:
    """Everything the next shift must know, on a page that prints."""
    clinic, now = current_clinic(), clock.now()
    asked = request.args.get("hours", "")
    hours = asked if asked in LENGTHS else DEFAULT
    since = now - timedelta(hours=int(hours))
    return render_template(
        "staff/shift.html",
        parts=[*_open(clinic, now), *_ahead(clinic, now), *_done(clinic, since, now)],
        now=moment_text(now, clinic.tz, "en"),
        since=when(since, clinic.tz, now),
        lengths=[
            {
                "label": label,
                "href": url_for("staff.shift_hand_over", hours=each),
                "current": each == hours,
            }
            for each, label in LENGTHS.items()
        ],
    )


def _open(clinic: Clinic, now: datetime) -> list[Part]:
    """What must not be forgotten."""

    def flag(each: Submission) -> Line:
        return _line(each, waiting_words(each, now), call_words(each, clinic, now=now))

    taken = shift.taken_now(clinic, now=now)
    held = held_by(taken, staff_user(), clinic, now=now)

    def holder(each: Submission) -> Line:
        mine = held[each.id].is_mine  # on paper nobody knows who "you" are
        name = staff_user().name if mine else held[each.id].who
        return _line(each, f"{name}, since {held[each.id].since}")

    over = bookings.past(now=now)
    unknown = [_booked_line(each, clinic, now) for each in over.rows]
    return [
        _part("Urgent flags open", "shield", shift.open_flags(), flag, "No urgent flag is open."),
        _part("Taken to call now", "user", taken, holder, "Nobody has taken a request."),
        Part("past", "Calls without an outcome", "calendar", unknown, "None.", bool(over.later)),
    ]


def _ahead(clinic: Clinic, now: datetime) -> list[Part]:
    """What is due until tomorrow evening, clinic time."""
    today = now.astimezone(clinic.tz).date()
    midnight = datetime.combine(today + timedelta(days=2), time(), clinic.tz)

    def due(each: Submission) -> Line:
        call_at = each.call_at or now
        words = opening(when(call_at, clinic.tz, now))
        return _line(each, f"{words}, was due" if call_at <= now else words, TRIES[each.last_try])

    calls = agenda(now - bookings.JUST_NOW, midnight, now=now)
    booked = [_booked_line(each, clinic, now) for each in calls if each[1].status == "booked"]
    return [
        _part("Call again by tomorrow", "clock", shift.calls_due(until=midnight), due, "Nobody."),
        Part("ahead", "Booked today and tomorrow", "calendar", booked, "No call is booked.", False),
    ]


def _done(clinic: Clinic, since: datetime, now: datetime) -> list[Part]:
    """What was done since."""
    calls = shift.calls_since(since)
    names = known_names({each.author_id for each, _ in calls})

    def call(row: tuple[Try, Submission]) -> Line:
        entry, submission = row
        author = names.get(entry.author_id, "Somebody")
        return _line(
            submission, TRIES[entry.outcome], f"{author}, {when(entry.created_at, clinic.tz, now)}"
        )

    def sent(each: Submission) -> Line:
        return _line(
            each, Person(each).conditions, opening(when(each.sent_at or since, clinic.tz, now))
        )

    return [
        _part("Calls written down", "phone", calls, call, "No call was written down."),
        _part("New requests", "inbox", shift.sent_since(since), sent, "No request came in."),
    ]


def _part(
    title: str, icon: str, rows: Sequence[Row], line: Callable[[Row], Line], empty: str
) -> Part:
    lines = [line(each) for each in rows[: shift.MOST]]
    return Part(icon, title, icon, lines, empty, len(rows) > shift.MOST)


def _booked_line(booked: bookings.Booking, clinic: Clinic, now: datetime) -> Line:
    submission, call = booked
    starts = opening(when(call.starts_at, clinic.tz, now))
    return _line(submission, starts, CHANNELS.get(call.channel, ""))


def _line(submission: Submission, text: str, small: str = "") -> Line:
    return Line(
        href=url_for("staff.show", submission_id=submission.id),
        name=Person(submission).name,
        reference=submission.reference,
        tag=level_tag(submission) if submission.level_rank else None,
        text=text,
        small=small,
    )
