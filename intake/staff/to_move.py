"""Calls that cannot stay where they are: a list, and a mail that asks for another time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import day_text, time_text
from intake.notifications.queries import MessageState
from intake.scheduling.agenda import Misplaced, misplaced
from intake.scheduling.rebooking import ask_to_rebook, questions
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.person import Person
from intake.staff.rows import Status
from intake.staff.words import when

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Row:
    """One call. `can_ask`: whether a mail can still ask for another time."""

    id: UUID
    href: str
    name: str
    reference: str
    day: str
    time: str
    why: str
    told: Status
    can_ask: bool
    is_chosen: bool


@blueprint.get("/calendar/to-move")
@requires(Permission.BOOK)
@shows("calls to move viewed")
def to_move() -> ResponseReturnValue:
    """The calls, the next one first."""
    clinic, now = current_clinic(), clock.now()
    found = misplaced(now=now)
    asked = questions(found)
    rows = [_row(each, asked.get(each.appointment.id), clinic, now) for each in found]
    return render_template("staff/to_move.html", rows=rows)


@blueprint.post("/calendar/to-move")
@requires(Permission.BOOK)
def ask() -> ResponseReturnValue:
    """Mail those who were chosen."""
    chosen = _ids(request.form.getlist("appointment"))
    if not chosen:
        abort(400)
    with unit_of_work():
        count = ask_to_rebook(chosen, current_clinic(), actor=staff_user(), now=clock.now())
    people = "1 person is" if count == 1 else f"{count} people are"
    flash(f"{people} asked by email to choose another time. Their calls stay until they are moved.")
    return redirect(url_for("staff.to_move"), code=303)


def _ids(texts: Sequence[str]) -> set[UUID]:
    try:
        return {UUID(text) for text in texts[:MOST_AT_ONCE]}
    except ValueError:
        abort(400)


def _row(each: Misplaced, asked: MessageState | None, clinic: Clinic, now: datetime) -> Row:
    person, starts_at = Person(each.submission), each.appointment.starts_at
    can_ask = person.gets_mail and asked is None
    return Row(
        id=each.appointment.id,
        href=url_for("staff.show", submission_id=each.submission.id) + "#slot",
        name=person.name,
        reference=each.submission.reference,
        day=day_text(starts_at, clinic.tz, "en"),
        time=time_text(starts_at, clinic.tz, "en"),
        why=each.why,
        told=_told(person, asked, clinic, now),
        can_ask=can_ask,
        # where staff put a call on purpose, nobody should be asked by a careless click
        is_chosen=can_ask and not each.appointment.outside_hours,
    )


def _told(person: Person, asked: MessageState | None, clinic: Clinic, now: datetime) -> Status:
    """Whether the person knows, and what to do if a mail can't tell them."""
    if asked is None:
        if person.gets_mail:
            return Status("Not asked yet", "mail")
        return Status("Gets no email", "phone", "Call them", "warn")
    at = when(asked.sent_at or asked.created_at, clinic.tz, now)
    if asked.state == "failed":
        return Status("Email came back", "alert", "Call them", "alert")
    return Status("Asked by email", "check", at)
