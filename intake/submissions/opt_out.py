"""Stopping reminders by the address in each of them: signed, for nothing else, without an end."""

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from intake.audit import log
from intake.core.db import db
from intake.core.encryption import key_ring
from intake.core.urls import patient_url
from intake.notifications.outbox import void
from intake.submissions import consents
from intake.submissions.models import Submission


def stop(submission_id: UUID, *, now: datetime) -> None:
    """Send this person no more reminders, from this moment on; in the current unit of work.

    Also none about the request that goes on in place of this one.
    """
    into = select(Submission.merged_into).where(Submission.id == submission_id)
    for each in filter(None, (submission_id, db.session.scalar(into))):
        void(topic_of(each))
        if consents.revoke(each, consents.REMINDERS, now=now):
            log.record("reminders stopped", actor="patient", now=now, subject_id=each)


def stop_link(submission_id: UUID, language: str) -> str:
    """The address that stops them, in the language of the person."""
    path = f"/reminders/stop/{submission_id}/{_signature(submission_id)}"
    return patient_url(path if language == "en" else f"{path}?lang={language}")


def may_stop(submission_id: UUID, signature: str) -> bool:
    """Whether we made an address with this signature."""
    return hmac.compare_digest(_signature(submission_id).encode(), signature.encode())


def topic_of(submission_id: UUID) -> str:
    """The topic of a person's reminders."""
    return f"reminders:{submission_id}"


def _signature(submission_id: UUID) -> str:
    key = key_ring().derive("stop reminders")
    return hmac.new(key, submission_id.bytes, sha256).hexdigest()
