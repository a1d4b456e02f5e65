"""The ledger of consent: which ways of contact a person allowed, by which text, and until when.

What a page shows and a mail asks is in the submission itself; the ledger is the proof, with one
entry for each time consent was given (47 CFR 64.1200(a)(2); ICO, "record of consent").
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Update, insert, select, update

from intake.core.db import db
from intake.core.tokens import new_id
from intake.submissions.models import Consent, Submission

REMINDERS = "reminders"
SUBSTANCES = "substances"
"""That what somebody said about alcohol and drugs may be handed on (42 CFR 2.31)."""
TABLE = Consent.metadata.tables[Consent.__tablename__]


def note_change(
    submission: Submission, before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime
) -> None:
    """Write down what a saved contact page changed; nothing, without a statement, if nothing.

    `before` and `after` are the page's answers with the version of its notice.
    """
    old, new = allowed(before), allowed(after)
    is_new_text = before.get("notice") != after.get("notice")
    ended = old if is_new_text else old - new
    begun = new if is_new_text else new - old
    if ended:
        db.session.execute(_revoking(submission.id, ended, now))
    if begun:
        db.session.flush()  # the submission itself may be new
        version = str(after.get("notice", ""))
        db.session.execute(insert(TABLE), rows_of(submission.id, begun, version, at=now))


def rows_of(
    submission_id: UUID, channels: Collection[str], version: str, *, at: datetime
) -> list[dict[str, Any]]:
    """What is stored of consent to these channels by one version of the notice."""
    return [
        {
            "id": new_id(),
            "submission_id": submission_id,
            "channel": channel,
            "text_version": version,
            "given_at": at,
            "revoked_at": None,
        }
        for channel in sorted(channels)
    ]


def give(submission_id: UUID, channel: str, version: str, *, now: datetime) -> None:
    """Write down a consent in the current unit of work; one that is there already stays."""
    if not allows(submission_id, channel):
        db.session.execute(insert(TABLE), rows_of(submission_id, [channel], version, at=now))


def revoke(submission_id: UUID, channel: str, *, now: datetime) -> bool:
    """End a consent in the current unit of work. Returns whether there was one."""
    revoking = _revoking(submission_id, [channel], now).returning(Consent.id)
    return bool(db.session.scalars(revoking).all())


def allows(submission_id: UUID, channel: str) -> bool:
    """Whether there is a consent that was not revoked."""
    query = select(Consent.id).where(
        Consent.submission_id == submission_id,
        Consent.channel == channel,
        Consent.revoked_at.is_(None),
    )
    return db.session.scalar(query.limit(1)) is not None


def ledger(submission_id: UUID) -> list[Consent]:
    """All entries about a person, the earliest first."""
    query = select(Consent).where(Consent.submission_id == submission_id)
    return list(db.session.scalars(query.order_by(Consent.given_at, Consent.channel)))


def allowed(contact: Mapping[str, Any]) -> set[str]:
    """The channels of a contact page; who allows e-mail is told there that we remind them."""
    channels = set(contact.get("contact_by") or [])
    if "email" in channels:
        channels.add(REMINDERS)
    if contact.get("voicemail_ok") not in (None, "", "no"):
        channels.add("voicemail")
    return channels


def _revoking(submission_id: UUID, channels: Collection[str], now: datetime) -> Update:
    return (
        update(Consent)
        .where(
            Consent.submission_id == submission_id,
            Consent.channel.in_(channels),
            Consent.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
