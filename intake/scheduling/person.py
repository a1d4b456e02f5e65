"""Knowing a person again by a keyed hash of their address: to find their calls, never to tell."""

import hashlib
import hmac

from intake.core.encryption import key_ring
from intake.submissions.models import Submission


def person_key(submission: Submission) -> str:
    """What the calls of one person have in common: the e-mail address, or else the phone number.

    "" when neither is known. A family may share both, so no request is ever refused because of it;
    only by themselves they move no call to the time of another one.
    """
    contact = (submission.contact or {}).get("contact", {})
    return key_of(contact.get("email") or contact.get("phone_e164") or "")


def key_of(address: str) -> str:
    """The keyed hash of an e-mail address or phone number, however it is written; "" for none."""
    plain = address.strip().lower()
    if not plain:
        return ""
    key = key_ring().derive("person")
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()
