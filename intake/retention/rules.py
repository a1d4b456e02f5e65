"""What is due to be deleted, by class: from which table, after how long, and what never is.

A request goes with all that belongs to it. It stays while it is open or a call is ahead, while an
urgent flag is open, and during a legal hold. The audit log is never deleted: 45 CFR 164.316(b)(2)
asks for six years, and it holds nothing about anybody's health.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from intake.accounts import sessions
from intake.accounts.models import SignInLink, StaffSession
from intake.clinic.clinic import Clinic
from intake.core.db import Base
from intake.notifications.models import Message
from intake.retention.models import LegalHold
from intake.scheduling import links
from intake.scheduling.models import LIVE, Appointment, AppointmentLink
from intake.submissions import drafts, own_links
from intake.submissions.models import FLAGGED, Submission
from intake.submissions.own_links import OwnLink
from intake.submissions.quarantine import QUARANTINED
from intake.submissions.queries import OVER
from intake.web import limits
from intake.web.limits import Allowance

Due = Callable[[Clinic, datetime], ColumnElement[bool]]
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Rule:
    """One class of rows and which of them are due at an instant."""

    name: str
    table: type[Base]
    are_due: Due


def _unsent(_clinic: Clinic, now: datetime) -> ColumnElement[bool]:
    return drafts.has_expired(now=now)


def _without_call(clinic: Clinic, now: datetime) -> ColumnElement[bool]:
    """Requests that are over and led to no consultation, with drafts whose flag was seen to."""
    was_flagged = and_(Submission.status == "draft", Submission.alarms > 0)
    is_over = or_(Submission.status.in_(OVER), was_flagged)
    return and_(is_over, ~_took_place(), _is_idle(), _is_older(clinic.request_days, now))


def _with_call(clinic: Clinic, now: datetime) -> ColumnElement[bool]:
    is_over = Submission.status.in_(OVER)
    return and_(is_over, _took_place(), _is_idle(), _is_older(clinic.consultation_days, now))


def _suspected(clinic: Clinic, now: datetime) -> ColumnElement[bool]:
    is_suspected = Submission.status == QUARANTINED
    return and_(is_suspected, _is_idle(), _is_older(clinic.quarantine_days, now))


def _mails(clinic: Clinic, now: datetime) -> ColumnElement[bool]:
    """Mails that are done with; those of a request on hold stay with it."""
    is_held = exists().where(LegalHold.submission_id == Message.submission_id)
    is_old = Message.created_at <= now - timedelta(days=clinic.mail_days)
    return and_(Message.state != "queued", is_old, ~is_held)


REQUESTS = (
    Rule("requests without a consultation", Submission, _without_call),
    Rule("requests with a consultation", Submission, _with_call),
    Rule("suspected spam", Submission, _suspected),
)
"""They are deleted one by one: each is recorded, and its figures are kept."""
ROWS = (
    Rule("emails", Message, _mails),
    Rule("links to calls", AppointmentLink, lambda _clinic, now: links.are_over(now=now)),
    Rule("links to own data", OwnLink, lambda _clinic, now: own_links.are_over(now=now)),
    Rule("sign-in links", SignInLink, lambda _clinic, now: SignInLink.expires_at <= now - MONTH),
    Rule("staff sessions", StaffSession, lambda _clinic, now: sessions.have_ended(now=now)),
    Rule("counts of limits", Allowance, lambda _clinic, now: limits.are_unused(now=now)),
    Rule("forms never sent", Submission, _unsent),
)
"""They are deleted at once, in this order, before the requests and what those take along."""


def _took_place() -> ColumnElement[bool]:
    """Whether a consultation was held, about the request or one that was merged into it."""
    gone = aliased(Submission)
    merged = select(gone.id).where(gone.merged_into == Submission.id)
    theirs = or_(Appointment.submission_id == Submission.id, Appointment.submission_id.in_(merged))
    return exists().where(theirs, Appointment.status == "held")


def _is_idle() -> ColumnElement[bool]:
    """Whether nothing keeps it: no open flag, no call ahead, no hold, no request it went on in."""
    is_ahead = exists().where(
        Appointment.submission_id == Submission.id, Appointment.status.in_(LIVE)
    )
    is_held = exists().where(LegalHold.submission_id == Submission.id)
    is_quiet = and_(Submission.queue_rank < FLAGGED, Submission.merged_into.is_(None))
    return and_(is_quiet, ~is_ahead, ~is_held)


def _is_older(days: int, now: datetime) -> ColumnElement[bool]:
    return Submission.updated_at <= now - timedelta(days=days)
