"""Once on each working day: mails that did not arrive, own words that failed. Numbers only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.clinic.clinic import Clinic
from intake.core.tokens import token_hash
from intake.core.urls import staff_url
from intake.notifications.outbox import MailContext, enqueue
from intake.notifications.own_words import failed_count
from intake.notifications.queries import undelivered_count, with_keys

LATEST = timedelta(hours=3)
"""How long after opening it may leave; what fails later is in the next day's."""


@dataclass(frozen=True, kw_only=True)
class FailuresMail(MailContext):
    """How many mails did not arrive, and the link to whom to call instead."""

    undelivered: int
    texts: int
    """How many of the clinic's own texts could not be used, so that the built-in ones went out."""
    link: str


def send(clinic: Clinic, *, now: datetime) -> bool:
    """Mail that mails did not arrive once the clinic is open, in the current unit of work.

    Returns whether it was done now; any number of workers send it once.
    """
    local = now.astimezone(clinic.tz)
    periods = clinic.hours.periods_on(local.date())
    opens_at = periods[0].opens_at if periods else None
    if opens_at is None or not opens_at <= now < opens_at + LATEST:
        return False
    keys = {_key(address, local): address for address in clinic.failures_to}
    if with_keys(keys):
        return False
    undelivered, texts = undelivered_count(), failed_count()
    if not undelivered and not texts:
        return False
    context = FailuresMail(
        clinic_name=clinic.name_in_mail,
        clinic_phone=clinic.phone,
        undelivered=undelivered,
        texts=texts,
        link=staff_url("/staff/emails"),
    )
    for key, address in keys.items():
        enqueue(
            "failures",
            to=address,
            context=context,
            language="en",
            now=now,
            not_after=opens_at + LATEST,
            unique_key=key,
        )
    return True


def _key(address: str, local: datetime) -> str:
    return f"failures:{local:%Y-%m-%d}:{token_hash(address)[:16]}"
