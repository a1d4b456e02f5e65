"""How often somebody may try to get in (OWASP ASVS 6.3.1, NIST SP 800-63B 5.2.2).

Nobody can shut a colleague out by failing on purpose: failures count for the network they come
from, and a browser in which a user has signed in before has tries of its own. The limit over all
networks is for strange browsers only; who is caught in it gets in by the mailed link.

What is tried is counted before the password is looked at, and given back when it was right, so
that many tries at the same moment are no way around. Unknown addresses count like known ones.
"""

from datetime import datetime, timedelta

from intake.accounts.devices import this_device
from intake.accounts.models import User
from intake.accounts.queries import user_by_email
from intake.web.limits import Limit, give_back, network, spend

IN_A_MINUTE = Limit("sign-in, minute", burst=5, every=timedelta(seconds=12))
IN_A_DAY = Limit("sign-in, day", burst=30, every=timedelta(minutes=10))
"""For one account from one network: five at once, then slowly, then very slowly."""
FROM_ONE_NETWORK = Limit("sign-in, network", burst=60, every=timedelta(seconds=20))
"""For all accounts together: one password tried on everybody."""
FROM_EVERYWHERE = Limit("sign-in, account", burst=100, every=timedelta(minutes=15))
"""For one account from all networks together."""
KNOWN_DEVICE = Limit("sign-in, device", burst=10, every=timedelta(seconds=30))

CODES = Limit("second factor", burst=5, every=timedelta(minutes=1))
CODES_IN_A_DAY = Limit("second factor, day", burst=30, every=timedelta(minutes=30))
CODES_AT_KNOWN_DEVICE = Limit("second factor, device", burst=10, every=timedelta(minutes=10))
"""Codes tried by who has the password: 1 in 4,000 days hits by chance; a passkey needs no try."""

LINKS_FROM_ONE_NETWORK = Limit("link, network", burst=20, every=timedelta(minutes=1))
LINKS_FOR_ONE_ACCOUNT = Limit("link, account", burst=3, every=timedelta(minutes=20))
"""Mails with a link to a new password."""

Tries = list[tuple[Limit, str]]
"""What one try counts for."""


def tries_of(email: str) -> Tries:
    """What a try to sign in with this address counts for, in the order of their locks."""
    account, where = _account(email), network()
    device = this_device()
    if device is not None:
        user = user_by_email(email)
        if user is not None and device.knows(user.id):
            return [(KNOWN_DEVICE, f"{account} {device.name}")]
    if not where:
        return [(FROM_EVERYWHERE, account)]
    return [
        (IN_A_MINUTE, f"{account} {where}"),
        (IN_A_DAY, f"{account} {where}"),
        (FROM_ONE_NETWORK, where),
        (FROM_EVERYWHERE, account),
    ]


def tries_of_code(user: User) -> Tries:
    """What a try of a code counts for, by somebody who has given this user's password."""
    device = this_device()
    if device is not None and device.knows(user.id):
        return [(CODES_AT_KNOWN_DEVICE, f"{user.id} {device.name}")]
    return [(CODES, str(user.id)), (CODES_IN_A_DAY, str(user.id))]


def count(tries: Tries, *, now: datetime) -> None:
    """Count a try in the current unit of work. Raises LimitReached; then nothing is counted."""
    for limit, who in tries:
        spend(limit, who, now=now)


def forgive(tries: Tries) -> None:
    """Take back a try that was right, in the current unit of work."""
    for limit, who in tries:
        give_back(limit, who)


def tries_of_passkey() -> Tries:
    """What a try to sign in with a passkey counts for, whoever it is."""
    where = network()
    return [(FROM_ONE_NETWORK, where)] if where else []


def count_link(email: str, *, now: datetime) -> None:
    """Count a mailed link in the current unit of work. Raises LimitReached."""
    spend(LINKS_FOR_ONE_ACCOUNT, _account(email), now=now)


def count_question(*, now: datetime) -> None:
    """Count a question for a link, whoever it is for. Raises LimitReached."""
    where = network()
    if where:
        spend(LINKS_FROM_ONE_NETWORK, where, now=now)


def _account(email: str) -> str:
    return email.strip().lower()
