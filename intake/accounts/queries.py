"""Reading users, their links and their failed sign-ins."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from intake.accounts.models import SignInLink, User
from intake.audit.models import AuditEntry
from intake.core.db import db
from intake.core.tokens import token_hash

FAILED_SIGN_IN = "sign-in failed"
LOCKED_AFTER = 10
LOCKED_FOR = timedelta(minutes=15)
"""So many failures within this time lock a user out until the first of them is past."""


def user_by_email(email: str) -> User | None:
    """The user with this address, in whatever case it is typed."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of several users by id, in one statement."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


def live_link(token: str, *, now: datetime) -> tuple[SignInLink, User] | None:
    """A link that still works, with its user; it is not used up by looking."""
    row = db.session.execute(
        select(SignInLink, User)
        .join(User, User.id == SignInLink.user_id)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None))
        .where(SignInLink.expires_at > now, User.active)
    ).first()
    return None if row is None else (row.SignInLink, row.User)


def is_locked_out(user: User, *, now: datetime) -> bool:
    """Whether too many sign-ins have failed lately (OWASP ASVS 6.3.1)."""
    failures = db.session.scalar(
        select(func.count())
        .select_from(AuditEntry)
        .where(AuditEntry.subject_id == user.id, AuditEntry.action == FAILED_SIGN_IN)
        .where(AuditEntry.at > now - LOCKED_FOR)
    )
    return (failures or 0) >= LOCKED_AFTER
