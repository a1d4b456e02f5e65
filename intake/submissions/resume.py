"""Mailed links with which a person takes up their request again, at this browser or another one.

Only a hash of the link's secret is kept. A new link ends the one before. Opening a link changes
nothing, since mail scanners open links; who takes the request up must know the date of birth.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.core.tokens import new_token, token_hash
from intake.core.urls import patient_url
from intake.screening.plan import Asked
from intake.submissions import emails
from intake.submissions.assessment import plan_of
from intake.submissions.drafts import is_short_way
from intake.submissions.flags import PATIENT
from intake.submissions.models import MERGED, Submission

OVER = ("closed", "withdrawn", "quarantined", MERGED)
"""Statuses in which nothing is to be answered any more."""
IN_PART = ("/unfinished", "/part")
"""How the marks of instruments end that were answered in part."""
BY_LINK = select(Submission).where(Submission.resume_hash == bindparam("link"))


class NoAddress(Exception):
    """The person gave no e-mail address, or does not want e-mail."""


def mail_link(
    submission: Submission,
    clinic: Clinic,
    *,
    to: str | None,
    actor: str,
    now: datetime,
    tell: Callable[..., None] = emails.resume,
) -> None:
    """Mail a link to go on with the request; links from before end. Raises NoAddress.

    `tell` puts the mail into the outbox. In the current unit of work, with the row locked.
    """
    if not to or submission.status in OVER:
        raise NoAddress
    token = new_token()
    until = _end(submission, clinic, now)
    submission.resume_hash, submission.resume_expires_at = _hash(token), until
    link = patient_url(f"/resume/{token}?lang={submission.language}")
    tell(submission, clinic, to=to, link=link, until=until, now=now)
    log.record("resume link mailed", actor=actor, now=now, subject_id=submission.id)


def has_link(submission: Submission, *, now: datetime) -> bool:
    """Whether a link was mailed that still works."""
    until = submission.resume_expires_at
    return submission.resume_hash is not None and until is not None and until > now


def by_link(token: str, *, now: datetime, lock: bool = False) -> Submission | None:
    """The request that a link leads to, or None when the link is unknown or has expired."""
    query = BY_LINK.with_for_update() if lock else BY_LINK
    found = db.session.scalar(query, {"link": _hash(token)})
    if found is None or found.resume_expires_at is None or found.resume_expires_at <= now:
        return None
    return None if found.status in OVER else found


def knows_birthday(submission: Submission, born: date | None) -> bool:
    """Whether this is the date of birth of the person that the request is for."""
    return born is not None and _contact(submission).get("dob") == born.isoformat()


def take_up(submission: Submission, *, now: datetime) -> str:
    """Give the request to another browser. Returns the secret for its cookie; the one before ends.

    In the current unit of work, with the row locked.
    """
    token = new_token()
    submission.cookie_hash = token_hash(token)
    log.record("resume link used", actor=PATIENT, now=now, subject_id=submission.id)
    return token


def left_open(submission: Submission, clinic: Clinic) -> list[Asked]:
    """The instruments that this person is asked and has answered nothing of, or not to the end."""
    answers = submission.answers or {}
    left = {key.split("/")[0] for key in answers.get("skipped", []) if key.endswith(IN_PART)}
    everything = plan_of(submission, clinic).everything
    return [each for each in everything if not answers.get(each.id) or each.id in left]


def asked_of(submission: Submission, clinic: Clinic) -> int:
    """How many instruments this person is asked: on the short way, those they came to."""
    plan, answers = plan_of(submission, clinic).everything, submission.answers or {}
    if not is_short_way(submission):
        return len(plan)
    seen = {*answers, *answers.get("skipped", [])}
    return sum(each.id in seen for each in plan)


def answered_of(submission: Submission, clinic: Clinic) -> int:
    """How many of them this person answered to the end."""
    return len(plan_of(submission, clinic).everything) - len(left_open(submission, clinic))


def own_address(submission: Submission) -> str | None:
    """The address a person gave, for a mail they ask for themselves."""
    return _contact(submission).get("email") or None


def _end(submission: Submission, clinic: Clinic, now: datetime) -> datetime:
    """When a link mailed now ends: with the draft, or after as many days."""
    days = now + timedelta(days=clinic.draft_days)
    return min(days, submission.expires_at) if submission.expires_at else days


def _hash(token: str) -> str:
    """What is kept of a link; a token made for anything else has another hash."""
    return token_hash(f"resume:{token}")


def _contact(submission: Submission) -> dict[str, Any]:
    contact: dict[str, Any] = (submission.contact or {}).get("contact", {})
    return contact
