"""Mailed links with which a person sees what we keep about them, or takes their request back.

Only a hash of the link's secret is kept, bound to the purpose: no other secret of the clinic opens
this page, and this one opens nothing else. Opening a link changes nothing, since mail scanners open
links; what was answered is shown only to who knows the date of birth, too.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from intake.core.db import Base, UTCDateTime, db
from intake.core.tokens import new_token, token_hash
from intake.core.urls import patient_url
from intake.submissions.models import Submission

WORKS_FOR = timedelta(days=30)


class OwnLink(Base, kw_only=True):
    """A mailed link to what we keep about one person, until it expires."""

    __tablename__ = "own_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def new_link(submission: Submission, *, now: datetime) -> str:
    """Make one more link to a request in the current unit of work; the others still work."""
    token = new_token()
    link = OwnLink(token_hash=_hash(token), submission_id=submission.id, expires_at=now + WORKS_FOR)
    db.session.add(link)
    path = f"/my-data/{token}"
    return patient_url(
        path if submission.language == "en" else f"{path}?lang={submission.language}"
    )


def by_link(token: str, *, now: datetime, lock: bool = False) -> Submission | None:
    """The request a link leads to, or the one it goes on in; None for no link, or none any more."""
    asked = select(OwnLink.submission_id).where(OwnLink.token_hash == _hash(token), _works(now))
    submission_id = db.session.scalar(asked)
    return None if submission_id is None else leading(submission_id, lock=lock)


def leading(submission_id: UUID, *, lock: bool = False) -> Submission:
    """A request, or the one it goes on in after staff have merged them; locked if asked for."""
    query = select(Submission).where(Submission.id == submission_id)
    found = db.session.scalars(query.with_for_update() if lock else query).one()
    return found if found.merged_into is None else leading(found.merged_into, lock=lock)


def are_over(*, now: datetime) -> ColumnElement[bool]:
    """Which links have expired."""
    return ~_works(now)


def _works(now: datetime) -> ColumnElement[bool]:
    return OwnLink.expires_at > now


def _hash(token: str) -> str:
    return token_hash(f"own data:{token}")
