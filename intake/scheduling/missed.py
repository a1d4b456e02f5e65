"""Another time in place of a call that nobody came to: its patient chooses one by a mailed link.

The missed call stays what it was; the new one is a call of its own.
"""

from datetime import datetime

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.notifications.outbox import void
from intake.scheduling import emails, links, queries, reminders
from intake.scheduling.changes import OnlyByPhone
from intake.scheduling.models import PATIENT, Appointment
from intake.scheduling.person import person_key
from intake.scheduling.placing import new_appointment, offered_slot, place, refuse_two_at_once
from intake.submissions.emails import missed_topic
from intake.submissions.models import Submission


def may_rebook(submission: Submission, missed: Appointment, *, now: datetime) -> bool:
    """Whether somebody can choose a time in place of a call they missed: for two weeks, while they
    have no other call and their request is not over."""
    is_open = submission.is_draft or submission.status == "no_show"
    is_missed = missed.status == "no_show" and now < links.ends_at(missed)
    return is_missed and is_open and queries.kept_for(submission.id) is None


def rebook(
    submission: Submission,
    missed: Appointment,
    key: str,
    clinic: Clinic,
    *,
    time_zone: str,
    now: datetime,
) -> Appointment:
    """Book the slot that the patient chose. The row of the submission must be locked.

    Raises SlotTaken, or OnlyByPhone while booking is paused, for who has another call by now, or a
    request that is over.
    """
    kept, chosen = queries.kept_for(submission.id), queries.read_slot_key(key)
    if kept is not None and chosen is not None and kept.starts_at == chosen[1]:
        return kept  # the second click of two
    if clinic.is_paused(now) or not may_rebook(submission, missed, now=now):
        raise OnlyByPhone
    about = (key, submission.id, now)
    slot = offered_slot(*about, rather=missed.provider_id, or_anybody=True)
    person = person_key(submission)
    refuse_two_at_once(person, slot, now=now, without=missed.id)
    call = new_appointment(submission, slot, "booked", now)
    call.channel, call.time_zone, call.changed_by = missed.channel, time_zone, PATIENT
    call.person, missed.before = person, None
    place(call, slot, now)
    if not submission.is_draft:  # whoever is still answering goes on with the form
        submission.status = "booked"
    submission.updated_at = now
    void(missed_topic(submission.id))  # whoever follows an older link has answered it
    log.record("booked after a missed call", actor=PATIENT, now=now, subject_id=submission.id)
    emails.booked(submission, call, clinic, now=now)
    emails.tell_desk(submission, call, clinic, was=missed.starts_at, now=now)
    reminders.renew(submission, call, clinic, now=now)
    return call
