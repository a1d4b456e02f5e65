"""Sending a request, with the time that is held for it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app

from config import Settings
from intake.core import clock
from intake.patient.limits import count_sent, forgive, sends_too_much
from intake.patient.visit import Visit
from intake.scheduling import service as booking
from intake.scheduling.person import person_key
from intake.scheduling.placing import SlotTaken
from intake.submissions import drafts, service
from intake.submissions.models import Submission
from intake.submissions.suspicion import FAST, is_too_fast, suspect


def send_if_short(here: Visit) -> None:
    """On the short way, send as soon as its pages are done, or tell of danger; in the current unit
    of work."""
    if drafts.is_short_way(here.draft) and all(map(here.may_wait, here.steps)):
        try:
            send(here)
        except SlotTaken:  # what the short way promises is a call, not a time
            booking.forget_choice(here.draft, now=clock.now())
            send(here)


def send(here: Visit) -> None:
    """Send the request with the time that is held for it, in the current unit of work.

    Raises SlotTaken when the time the person chose is gone.
    """
    now = clock.now()
    kept = booking.keep_for_sending(here.draft, now=now)
    if kept is not None and kept.starts_at <= now:
        kept = None  # the call that staff booked is over, and this is a request like any other
    is_booked = kept is not None and kept.status == "booked"
    zone = ZoneInfo(kept.time_zone) if kept is not None and kept.time_zone else here.clinic.tz
    call_at = kept.starts_at.astimezone(zone) if kept is not None else None
    person = person_key(here.draft)
    _look_for_programs(here.draft, person, now)
    service.submit(here.draft, here.clinic, now=now, call_at=call_at, is_booked=is_booked)
    if kept is not None:
        booking.book_at_once(here.draft, kept, here.clinic, now=now)
    forgive(with_time=kept is not None)
    count_sent(person, now=now)


def _look_for_programs(draft: Submission, person: str, now: datetime) -> None:
    """Note what a request looks like that comes too fast or too often to be a person's."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.quarantines:
        return
    if is_too_fast(draft, now=now):
        suspect(draft, FAST)
    if why := sends_too_much(person, now=now):
        suspect(draft, why)
