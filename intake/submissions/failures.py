"""Once on each working day: mails that did not arrive, own words that failed. Numbers only."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from intake.clinic.clinic import Clinic
from intake.core.urls import staff_url
from intake.notifications.outbox import MailContext, letterhead
from intake.notifications.own_words import failed_count
from intake.notifications.queries import undelivered_count
from intake.submissions import daily


@dataclass(frozen=True, kw_only=True)
class FailuresMail(MailContext):
    """How many mails did not arrive, and the link to whom to call instead."""

    undelivered: int
    texts: int
    """How many of the clinic's own texts could not be used, so that the built-in ones went out."""
    link: str


def send(clinic: Clinic, *, now: datetime) -> bool:
    """Mail that mails did not arrive, if there are any; see `daily.send`."""
    return daily.send("failures", clinic.failures_to, partial(_context, clinic), clinic, now=now)


def _context(clinic: Clinic) -> FailuresMail | None:
    undelivered, texts = undelivered_count(), failed_count()
    if not undelivered and not texts:
        return None
    return FailuresMail(
        **letterhead(clinic),
        undelivered=undelivered,
        texts=texts,
        link=staff_url("/staff/emails"),
    )
