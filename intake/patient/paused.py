"""Which times are open to somebody, and what they read while online booking is paused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from babel.dates import format_date

from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import gettext as _
from intake.core.i18n import language, locale
from intake.scheduling import queries
from intake.scheduling.models import Appointment
from intake.scheduling.placing import is_among
from intake.scheduling.slots import Interval, Slot


class PauseWords(NamedTuple):
    """Our words, the clinic's own, and from when times can be chosen again; "" where unknown."""

    text: str
    own: str
    until: str


@dataclass
class OpenTimes:
    """What is open to this person: while booking is paused, only the time held for them; and never
    one at which another call of theirs is."""

    diary: queries.Diary
    kept: Appointment | None
    is_paused: bool
    elsewhere: Sequence[Interval] = ()

    @property
    def closures(self) -> Mapping[date, str]:
        """The closed dates, with why."""
        return self.diary.closures

    @property
    def type(self) -> queries.Kind:
        """What is booked."""
        return self.diary.type

    def free(self, *, now: datetime, last_day: date | None) -> Sequence[Slot]:
        """The slots to choose from, in time order."""
        slots = self.diary.free(now=now, first_day=None, last_day=last_day)
        if not self.is_paused:
            return [each for each in slots if not is_among(self.elsewhere, each)]
        held = self.kept if self.kept and self.kept.status == "hold" else None
        own = (held.provider_id, held.starts_at) if held else None
        return [slot for slot in slots if (slot.provider_id, slot.starts_at) == own]


def booking_pause(*, has_call: bool) -> PauseWords | None:
    """The words of a pause that lasts now, for templates; None while there is none.

    `has_call`: for somebody with a call, who wants another time.
    """
    clinic, now = current_clinic(), clock.now()
    if clinic.booking_pause is None or not clinic.is_paused(now):
        return None
    call = _("You can’t choose a time online right now. Please call us.")
    ask = _("You can’t choose a time online right now. Send us your request, and we will call you.")
    return PauseWords(
        call if has_call else ask,
        clinic.booking_pause.message(language()),
        _until_words(clinic),
    )


def _until_words(clinic: Clinic) -> str:
    until = clinic.booking_pause.until if clinic.booking_pause else None
    if until is None:
        return ""
    pattern = "EEEE, MMMM d" if language() == "en" else "EEEE d 'de' MMMM"
    day = format_date(until, pattern, locale=locale())
    return str(_("From %(day)s on, you can choose a time here again.", day=day))
