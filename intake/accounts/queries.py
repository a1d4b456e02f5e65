"""Reading users and their links."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from intake.accounts.models import SignInLink, User
from intake.accounts.permissions import Permission
from intake.core.db import db
from intake.core.remember import remembered
from intake.core.tokens import token_hash


def user_by_email(email: str) -> User | None:
    """The user with this address, in whatever case it is typed."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of several users by id, in one statement."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


def known_names(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """The same for lists: names are remembered for a few seconds, so mostly without asking."""
    if not user_ids:
        return {}
    names = remembered("user names", _all_names)
    if names.keys() >= set(user_ids):
        return names
    return names_of(user_ids)


def _all_names() -> dict[UUID, str]:
    rows = db.session.execute(select(User.id, User.name))
    return {row.id: row.name for row in rows}


def everybody() -> Sequence[User]:
    """All users by name, also those who are shut out."""
    return db.session.scalars(select(User).order_by(User.name, User.id)).all()


def live_link(token: str, *, now: datetime) -> tuple[SignInLink, User] | None:
    """A link that still works, with its user; it is not used up by looking."""
    row = db.session.execute(
        select(SignInLink, User)
        .join(User, User.id == SignInLink.user_id)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.used_at.is_(None))
        .where(SignInLink.expires_at > now, User.active)
    ).first()
    return None if row is None else (row.SignInLink, row.User)


def addresses_of_those_who(may_one_of: Collection[Permission]) -> set[str]:
    """The addresses of all users who can sign in and may do at least one of these."""
    users = db.session.scalars(select(User).where(User.active))
    return {each.email for each in users if each.permissions.intersection(may_one_of)}


def working_addresses() -> set[str]:
    """The addresses of all users who can sign in."""
    return set(db.session.scalars(select(User.email).where(User.active)))
