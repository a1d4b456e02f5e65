"""Sending a request, with the time that is held for it."""

from zoneinfo import ZoneInfo

from intake.core import clock
from intake.patient.limits import forgive
from intake.patient.visit import Visit
from intake.scheduling import service as booking
from intake.scheduling.placing import SlotTaken
from intake.submissions import drafts, service


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
    service.submit(here.draft, here.clinic, now=now, call_at=call_at, is_booked=is_booked)
    if kept is not None:
        booking.book_at_once(here.draft, kept, here.clinic, now=now)
    forgive(with_time=kept is not None)
