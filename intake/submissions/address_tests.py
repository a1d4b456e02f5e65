"""Test mails to the addresses that are told of events, and what became of them today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from intake.clinic.clinic import Clinic
from intake.clinic.recipients import told_of
from intake.core.tokens import token_hash
from intake.core.urls import staff_url
from intake.notifications import bounces
from intake.notifications.outbox import MailContext, enqueue, letterhead
from intake.notifications.queries import MessageState, with_keys

MOST_A_DAY = 5
"""Tests of one address on one day: enough to find out, too few to bother anybody."""


class TestedOften(Exception):
    """This address has had all its tests of today."""


@dataclass(frozen=True, kw_only=True)
class AddressTestMail(MailContext):
    """A test, with the events of which this address is told."""

    told_of: str
    link: str


def send_test(address: str, clinic: Clinic, *, now: datetime) -> None:
    """Mail a test to one address, in the current unit of work. Raises TestedOften.

    An address whose mails came back is tried again, which is what the test is for.
    """
    keys = _keys(address, clinic, now)
    free = [key for key in keys if key not in with_keys(keys)]
    if not free:
        raise TestedOften
    bounces.forget(address)
    events = [told.words for told in told_of(clinic, lost=()) if address in told.addresses]
    enqueue(
        "test_of_address",
        to=address,
        context=AddressTestMail(
            **letterhead(clinic),
            told_of=", ".join(events) or "nothing else",
            link=staff_url("/staff/"),
        ),
        language="en",
        now=now,
        unique_key=free[0],
    )


def tests_of(addresses: Iterable[str], clinic: Clinic, *, now: datetime) -> dict[str, MessageState]:
    """What became of the latest test of each address today."""
    keys = {key: address for address in addresses for key in _keys(address, clinic, now)}
    found = with_keys(keys)
    return {address: found[key] for key, address in keys.items() if key in found}


def _keys(address: str, clinic: Clinic, now: datetime) -> list[str]:
    """The unique keys of today's tests, in the order in which they are used."""
    stem = f"test:{now.astimezone(clinic.tz):%Y-%m-%d}:{token_hash(address)[:16]}"
    return [f"{stem}:{number}" for number in range(1, MOST_A_DAY + 1)]
