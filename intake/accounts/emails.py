"""What we tell members of staff about their account."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from intake.accounts.models import User
from intake.notifications.outbox import MailContext, Sender, enqueue, letterhead


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


class FactorNews(Enum):
    """What became of somebody's second factor, as mails say it."""

    APP_ADDED = "An authenticator app was added to your account."
    PASSKEY_ADDED = "A passkey was added to your account."
    PASSKEY_REMOVED = "A passkey was removed from your account."
    APP_REMOVED = "The authenticator app was removed from your account."
    CODES_MADE = "New recovery codes were made. The ones before no longer work."
    CODE_USED = "Somebody signed in with one of your recovery codes."
    GUESSED = (
        "Somebody who knows your password has tried many codes, and did not get in. "
        "If it was not you, ask for a new password on the sign-in page."
    )
    RESET = (
        "An administrator has reset your second factor. You were signed out. "
        "You add a new one the next time you sign in."
    )

    @property
    def audited(self) -> str:
        """How the audit log calls it."""
        return f"second factor: {self.name.lower().replace('_', ' ')}"


@dataclass(frozen=True, kw_only=True)
class SecondFactorMail(MailContext):
    """The news that a second factor was changed, for the case that somebody else did it."""

    name: str
    news: str


def second_factor_changed(user: User, news: FactorNews, *, clinic: Sender, now: datetime) -> None:
    """Tell a user that what they sign in with has changed."""
    context = SecondFactorMail(**letterhead(clinic), name=user.name, news=news.value)
    _post("second_factor_changed", user, context, now=now)


def codes_guessed(user: User, *, clinic: Sender, now: datetime) -> None:
    """Tell a user, once a day, that somebody with their password tries one code after another."""
    news = FactorNews.GUESSED.value
    context = SecondFactorMail(**letterhead(clinic), name=user.name, news=news)
    key = f"codes guessed:{user.id}:{now.date().isoformat()}"
    _post("second_factor_changed", user, context, now=now, key=key)


def new_password(user: User, link: str, *, minutes: int, clinic: Sender, now: datetime) -> None:
    """Send a link that leads to choosing a new password and works once."""
    context = NewPasswordMail(**letterhead(clinic), name=user.name, link=link, minutes=minutes)
    _post("new_password", user, context, now=now)


def password_changed(user: User, *, clinic: Sender, now: datetime) -> None:
    """Tell a user that the password is another one now."""
    context = PasswordChangedMail(**letterhead(clinic), name=user.name)
    _post("password_changed", user, context, now=now)


def invitation(user: User, link: str, *, hours: int, clinic: Sender, now: datetime) -> None:
    """Send a link that leads to choosing a password and works once."""
    context = InvitationMail(**letterhead(clinic), name=user.name, link=link, hours=hours)
    _post("invitation", user, context, now=now)


def _post(
    name: str, user: User, context: MailContext, *, now: datetime, key: str | None = None
) -> None:
    enqueue(name, to=user.email, context=context, language="en", now=now, unique_key=key)
