"""What an administrator sees of accounts: users, their sessions, their invitations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from intake.accounts.models import SignInLink, StaffSession, User
from intake.accounts.service import INVITATION
from intake.accounts.sessions import ABSOLUTE, IDLE
from intake.core.db import db


def all_users() -> list[User]:
    """Everybody who has or had an account, by name; whoever is switched off comes last."""
    return list(db.session.scalars(select(User).order_by(User.active.desc(), User.name, User.id)))


def open_sessions(*, now: datetime) -> dict[UUID, list[StaffSession]]:
    """The sessions that last, by user, the latest seen first."""
    query = select(StaffSession).where(
        StaffSession.last_seen_at > now - IDLE,
        StaffSession.created_at > now - ABSOLUTE,
        StaffSession.second_factor.is_not(None),
    )
    found: dict[UUID, list[StaffSession]] = {}
    for each in db.session.scalars(query.order_by(StaffSession.last_seen_at.desc())):
        found.setdefault(each.user_id, []).append(each)
    return found


def invitations() -> dict[UUID, datetime]:
    """Until when the latest unused invitation of each user works, or worked."""
    latest = select(SignInLink.user_id, func.max(SignInLink.expires_at)).where(
        SignInLink.purpose == INVITATION, SignInLink.used_at.is_(None)
    )
    rows = db.session.execute(latest.group_by(SignInLink.user_id)).all()
    return {row[0]: row[1] for row in rows}
