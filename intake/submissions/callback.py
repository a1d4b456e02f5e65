"""The call we promise to somebody with an urgent flag: said alike on pages and in mails."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from intake.clinic.clinic import Clinic
from intake.clinic.hours import NeverOpenError
from intake.clinic.safety import PromisedCall, promised_call
from intake.core.i18n import day_text, gettext_in, time_text, with_zone
from intake.core.states import zone_of
from intake.screening.level import Level
from intake.submissions.models import Submission

AFTER_OPENING = timedelta(hours=1)
"""How long a call at opening may take to come until the promise of it counts as past."""


def own_zone(submission: Submission, clinic: Clinic) -> ZoneInfo:
    """The zone in which a person chose when to talk; before that, their state's or the clinic's."""
    contact = submission.contact or {}
    state = contact.get("contact", {}).get("state") or ""
    name = contact.get("times", {}).get("time_zone") or zone_of(state, clinic.tz.key)
    return ZoneInfo(name)


def callback_words(
    submission: Submission, clinic: Clinic, *, now: datetime | None, language: str
) -> str:
    """When we call: "today by 5:00 pm Central Time"; "" if no flag is open.

    Without `now` the day is named by its date, for words that are read later.
    """
    if not submission.is_flagged or submission.flagged_at is None:
        return ""
    try:
        call = promised_call(clinic, Level(submission.level), submission.flagged_at)
    except NeverOpenError:
        call = None
    if call is None or (now is not None and _is_past(call, now)):
        return gettext_in(language, "as soon as we can")
    return _words(call, own_zone(submission, clinic), now=now, language=language)


def _is_past(call: PromisedCall, now: datetime) -> bool:
    return now > call.at + (AFTER_OPENING if call.when_opening else timedelta(0))


def _words(call: PromisedCall, zone: ZoneInfo, *, now: datetime | None, language: str) -> str:
    time = with_zone(time_text(call.at, zone, language), zone, language)
    day = day_text(call.at, zone, language)
    match _days_until(call, zone, now), call.when_opening:
        case 0, True:
            return gettext_in(language, "today when we open at %(time)s", time=time)
        case 0, False:
            return gettext_in(language, "today by %(time)s", time=time)
        case 1, True:
            return gettext_in(language, "tomorrow when we open at %(time)s", time=time)
        case 1, False:
            return gettext_in(language, "tomorrow by %(time)s", time=time)
        case _, True:
            return gettext_in(language, "on %(day)s, when we open at %(time)s", day=day, time=time)
    return gettext_in(language, "on %(day)s, by %(time)s", day=day, time=time)


def _days_until(call: PromisedCall, zone: ZoneInfo, now: datetime | None) -> int | None:
    """Local days from now to the call; None without a now."""
    if now is None:
        return None
    return (call.at.astimezone(zone).date() - now.astimezone(zone).date()).days
