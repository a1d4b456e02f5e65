"""How much one network or account may do in a short time, counted in the database.

A limit is a bucket that empties by itself: so much at once, then one more every so often (the
generic cell rate algorithm, ITU-T I.371). One row and one statement a count, exact over any number
of processes and machines. It stands in the transaction of what is counted: what is rolled back
does not count, and whoever is over the limit leaves nothing behind. Count last in a transaction,
after the audit log: with one order of locks nobody waits for each other.

Neither addresses nor accounts are stored, only their keyed hashes.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from math import ceil

from flask import current_app, request
from sqlalchemy import BigInteger, ColumnElement, String, select, text
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import TooManyRequests

from config import Settings
from intake.core.db import Base, db
from intake.core.encryption import key_ring


class Allowance(Base, kw_only=True):
    """How far somebody has used up a limit."""

    __tablename__ = "allowances"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed hash of the limit's name and of whom it counts."""
    used_until: Mapped[int] = mapped_column(BigInteger)
    """When all of it will be free again; milliseconds since 1970, UTC."""


@dataclass(frozen=True)
class Limit:
    """So much at once (`burst`), then one more each time `every` has passed."""

    name: str
    burst: int
    every: timedelta


class LimitReached(TooManyRequests):
    """429 with Retry-After: enough for now."""


# One statement for both databases; it changes nothing once the limit is reached. What lies further
# ahead than a limit can reach was written before the clock was set back, and counts no more.
_SPEND = text("""
    INSERT INTO allowances (key, used_until) VALUES (:key, :now + :every)
    ON CONFLICT (key) DO UPDATE SET used_until = :every + CASE
        WHEN allowances.used_until BETWEEN :now AND :reach THEN allowances.used_until ELSE :now END
    WHERE allowances.used_until <= :full OR allowances.used_until > :reach
    RETURNING used_until
""")
_GIVE_BACK = text("UPDATE allowances SET used_until = used_until - :back WHERE key = :key")


def spend(limit: Limit, who: str, *, now: datetime) -> None:
    """Count one for somebody, in the current unit of work. Raises LimitReached."""
    key, at, every = _key(limit, who), _milliseconds(now), _step(limit)
    full = at + (limit.burst - 1) * every
    values = {"key": key, "now": at, "every": every, "full": full, "reach": full + every}
    if db.session.execute(_SPEND, values).first() is None:
        used = db.session.scalars(select(Allowance.used_until).where(Allowance.key == key)).one()
        raise LimitReached(retry_after=max(1, ceil((used - full) / 1000)))


def is_used_up(limit: Limit, who: str, *, now: datetime) -> bool:
    """Whether somebody is at the limit, without counting anything."""
    used = db.session.scalar(select(Allowance.used_until).where(Allowance.key == _key(limit, who)))
    at, every = _milliseconds(now), _step(limit)
    return used is not None and at + (limit.burst - 1) * every < used <= at + limit.burst * every


def give_back(limit: Limit, who: str, *, times: int = 1) -> None:
    """Take counts back that turned out to be harmless, in the current unit of work."""
    db.session.execute(_GIVE_BACK, {"key": _key(limit, who), "back": times * _step(limit)})


def are_unused(*, now: datetime) -> ColumnElement[bool]:
    """Which counts limit nobody any more."""
    return Allowance.used_until <= _milliseconds(now)


def network() -> str:
    """The network of the current request: an IPv4 address or the first half of an IPv6 one.

    "" when it is not known: in production everybody comes through a proxy, and one that does not
    say from where must not make all people count as one.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    settings: Settings = current_app.config["SETTINGS"]
    return "" if settings.is_production and address.is_loopback else network_of(address)


def network_of(address: IPv4Address | IPv6Address) -> str:
    """What belongs to one connection: a household gets one IPv4 address, or an IPv6 /64."""
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False).network_address)


def _key(limit: Limit, who: str) -> str:
    key = key_ring().derive("limits")
    return hmac.new(key, f"{limit.name}\x1f{who}".encode(), hashlib.sha256).hexdigest()


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _step(limit: Limit) -> int:
    return limit.every // timedelta(milliseconds=1)
