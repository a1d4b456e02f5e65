"""Secret addresses at which a member of staff's calendar program reads appointments.

They say as little as can be: that a time is taken, or also which request it is for. Names and
reasons stay here, since nobody knows where a calendar program keeps what it reads.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.tokens import new_token, token_hash
from intake.scheduling.agenda import agenda
from intake.scheduling.bookings import Booking
from intake.scheduling.ics import TakenTime, feed_file
from intake.scheduling.models import CalendarFeed

PAST, AHEAD = timedelta(days=31), timedelta(days=400)
"""How much of the calendar a feed holds."""
KEPT = ("pending", "booked", "held", "no_show")
"""Statuses of what stands in a feed; what is only kept for a while does not."""
MOST_FEEDS = 20


class TooManyFeeds(Exception):
    """A user has as many addresses as anybody needs: one must go before the next is made."""


def make_feed(
    user: User, *, provider_id: int | None, shows: str, now: datetime
) -> tuple[CalendarFeed, str]:
    """A new feed of a user and the secret token of its address, which is told this once only.

    `provider_id` None is everybody's calendar. Raises TooManyFeeds.
    """
    if len(feeds_of(user)) >= MOST_FEEDS:
        raise TooManyFeeds
    token = new_token()
    feed = CalendarFeed(
        token_hash=token_hash(token),
        user_id=user.id,
        created_at=now,
        provider_id=provider_id,
        shows=shows,
    )
    db.session.add(feed)
    db.session.flush()
    whose = f"provider {provider_id}" if provider_id else "everybody"
    log.record("calendar feed made", actor=user.actor, now=now, detail=f"{whose}, {shows}")
    return feed, token


def revoke(feed_id: UUID, user: User, *, now: datetime) -> bool:
    """Let an address of this user work no more. Returns whether there was one."""
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is None or feed.user_id != user.id or feed.revoked_at is not None:
        return False
    feed.revoked_at = now
    log.record("calendar feed revoked", actor=user.actor, now=now)
    return True


def feeds_of(user: User) -> list[CalendarFeed]:
    """The feeds of a user that work, the oldest first."""
    query = select(CalendarFeed).where(
        CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(CalendarFeed.created_at)))


def live_feed(token: str) -> CalendarFeed | None:
    """The feed of a token, while its user may still see the calendar."""
    row = db.session.execute(
        select(CalendarFeed, User)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.token_hash == token_hash(token))
        .where(CalendarFeed.revoked_at.is_(None), User.active)
    ).first()
    if row is None or not row.User.may(Permission.SEE_QUEUE):
        return None
    feed: CalendarFeed = row.CalendarFeed
    return feed


def contents(
    feed: CalendarFeed, clinic: Clinic, *, address: Callable[[UUID], str], now: datetime
) -> bytes:
    """The calendar file of a feed. `address` leads to the record of a submission."""
    bookings = agenda(now - PAST, now + AHEAD, now=now, provider_id=feed.provider_id)
    times = [
        _taken(booking, address if feed.shows == "reference" else None)
        for booking in bookings
        if booking[1].status in KEPT
    ]
    return feed_file(f"{clinic.name} calls", times)


def _taken(booking: Booking, address: Callable[[UUID], str] | None) -> TakenTime:
    submission, appointment = booking
    return TakenTime(
        # not the id of the patient's own calendar file, which says other things
        uid=f"{appointment.id}-staff@intake",
        sequence=appointment.version,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        stamped_at=appointment.updated_at,
        summary=f"Call {submission.reference}" if address else "Busy",
        url=address(submission.id) if address else None,
        is_certain=appointment.status != "pending",
    )
