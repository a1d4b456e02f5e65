"""Addresses that mails came back from: nothing more is written to them. `returned` finds them."""

import hmac
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select

from intake.core.db import db
from intake.core.encryption import key_ring
from intake.notifications.models import Undeliverable


def mark(address: str, *, now: datetime) -> None:
    """Write nothing more to an address, in the current unit of work."""
    db.session.merge(Undeliverable(address=address_key(address), since=now))
    db.session.flush()


def forget(address: str) -> None:
    """Try an address again, in the current unit of work."""
    db.session.execute(delete(Undeliverable).where(Undeliverable.address == address_key(address)))


def marked(addresses: Collection[str]) -> set[str]:
    """Those of the addresses to which mails came back."""
    keys = {address_key(address): address for address in addresses}
    query = select(Undeliverable.address).where(Undeliverable.address.in_(keys))
    return {keys[key] for key in db.session.scalars(query)}


def address_key(address: str) -> str:
    """The keyed hash under which an address is known."""
    key = key_ring().derive("undeliverable addresses")
    return hmac.new(key, address.strip().lower().encode(), sha256).hexdigest()
