"""What we keep of what a person told us: to read, to print, and to take along (45 CFR 164.524).

It holds what came from them and what was agreed with them. Levels, notes and what staff thought are
part of the clinic's own record, for which people ask the clinic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import select

from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.i18n import gettext as _
from intake.core.i18n import language, lazy_gettext, locale
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.patient import summary
from intake.patient.headings import heading
from intake.patient.summary import Row
from intake.scheduling.models import BLOCKING, Appointment
from intake.scheduling.told import zone_of
from intake.screening.catalog import load_catalog
from intake.screening.instrument import Instrument
from intake.submissions.consents import ledger
from intake.submissions.drafts import UNFINISHED
from intake.submissions.given import answers_in, earlier_in, given_at
from intake.submissions.models import Submission
from intake.web.filters import moment, opening

_l = lazy_gettext
CHANNELS = {
    "call": _l("Calls"),
    "voicemail": _l("Voicemail"),
    "text": _l("Text messages"),
    "email": _l("Email"),
    "reminders": _l("Reminders"),
    "substances": _l("Sharing what you said about alcohol and drugs"),
}
TOLD = (*BLOCKING[2:], "cancelled")
"""Statuses of calls that a person knows of."""


@dataclass(frozen=True)
class Part:
    """One headed group of rows."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class OwnRequest:
    """One request in words."""

    reference: str
    sent: str
    """On which day it was sent; "" if it was not."""
    parts: list[Part]


def in_words(requests: Sequence[Submission], clinic: Clinic) -> list[OwnRequest]:
    """All that a person told us, in the language they read now."""
    return [
        OwnRequest(
            each.reference,
            _day(each.sent_at, clinic) if each.sent_at else "",
            [part for part in _parts(each, clinic) if part.rows],
        )
        for each in requests
    ]


def as_document(requests: Sequence[Submission], clinic: Clinic, *, now: datetime) -> dict[str, Any]:
    """The same as it is stored, with the words of each question, for another program to read."""
    return {
        "clinic": clinic.name,
        "made_at": now.isoformat(),
        "requests": [_document(each) for each in requests],
        "questions": {
            f"{instrument.id}.{item.id}": item.question(language())
            for instrument in load_catalog().values()
            for item in instrument.items
        },
    }


def _document(submission: Submission) -> dict[str, Any]:
    sent_at = submission.sent_at
    return {
        "reference": submission.reference,
        "language": submission.language,
        "begun_at": submission.created_at.isoformat(),
        "sent_at": sent_at.isoformat() if sent_at else None,
        "about_you": submission.contact or {},
        "answers": submission.answers or {},
        "calls": [
            {
                "starts_at": each.starts_at.isoformat(),
                "ends_at": each.ends_at.isoformat(),
                "how": each.channel,
                "status": each.status,
            }
            for each in _calls(submission)
        ],
        "permissions": [
            {
                "for": each.channel,
                "notice": each.text_version,
                "given_at": each.given_at.isoformat(),
                "ended_at": each.revoked_at.isoformat() if each.revoked_at else None,
            }
            for each in ledger(submission.id)
        ],
        "emails": [
            {"sent_at": each.sent_at.isoformat(), "subject": _subject(each)}
            for each in _emails(submission)
            if each.sent_at
        ],
    }


def _parts(submission: Submission, clinic: Clinic) -> list[Part]:
    contact = submission.contact or {}
    return [
        Part(_("You"), _given(summary.person_rows(contact.get("contact", {}), clinic))),
        Part(_("Your request"), _wishes(contact)),
        Part(_("Your calls"), [_call_row(each, clinic) for each in _calls(submission)]),
        *_answers(submission, clinic),
        Part(_("What you allowed"), _permissions(submission, clinic)),
        Part(_("Emails we sent you"), _email_rows(submission, clinic)),
        Part(_("Typed on pages you did not finish"), _unfinished(contact)),
    ]


def _wishes(contact: dict[str, Any]) -> list[Row]:
    times = contact.get("times", {})
    free = ", ".join(summary.availability_words(times.get("availability") or []))
    return _given(
        [
            *summary.start_rows(contact.get("start", {})),
            _row(_("When you can talk"), free),
            _row(_("Help to talk with us"), times.get("needs") or ""),
        ]
    )


def _answers(submission: Submission, clinic: Clinic) -> list[Part]:
    stored = submission.answers or {}
    given = answers_in(stored)
    return [
        Part(
            _on(heading(name), given_at(stored, name), clinic),
            _answer_rows(instrument, given[name], earlier_in(stored, name)),
        )
        for name, instrument in load_catalog().items()
        if given.get(name)
    ]


def _answer_rows(
    instrument: Instrument, given: dict[str, Any], earlier: list[dict[str, Any]]
) -> list[Row]:
    """Each answer in the words of its question, below it the ones it replaced."""
    spoken, rows = language(), []
    for item in instrument.items:
        past = [each["answers"].get(item.id) for each in earlier]
        before = "; ".join(item.answer(value, spoken) for value in past if value is not None)
        if item.id in given or before:
            now = item.answer(given[item.id], spoken) if item.id in given else _("Taken back")
            small = _("Before: %(answer)s", answer=before) if before else ""
            rows.append(_row(item.question(spoken), now, small))
    return rows


def _call_row(call: Appointment, clinic: Clinic) -> Row:
    states = {
        "pending": _("Asked for"),
        "booked": _("Booked"),
        "held": _("Took place"),
        "no_show": _("Missed"),
        "cancelled": _("Cancelled"),
    }
    return _row(states[call.status], opening(moment(call.starts_at, zone_of(call, clinic))))


def _permissions(submission: Submission, clinic: Clinic) -> list[Row]:
    rows = []
    for each in ledger(submission.id):
        ended = each.revoked_at
        small = _("Ended on %(day)s", day=_day(ended, clinic)) if ended else ""
        since = _("Since %(day)s", day=_day(each.given_at, clinic))
        rows.append(_row(str(CHANNELS[each.channel]), since, small))
    return rows


def _email_rows(submission: Submission, clinic: Clinic) -> list[Row]:
    return [
        _row(_day(each.sent_at, clinic), _subject(each))
        for each in _emails(submission)
        if each.sent_at
    ]


def _unfinished(contact: dict[str, Any]) -> list[Row]:
    """What was typed and never saved with its page, as it was typed."""
    return [
        _row(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for values in contact.get(UNFINISHED, {}).values()
        for name, value in values.items()
        if value not in (None, "", [])
    ]


def _calls(submission: Submission) -> list[Appointment]:
    theirs = select(Appointment).where(
        Appointment.submission_id == submission.id, Appointment.status.in_(TOLD)
    )
    return list(db.session.scalars(theirs.order_by(Appointment.starts_at, Appointment.id)))


def _emails(submission: Submission) -> list[Message]:
    """What was sent to the person, not to staff."""
    address = (submission.contact or {}).get("contact", {}).get("email")
    sent = select(Message).where(
        Message.submission_id == submission.id, Message.sent_at.is_not(None)
    )
    found = db.session.scalars(sent.order_by(Message.sent_at, Message.id))
    return [each for each in found if address and each.recipient == address]


def _subject(message: Message) -> str:
    return render(message.name, message.context, message.language).subject


def _given(rows: list[Row]) -> list[Row]:
    """Rows that say something, without the links that change them."""
    return [_row(row["term"], row["value"]) for row in rows if row["value"]]


def _row(term: str, value: str, small: str = "") -> Row:
    return {"term": term, "value": value, "small": small}


def _on(words: str, at: datetime | None, clinic: Clinic) -> str:
    return _("%(what)s, %(day)s", what=words, day=_day(at, clinic)) if at else words


def _day(instant: datetime | None, clinic: Clinic) -> str:
    assert instant is not None
    return str(format_date(instant.astimezone(clinic.tz).date(), "long", locale=locale()))
