"""What a patient has heard of their call: a mail that waits or came back has told nobody."""

from sqlalchemy import select

from intake.core.db import db
from intake.notifications.models import Message
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission

TELLING = ("booked", "moved", "restored", "place_changed", "link_again", "reminder")
"""Mails that say when a call is."""


def told_last(submission: Submission, appointment: Appointment) -> str:
    """The time of a call in the words of the last mail that has left; "" if none has.

    Words of another language than their mails are in now do not count.
    """
    told = (Message.name.in_(TELLING), Message.language == submission.language)
    of_call = (
        Message.submission_id == submission.id,
        Message.unique_key.contains(str(appointment.id)),
    )
    sent = select(Message).where(*of_call, *told, Message.state == "sent")
    latest = sent.order_by(Message.sent_at.desc(), Message.created_at.desc()).limit(1)
    mail = db.session.scalar(latest)
    return str(mail.context["when"]) if mail else ""
