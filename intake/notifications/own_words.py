"""The clinic's own words as they are stored: the latest version for each mail and language."""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, tuple_, update

from intake.core.db import db, unit_of_work
from intake.core.remember import remembered
from intake.notifications.models import MailText
from intake.notifications.texts import OwnWords, Text, TextUnusable

log = logging.getLogger(__name__)

Key = tuple[str, str]
"""Name of a mail, and language."""


def words_for(
    name: str, language: str, context: Mapping[str, str | int | float], *, now: datetime
) -> OwnWords:
    """What the clinic wants said in one mail; nothing of its own where that cannot be used.

    Then the built-in words go out, and the failure is noted for whoever is told of failures. Must
    not be called within a unit of work.
    """
    text = remembered("mail texts", _load).get((name, language))
    if text is None:
        return OwnWords()
    try:
        return text.filled(context)
    except TextUnusable as fault:
        log.warning("own words of %s in %s cannot be used: %s", name, language, fault)
        _note_failure(text, now)
        return OwnWords()


def latest() -> list[MailText]:
    """The latest version for each mail and language that ever had words of the clinic."""
    newest = select(MailText.name, MailText.language, func.max(MailText.version)).group_by(
        MailText.name, MailText.language
    )
    keys = tuple_(MailText.name, MailText.language, MailText.version)
    return list(db.session.scalars(select(MailText).where(keys.in_(newest))))


def history(name: str, language: str) -> list[MailText]:
    """All versions for one mail and language, the latest first."""
    query = select(MailText).where(MailText.name == name, MailText.language == language)
    return list(db.session.scalars(query.order_by(MailText.version.desc())))


def failed_count() -> int:
    """How many own texts could not be used and still stand."""
    return sum(1 for each in latest() if each.failed_at is not None)


def _load() -> dict[Key, Text]:
    return {
        (each.name, each.language): each.text for each in latest() if each.opening or each.closing
    }


def _note_failure(text: Text, now: datetime) -> None:
    its = (
        MailText.name == text.name,
        MailText.language == text.language,
        MailText.version == text.version,
        MailText.failed_at.is_(None),
    )
    with unit_of_work() as session:
        session.execute(update(MailText).where(*its).values(failed_at=now))
