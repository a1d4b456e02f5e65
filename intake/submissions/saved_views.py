"""The queue as somebody wants to see it again: a name for a choice of filters, one list a user."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from intake.accounts.models import User
from intake.core.db import Base, UTCDateTime, db
from intake.core.tokens import new_id

MOST = 12
"""Views of one user; more than these nobody finds again."""


class SavedView(Base, kw_only=True):
    """A choice of filters under a name, of one user."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    chosen: Mapped[dict[str, str]] = mapped_column(JSON)
    """As addresses of the queue name it; see `submissions.filters`."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NameTaken(Exception):
    """The user has a view of that name."""


class TooMany(Exception):
    """The user has as many views as one may have."""


def views_of(user: User) -> list[SavedView]:
    """The views of a user, by name."""
    query = select(SavedView).where(SavedView.user_id == user.id)
    return list(db.session.scalars(query.order_by(SavedView.name)))


def view_of(user: User, view_id: UUID) -> SavedView | None:
    """One of the user's own views; None for anybody else's."""
    query = select(SavedView).where(SavedView.id == view_id, SavedView.user_id == user.id)
    return db.session.scalar(query)


def save(user: User, name: str, chosen: Mapping[str, str], *, now: datetime) -> SavedView:
    """Keep a choice of filters under a name. Raises NameTaken, TooMany."""
    if len(views_of(user)) >= MOST:
        raise TooMany
    view = SavedView(user_id=user.id, name=name, chosen=dict(chosen), created_at=now)
    db.session.add(view)
    _flush()
    return view


def rename(view: SavedView, name: str) -> None:
    """Give a view another name. Raises NameTaken."""
    view.name = name
    _flush()


def remove(view: SavedView) -> None:
    """Forget a view."""
    db.session.delete(view)


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        raise NameTaken from None
