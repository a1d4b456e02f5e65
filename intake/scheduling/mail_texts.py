"""Which mails to patients a clinic may add words of its own to, with examples of their values."""

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.i18n import day_text, moment_text
from intake.core.remember import forget
from intake.core.urls import patient_url
from intake.notifications.models import MailText
from intake.notifications.outbox import MailContext, letterhead
from intake.notifications.own_words import history
from intake.notifications.texts import SAFE, check
from intake.scheduling.asking import EarlierTimeMail, MissedMail, RebookMail
from intake.scheduling.emails import BookedMail, CancelledMail, ConfirmedMail, MovedMail
from intake.scheduling.reminders import ReminderMail
from intake.submissions.emails import (
    ClosedMail,
    OwnDataMail,
    ReceivedMail,
    ResumeMail,
    WithdrawnMail,
)

TEXTS: dict[str, type[MailContext]] = {
    "received": ReceivedMail,
    "booked": ConfirmedMail,
    "reminder": ReminderMail,
    "moved": MovedMail,
    "place_changed": BookedMail,
    "cancelled": CancelledMail,
    "restored": BookedMail,
    "rebook": RebookMail,
    "missed": MissedMail,
    "earlier_time": EarlierTimeMail,
    "link_again": BookedMail,
    "closed": ClosedMail,
    "withdrawn": WithdrawnMail,
    "own_data": OwnDataMail,
    "resume": ResumeMail,
    "unfinished": ResumeMail,
}
"""The mails to patients by name, with what their templates can see."""
WITHOUT_QUESTIONS = ("closed", "withdrawn", "rebook", "missed")
"""Mails without built-in closing words: they say in the middle that one can call."""

FILLED = ("reply_to", "link")
"""Values that an example has although mails do without them at times."""
EXAMPLE_CALL = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)
EXAMPLE_OLD = datetime(2027, 3, 3, 16, 0, tzinfo=UTC)


class TextChanged(Exception):
    """Somebody else has saved other words since the page was drawn."""


def placeholders(name: str) -> list[str]:
    """The placeholders that one mail can fill."""
    there = {each.name for each in fields(TEXTS[name])}
    return [each for each in SAFE if each in there]


def save_text(
    name: str,
    language: str,
    *,
    opening: str,
    closing: str,
    seen: int,
    actor: str,
    now: datetime,
) -> None:
    """Store other words as a new version; two times "" go back to the built-in ones.

    `seen` is the version that whoever writes has seen. Part of the current unit of work. Raises
    TextRefused with the place, or TextChanged.
    """
    for text in (opening, closing):
        check(text, placeholders(name))
    past = history(name, language)
    if seen != (past[0].version if past else 0):
        raise TextChanged
    row = MailText(
        name=name,
        language=language,
        version=seen + 1,
        opening=opening,
        closing=closing,
        written_by=actor,
        written_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise TextChanged from None
    what = "written" if opening or closing else "built-in again"
    detail = f"{name} {language}: version {row.version}, {what}"
    log.record("mail text changed", actor=actor, now=now, detail=detail)
    forget()


def example(name: str, clinic: Clinic, language: str) -> MailContext:
    """A mail of this name to nobody, with values like real ones."""
    kind, values = TEXTS[name], _values(clinic, language)
    wanted = {
        each.name: values[each.name]
        for each in fields(kind)
        if each.default is MISSING or each.name in FILLED
    }
    return kind(**wanted)


def _values(clinic: Clinic, language: str) -> dict[str, Any]:
    tz, when = clinic.tz, moment_text(EXAMPLE_CALL, clinic.tz, language)
    return {
        **letterhead(clinic),
        "reference": "K7M-4QDX",
        "respond_by": moment_text(EXAMPLE_OLD, tz, language),
        "when": when,
        "booked": when,
        "was": moment_text(EXAMPLE_OLD, tz, language),
        "until": day_text(EXAMPLE_OLD, tz, language),
        "minutes": 15,
        "channel": "phone",
        "link": patient_url("/"),
        "is_unreached": True,
    }
