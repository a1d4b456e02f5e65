"""What we tell members of staff about their account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from intake.accounts.models import User
from intake.notifications.outbox import MailContext, enqueue


class Sender(Protocol):
    """The clinic in whose name a mail is sent."""

    @property
    def name(self) -> str:
        """The clinic's name."""

    @property
    def phone(self) -> str:
        """Its phone number in words."""


@dataclass(frozen=True, kw_only=True)
class InvitationMail(MailContext):
    """An invitation to choose a password."""

    name: str
    link: str
    hours: int


def invitation(user: User, link: str, *, hours: int, clinic: Sender, now: datetime) -> None:
    """Send a link that leads to choosing a password and works once."""
    enqueue(
        "invitation",
        to=user.email,
        context=InvitationMail(
            clinic_name=clinic.name,
            clinic_phone=clinic.phone,
            name=user.name,
            link=link,
            hours=hours,
        ),
        language="en",
        now=now,
    )
