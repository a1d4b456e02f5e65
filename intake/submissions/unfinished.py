"""One mail to whoever began a form and stopped: it is saved, and here is the way back.

Sent once, a day after the last change, to those who allowed e-mail and reminders, and who were not
sent a link before.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select

from intake.clinic.clinic import Clinic
from intake.core.db import db
from intake.notifications.models import Message
from intake.submissions import consents, resume
from intake.submissions.emails import patient_address, unfinished
from intake.submissions.models import Submission

SILENCE = timedelta(days=1)
"""How long after the last change."""
WINDOW = timedelta(days=2)
"""After this, a worker that was down writes to nobody any more."""
MOST_AT_ONCE = 50


def remind(clinic: Clinic, *, now: datetime) -> int:
    """Mail those whose form lies a day, in the current unit of work. Returns how many."""
    return sum(_remind(draft, clinic, now) for draft in db.session.scalars(_lying(now)))


def _lying(now: datetime) -> Select[Submission]:
    had_a_link = exists().where(
        Message.submission_id == Submission.id, Message.name.in_(("resume", "unfinished"))
    )
    query = select(Submission).where(
        Submission.status == "draft",
        Submission.closed_for == "",
        Submission.updated_at <= now - SILENCE,
        Submission.updated_at > now - WINDOW,
        Submission.expires_at > now + SILENCE,
        ~had_a_link,
    )
    return query.order_by(Submission.updated_at).limit(MOST_AT_ONCE).with_for_update()


def _remind(draft: Submission, clinic: Clinic, now: datetime) -> bool:
    address = patient_address(draft)
    if address is None or not consents.allows(draft.id, consents.REMINDERS):
        return False
    resume.mail_link(draft, clinic, to=address, actor="system", now=now, tell=unfinished)
    return True
