"""The browsers in which somebody is signed in, as pages list them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from intake.accounts.models import StaffSession
from intake.accounts.sessions import StaffVisit
from intake.clinic.clinic import Clinic
from intake.staff.words import opening, when


class SessionRow(NamedTuple):
    """One browser that is signed in."""

    id_hash: str
    since: str
    seen: str
    is_this: bool


def session_rows(
    sessions: Iterable[StaffSession], clinic: Clinic, visit: StaffVisit, *, now: datetime
) -> list[SessionRow]:
    """Sessions in words; `visit` is the one of the request."""
    return [
        SessionRow(
            each.id_hash,
            opening(when(each.created_at, clinic.tz, now)),
            when(each.last_seen_at, clinic.tz, now),
            each.id_hash == visit.id_hash,
        )
        for each in sessions
    ]
