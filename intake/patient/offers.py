"""The page of free times: which are offered, in whose zone, and what to offer when one is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import request

from intake.clinic.clinic import Clinic
from intake.core.i18n import language, zone_text
from intake.core.states import zone_of
from intake.patient.days import Day, days_in_words, nearest_page, page_of
from intake.patient.forms import DAYS, NO_SLOT, PARTS, MoveForm, TimesForm, ZoneForm
from intake.patient.paused import OpenTimes
from intake.patient.places import TIME_ZONES
from intake.scheduling import queries, told
from intake.scheduling.models import Appointment
from intake.scheduling.person import person_key
from intake.scheduling.slots import Interval
from intake.submissions.drafts import typed, unfinished
from intake.submissions.models import Submission
from intake.web.filters import moment

ZONES = frozenset(name for name, _words in TIME_ZONES)


class Agreed(NamedTuple):
    """A call that staff booked with somebody who is still answering: when in words, the name of
    its slot, and how they talk."""

    when: str
    key: str
    channel: str


@dataclass
class Offer:
    """Everything the page shows."""

    form: TimesForm | MoveForm
    zone_form: ZoneForm
    days: list[Day]
    zone: ZoneInfo
    minutes: int
    hold_minutes: int
    later: date | None
    earlier: date | None
    taken: bool
    guess_zone: bool
    """Whether the browser may show the page in its own zone instead: nobody has chosen one."""
    agreed: Agreed | None
    """What there is to choose no more."""

    def page(self) -> dict[str, Any]:
        """The variables of the page's template."""
        zone_name = zone_text(self.zone, language())
        return {
            **vars(self),
            "zone_name": zone_name,
            **_week(language()),
            "no_slot": NO_SLOT,
            "first_day": _first_day(),
        }


@cache
def _week(_language: str) -> dict[str, list[tuple[str, ...]]]:
    """The days and the parts of the week in the words of this language."""
    named = {"week_days": DAYS, "week_parts": PARTS}
    return {name: [tuple(map(str, each)) for each in of_week] for name, of_week in named.items()}


def sent_form() -> TimesForm:
    """The form as it was sent. Any well-formed time passes: the booking rules judge it."""
    form = TimesForm()
    form.slot.choices = [*_sent_slot(), (NO_SLOT, "")]
    _leave_ways(form, queries.timetable().type.channels)
    return form


def _leave_ways(form: TimesForm, channels: Sequence[str]) -> None:
    """Offer only the ways to meet that the clinic has; a single one is chosen already."""
    form.channel.choices = [each for each in form.channel.choices if each[0] in channels]
    if len(form.channel.choices) == 1 and not form.channel.is_given:
        form.channel.data = form.channel.choices[0][0]


def sent_move() -> MoveForm:
    """The same for a call that is booked already."""
    form = MoveForm()
    form.slot.choices = _sent_slot()
    return form


def _sent_slot() -> list[tuple[str, str]]:
    sent = request.form.get("slot", "")
    return [(sent, "")] if queries.read_slot_key(sent) else []


def offer(
    draft: Submission,
    clinic: Clinic,
    *,
    now: datetime,
    form: TimesForm | MoveForm | None = None,
    taken: str | None = None,
) -> Offer:
    """What to offer to this person; the page's address says in which zone and from which day.

    `form` is one that was sent and has errors. `taken` names the slot that somebody else just got;
    then the times nearest to it are offered.
    """
    stored, zone = typed(draft, "times"), zone_of_page(draft, clinic)
    kept, taken_slot = queries.seen_for(draft.id), queries.read_slot_key(taken or "")
    elsewhere = _other_calls(draft, kept, now) if isinstance(form, MoveForm) else ()
    free = queries.diary(now=now, without=draft.id)
    diary = OpenTimes(free, kept, is_paused=clinic.is_paused(now), elsewhere=elsewhere)
    if taken_slot is not None:
        page = nearest_page(diary, zone, now=now, wanted=taken_slot[1])
    else:
        own_day = kept.starts_at.astimezone(zone).date() if kept else None
        page = page_of(diary, zone, now=now, first=_first_day(), own_day=own_day)
    days = days_in_words(page.slots, zone, {} if taken_slot else diary.closures)
    form = form or _form(draft, days, kept=kept, channels=diary.type.channels)
    if taken is not None:
        form.slot.data = None
    return Offer(
        form=form,
        zone_form=_zone_form(zone),
        days=days,
        zone=zone,
        minutes=diary.type.minutes,
        hold_minutes=clinic.hold_minutes,
        later=page.later,
        earlier=page.earlier,
        taken=taken is not None and not diary.is_paused,
        guess_zone=_may_guess_zone(stored) and bool(days),
        agreed=_agreed(kept, clinic),
    )


def earlier_day(
    submission: Submission, call: Appointment, clinic: Clinic, *, now: datetime
) -> date | None:
    """The first day with a time before their call that its patient can choose; None: there is none.

    By the zone in which they read the times.
    """
    free, elsewhere = (
        queries.diary(now=now, without=submission.id),
        _other_calls(submission, call, now),
    )
    diary = OpenTimes(free, call, is_paused=clinic.is_paused(now), elsewhere=elsewhere)
    slots = diary.free(now=now, last_day=(call.starts_at + queries.ITS_DAY).date())
    first = slots[0].starts_at if slots else call.starts_at
    is_earlier = first < call.starts_at
    return first.astimezone(zone_of_page(submission, clinic)).date() if is_earlier else None


def _other_calls(
    submission: Submission, kept: Appointment | None, now: datetime
) -> Sequence[Interval]:
    """When somebody who wants another time cannot come, as they have a second call then."""
    without = kept.id if kept else queries.NOBODY
    return queries.calls_ahead(person_key(submission), now=now, without=without)


def _agreed(kept: Appointment | None, clinic: Clinic) -> Agreed | None:
    if kept is None or not kept.is_live:
        return None
    when = moment(kept.starts_at, told.zone_of(kept, clinic))
    return Agreed(when, queries.key_at(kept.provider_id, kept.starts_at), kept.channel)


def _may_guess_zone(stored: Mapping[str, Any]) -> bool:
    return request.method == "GET" and "zone" not in request.args and "time_zone" not in stored


def _form(
    draft: Submission, days: list[Day], *, kept: Appointment | None, channels: Sequence[str]
) -> TimesForm:
    """The form with what was saved before; a time chosen since comes before the one kept."""
    stored, since = typed(draft, "times"), unfinished(draft, "times")
    offered = [each for day in days for each in day.times]
    chosen = _wish(since, offered) or _same_time(kept, [value for value, _short in offered])
    if kept is None and not chosen and stored and not stored.get("slot_chosen"):
        chosen = _wish(stored, offered)
    form = TimesForm(data={**stored, "slot": chosen})
    form.slot.choices = [*offered, (NO_SLOT, "")]
    _leave_ways(form, channels)
    return form


def _wish(stored: Mapping[str, Any], offered: list[tuple[str, str]]) -> str | None:
    """What was chosen on a page that was not finished, if it is still offered."""
    is_finished = "slot_chosen" in stored
    wish = stored.get("slot", NO_SLOT if is_finished else None)
    return wish if wish in [NO_SLOT, *(value for value, _short in offered)] else None


def _zone_form(zone: ZoneInfo) -> ZoneForm:
    """The choice of zones; the clinic's own may be none of the usual ones."""
    form = ZoneForm.fill({"zone": zone.key})
    if zone.key not in ZONES:
        form.zone.choices = [*TIME_ZONES, (zone.key, zone_text(zone, language()))]
    return form


def _same_time(kept: Appointment | None, offered: list[str]) -> str | None:
    """The offered slot at the time kept for this person, whoever would take the call."""
    if kept is None:
        return None
    _provider, own = queries.key_at(kept.provider_id, kept.starts_at).split("-")
    return next((key for key in offered if key.endswith(f"-{own}")), None)


def zone_of_page(draft: Submission, clinic: Clinic, *, asked: str | None = None) -> ZoneInfo:
    """The zone asked for now or in the address, the one saved, or that of the person's state."""
    contact = draft.contact or {}
    stored = typed(draft, "times").get("time_zone")
    state = contact.get("contact", {}).get("state") or ""
    wishes = (asked, request.args.get("zone"), stored, zone_of(state, clinic.tz.key), clinic.tz.key)
    return ZoneInfo(next(name for name in wishes if name in ZONES or name == clinic.tz.key))


def _first_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
