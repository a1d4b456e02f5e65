"""The second factor: what a user shows besides the password, and what becomes of it.

Nobody gets in by the password alone. Whoever has no second factor yet adds one at the first
sign-in. Each change is audited and told by mail, in case it was somebody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from intake.accounts import app_codes, emails, passkeys, recovery_codes
from intake.accounts.emails import FactorNews
from intake.accounts.models import Passkey, User
from intake.accounts.service import end_access
from intake.audit import log
from intake.core.db import db
from intake.notifications.outbox import Sender

APP, PASSKEY, RECOVERY_CODE, LINK = "app", "passkey", "recovery code", "link"
"""What was shown, as sessions and the audit log name it. A link counts in development only."""


class LastFactor(Exception):
    """Without it this user would have no second factor."""


@dataclass(frozen=True)
class Factors:
    """What a user can show."""

    has_app: bool
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def is_enough(self) -> bool:
        """Whether this user has a second factor; recovery codes alone are for emergencies."""
        return self.has_app or bool(self.passkeys)

    @property
    def is_last(self) -> bool:
        """Whether nothing would be left without one of these."""
        return self.has_app + len(self.passkeys) == 1

    @property
    def words(self) -> str:
        """What it is, for a list of words."""
        keys, left = len(self.passkeys), self.codes_left
        found = {
            "a passkey" if keys == 1 else f"{keys} passkeys": keys,
            "an authenticator app": self.has_app,
            "1 recovery code" if left == 1 else f"{left} recovery codes": left,
        }
        return ", ".join(words for words, is_there in found.items() if is_there)


def factors_of(user: User) -> Factors:
    """What this user can show besides the password."""
    return Factors(
        has_app=app_codes.app_of(user.id) is not None,
        passkeys=passkeys.passkeys_of(user.id),
        codes_left=recovery_codes.codes_left(user),
    )


def add_app(user: User, secret: str, code: str, *, clinic: Sender, now: datetime) -> None:
    """Let a user sign in with an app on their phone. Raises WrongCode."""
    app_codes.add_app(user, secret, code, now=now)
    _tell(user, FactorNews.APP_ADDED, clinic=clinic, actor=user.actor, now=now)


def add_passkey(
    user: User,
    answer: str,
    name: str,
    *,
    place: passkeys.Place,
    clinic: Sender,
    now: datetime,
) -> None:
    """Let a user sign in with the passkey that was just made. Raises PasskeyRefused."""
    passkeys.add_passkey(user, answer, name, place=place, now=now)
    _tell(user, FactorNews.PASSKEY_ADDED, clinic=clinic, actor=user.actor, now=now)


def remove_passkey(user: User, passkey: Passkey, *, clinic: Sender, now: datetime) -> None:
    """Take one passkey away. Raises LastFactor."""
    _demand_another(user)
    db.session.delete(passkey)
    _tell(user, FactorNews.PASSKEY_REMOVED, clinic=clinic, actor=user.actor, now=now)


def remove_app(user: User, *, clinic: Sender, now: datetime) -> None:
    """Take the app of a user away. Raises LastFactor."""
    _demand_another(user)
    if app_codes.remove_app(user):
        _tell(user, FactorNews.APP_REMOVED, clinic=clinic, actor=user.actor, now=now)


def give_codes(user: User, hashes: Mapping[str, str], *, clinic: Sender, now: datetime) -> None:
    """Give a user new recovery codes, instead of those they had. The first ones are no news."""
    if recovery_codes.give_codes(user, hashes):
        _tell(user, FactorNews.CODES_MADE, clinic=clinic, actor=user.actor, now=now)
    else:
        log.record(FactorNews.CODES_MADE.audited, actor=user.actor, now=now, subject_id=user.id)


def use_recovery_code(user: User, code: str, *, clinic: Sender, now: datetime) -> bool:
    """Use up a code that is right. Returns False to the second of two at once."""
    is_used = recovery_codes.use_up(user, code, now=now)
    if is_used:
        _tell(user, FactorNews.CODE_USED, clinic=clinic, actor=user.actor, now=now)
    return is_used


def reset(user: User, *, clinic: Sender, actor: str, now: datetime) -> None:
    """Take all that a user can show away, for whoever has lost it; they are signed out.

    At the next sign-in they add a second factor anew.
    """
    app_codes.remove_app(user)
    db.session.execute(delete(Passkey).where(Passkey.user_id == user.id))
    recovery_codes.remove_codes(user)
    end_access(user)
    _tell(user, FactorNews.RESET, clinic=clinic, actor=actor, now=now)


def _demand_another(user: User) -> None:
    if factors_of(user).is_last:
        raise LastFactor


def _tell(user: User, news: FactorNews, *, clinic: Sender, actor: str, now: datetime) -> None:
    log.record(news.audited, actor=actor, now=now, subject_id=user.id)
    emails.second_factor_changed(user, news, clinic=clinic, now=now)
