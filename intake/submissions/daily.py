"""Mails that leave once on each working day, after the clinic has opened."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from intake.clinic.clinic import Clinic
from intake.core.tokens import token_hash
from intake.notifications.outbox import MailContext, enqueue
from intake.notifications.queries import with_keys

LATEST = timedelta(hours=3)
"""How long after opening it may leave; what is later than that is in the next day's."""


def send(
    name: str,
    addresses: Collection[str],
    context: Callable[[], MailContext | None],
    clinic: Clinic,
    *,
    now: datetime,
) -> bool:
    """Mail `context()` to each address once the clinic is open, in the current unit of work.

    None: there is nothing to tell. Returns whether it was done now; any number of workers send it
    once.
    """
    local = now.astimezone(clinic.tz)
    periods = clinic.hours.periods_on(local.date())
    opens_at = periods[0].opens_at if periods else None
    if opens_at is None or not opens_at <= now < opens_at + LATEST:
        return False
    keys = {f"{name}:{local:%Y-%m-%d}:{token_hash(each)[:16]}": each for each in addresses}
    told = None if with_keys(keys) else context()
    if told is None:
        return False
    for key, address in keys.items():
        enqueue(
            name,
            to=address,
            context=told,
            language="en",
            now=now,
            not_after=opens_at + LATEST,
            unique_key=key,
        )
    return True
