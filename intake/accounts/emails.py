"""What we tell members of staff about their account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from intake.accounts.models import User
from intake.notifications.outbox import MailContext, enqueue


class Sender(Protocol):
    """The clinic in whose name a mail is sent."""

    @property
    def name_in_mail(self) -> str:
        """The clinic's name as mails give it."""

    @property
    def phone(self) -> str:
        """Its phone number in words."""


@dataclass(frozen=True, kw_only=True)
class InvitationMail(MailContext):
    """An invitation to choose a password."""

    name: str
    link: str
    hours: int


@dataclass(frozen=True, kw_only=True)
class NewPasswordMail(MailContext):
    """A link to choose a new password."""

    name: str
    link: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class PasswordChangedMail(MailContext):
    """The news that a password was changed, for the case that somebody else did it."""

    name: str


def new_password(user: User, link: str, *, minutes: int, clinic: Sender, now: datetime) -> None:
    """Send a link that leads to choosing a new password and works once."""
    enqueue(
        "new_password",
        to=user.email,
        context=NewPasswordMail(
            clinic_name=clinic.name_in_mail,
            clinic_phone=clinic.phone,
            name=user.name,
            link=link,
            minutes=minutes,
        ),
        language="en",
        now=now,
    )


def password_changed(user: User, *, clinic: Sender, now: datetime) -> None:
    """Tell a user that the password is another one now."""
    enqueue(
        "password_changed",
        to=user.email,
        context=PasswordChangedMail(
            clinic_name=clinic.name_in_mail, clinic_phone=clinic.phone, name=user.name
        ),
        language="en",
        now=now,
    )


def invitation(user: User, link: str, *, hours: int, clinic: Sender, now: datetime) -> None:
    """Send a link that leads to choosing a password and works once."""
    enqueue(
        "invitation",
        to=user.email,
        context=InvitationMail(
            clinic_name=clinic.name_in_mail,
            clinic_phone=clinic.phone,
            name=user.name,
            link=link,
            hours=hours,
        ),
        language="en",
        now=now,
    )
