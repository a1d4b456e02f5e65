"""Who is told of each event, and whether that reaches anybody. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from intake.clinic.clinic import Clinic

Addresses = tuple[str, ...]


def _backup(clinic: Clinic) -> Addresses:
    return (clinic.backup_contact.email,) if clinic.backup_contact else ()


EVENTS: Mapping[str, tuple[str, Callable[[Clinic], Addresses]]] = {
    "new_submission": ("a new request", lambda clinic: clinic.staff_recipients),
    "urgent": ("an urgent flag", lambda clinic: clinic.alarm_recipients),
    "escalation": ("a flag left open", _backup),
    "appointment_changed": ("a call that a patient changes", lambda clinic: clinic.changes_to),
    "request_withdrawn": ("a request taken back", lambda clinic: clinic.changes_to),
    "erasure_asked": ("a wish to be deleted", lambda clinic: clinic.staff_recipients),
    "digest": ("the numbers of the day", lambda clinic: clinic.digest_to),
    "failures": ("emails that did not arrive", lambda clinic: clinic.failures_to),
}
"""By the name of the mail: what has happened, in words, and who is told."""


@dataclass(frozen=True)
class Told:
    """One event and the addresses that are told of it; `lost` are those whose mails came back."""

    event: str
    words: str
    addresses: Addresses
    lost: Addresses

    @property
    def reaches_somebody(self) -> bool:
        """Whether at least one address works as far as we know."""
        return len(self.lost) < len(self.addresses)


def told_of(clinic: Clinic, *, lost: Collection[str]) -> list[Told]:
    """Every event with whoever is told of it; `lost` are addresses whose mails came back."""
    return [
        Told(event, words, found, tuple(each for each in found if each in lost))
        for event, (words, addresses) in EVENTS.items()
        for found in [addresses(clinic)]
    ]


def all_addresses(clinic: Clinic) -> list[str]:
    """Every address that is told of something, each of them once."""
    each = (address for told in told_of(clinic, lost=()) for address in told.addresses)
    return list(dict.fromkeys(each))
