"""Reminders of a booked call: rows of the outbox that move and end with it.

They need a consent of their own, which one click ends (RFC 8058), and leave between 8 and 21 hours
in the zone of whoever gets them (47 CFR 64.1200(c)(1), which is about calls; we keep it for mails).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.core.i18n import moment_text
from intake.notifications.outbox import MailContext, letterhead, void
from intake.scheduling.links import new_link
from intake.scheduling.models import Appointment
from intake.scheduling.told import minutes_of, place_of, zone_of
from intake.submissions import consents
from intake.submissions.emails import patient_address, post
from intake.submissions.models import Submission
from intake.submissions.opt_out import stop_link, topic_of

DAY_BEGINS, DAY_ENDS = time(8), time(21)
EVENING = time(20, 30)
"""When a reminder leaves that would fall into the night after it."""
SOONEST = timedelta(hours=1)
"""Whoever has just booked needs no reminder within this time."""


@dataclass(frozen=True, kw_only=True)
class ReminderMail(MailContext):
    """That a call is near, and the link with which it can be changed."""

    reference: str
    when: str
    minutes: int
    channel: str
    link: str
    place: str = ""


def renew(
    submission: Submission, appointment: Appointment, clinic: Clinic, *, now: datetime
) -> None:
    """Plan the reminders of an appointment as it stands now; those planned before are void.

    In the unit of work that books, moves, cancels or restores it.
    """
    topic = topic_of(submission.id)
    void(topic)
    address = patient_address(submission)
    if appointment.status != "booked" or address is None:
        return
    zone = zone_of(appointment, clinic)
    planned = list(moments(appointment.starts_at, clinic.reminder_hours, zone, now=now))
    if not planned or not consents.allows(submission.id, consents.REMINDERS):
        return
    context = _context(submission, appointment, clinic, zone, now)
    for due_at, not_after in planned:
        post(
            "reminder",
            submission,
            context,
            to=address,
            now=now,
            due_at=due_at,
            not_after=not_after,
            unique_key=f"reminder:{appointment.id}:{appointment.sequence}:{due_at:%Y%m%d%H%M}",
            topic=topic,
        )


def end(submission: Submission) -> None:
    """Remind somebody no more of a call whose time the clinic cannot keep."""
    void(topic_of(submission.id))


def moments(
    starts_at: datetime, hours: tuple[int, ...], zone: ZoneInfo, *, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When reminders leave, so many hours before, and when each would be stale: at the next one.

    None falls into the night of `zone`; one that would leaves on the evening before.
    """
    wanted = {_by_day(starts_at - timedelta(hours=each), zone) for each in hours}
    ordered = sorted(moment for moment in wanted if moment < starts_at)
    for moment, next_one in pairwise([*ordered, starts_at]):
        if moment - now >= SOONEST:
            yield moment, next_one


def _by_day(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return moment
    day = local.date() if local.time() >= DAY_ENDS else local.date() - timedelta(days=1)
    return datetime.combine(day, EVENING, zone).astimezone(moment.tzinfo)


def _context(
    submission: Submission,
    appointment: Appointment,
    clinic: Clinic,
    zone: ZoneInfo,
    now: datetime,
) -> ReminderMail:
    language = submission.language
    return ReminderMail(
        **letterhead(clinic),
        unsubscribe=stop_link(submission.id, language),
        reference=submission.reference,
        when=moment_text(appointment.starts_at, zone, language),
        minutes=minutes_of(appointment),
        channel=appointment.channel,
        place=place_of(appointment),
        link=new_link(appointment, language=language, now=now),
    )
