"""The second factor: what a user shows besides the password, and what becomes of it.

Nobody gets in by the password alone. Whoever has no second factor yet adds one at the first
sign-in. Each change is audited and told by mail, in case it was somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.accounts import app_codes, emails, recovery_codes
from intake.accounts.emails import FactorNews
from intake.accounts.models import User
from intake.accounts.service import end_access
from intake.audit import log

APP, RECOVERY_CODE, LINK = "app", "recovery code", "link"
"""What was shown, as sessions and the audit log name it. A link counts in development only."""


@dataclass(frozen=True)
class Factors:
    """What a user can show."""

    has_app: bool
    codes_left: int

    @property
    def is_enough(self) -> bool:
        """Whether this user has a second factor; recovery codes alone are for emergencies."""
        return self.has_app

    @property
    def words(self) -> str:
        """What it is, for a list of words."""
        words = ["an authenticator app"] if self.has_app else []
        left = self.codes_left
        return ", ".join([*words, f"{left} recovery code{'' if left == 1 else 's'}"])


def factors_of(user: User) -> Factors:
    """What this user can show besides the password."""
    return Factors(
        has_app=app_codes.app_of(user.id) is not None,
        codes_left=recovery_codes.codes_left(user),
    )


def add_app(user: User, secret: str, code: str, *, clinic: emails.Sender, now: datetime) -> None:
    """Let a user sign in with an app on their phone. Raises WrongCode."""
    app_codes.add_app(user, secret, code, now=now)
    _tell(user, FactorNews.APP_ADDED, clinic=clinic, actor=user.actor, now=now)


def remove_app(user: User, *, clinic: emails.Sender, now: datetime) -> None:
    """Take the app of a user away."""
    if app_codes.remove_app(user):
        _tell(user, FactorNews.APP_REMOVED, clinic=clinic, actor=user.actor, now=now)


def give_codes(
    user: User, hashes: Mapping[str, str], *, clinic: emails.Sender, now: datetime
) -> None:
    """Give a user new recovery codes, instead of those they had. The first ones are no news."""
    if recovery_codes.give_codes(user, hashes):
        _tell(user, FactorNews.CODES_MADE, clinic=clinic, actor=user.actor, now=now)
    else:
        log.record(FactorNews.CODES_MADE.audited, actor=user.actor, now=now, subject_id=user.id)


def use_recovery_code(user: User, code: str, *, clinic: emails.Sender, now: datetime) -> bool:
    """Use up a code that is right. Returns False to the second of two at once."""
    is_used = recovery_codes.use_up(user, code, now=now)
    if is_used:
        _tell(user, FactorNews.CODE_USED, clinic=clinic, actor=user.actor, now=now)
    return is_used


def reset(user: User, *, clinic: emails.Sender, actor: str, now: datetime) -> None:
    """Take all that a user can show away, for whoever has lost it; they are signed out.

    At the next sign-in they add a second factor anew.
    """
    app_codes.remove_app(user)
    recovery_codes.remove_codes(user)
    end_access(user)
    _tell(user, FactorNews.RESET, clinic=clinic, actor=actor, now=now)


def _tell(
    user: User, news: FactorNews, *, clinic: emails.Sender, actor: str, now: datetime
) -> None:
    log.record(news.audited, actor=actor, now=now, subject_id=user.id)
    emails.second_factor_changed(user, news, clinic=clinic, now=now)
