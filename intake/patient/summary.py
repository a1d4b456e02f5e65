"""What the check page and the confirmation show."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import request, url_for

from intake.clinic.clinic import Clinic
from intake.core.i18n import gettext as _
from intake.core.i18n import language, locale, time_text, zone_text
from intake.core.phones import phone_text
from intake.patient import journey
from intake.patient.forms import (
    AGE,
    BEST_TIME,
    CONDITIONS,
    CONTACT_BY,
    DAYS,
    PARTS,
    VOICEMAIL,
    WHOM,
)
from intake.patient.headings import heading
from intake.patient.journey import Step
from intake.patient.places import US_STATES, zone_and_place
from intake.scheduling import queries
from intake.scheduling.models import Appointment
from intake.scheduling.told import place_of, zone_of
from intake.screening.level import Level
from intake.submissions.callback import callback_words, own_zone
from intake.submissions.emails import respond_by
from intake.submissions.models import Submission
from intake.web.filters import moment, opening, unbroken
from intake.web.question import Words

Row = dict[str, str]
STATES_READ = 12
"""At most so many names of states are put above the list of all."""


def sections(
    draft: Submission,
    clinic: Clinic,
    steps: tuple[Step, ...],
    *,
    kept: Appointment | None,
    now: datetime,
) -> list[tuple[str, list[Row]]]:
    """Headed groups of rows for the check page, each row with a link that changes it.

    Health answers appear as answered or skipped only: somebody may be looking on.
    """
    contact = draft.contact or {}
    return [
        (_("Your call"), _call_rows(contact.get("times", {}), clinic, kept, now=now)),
        (_("You"), person_rows(contact.get("contact", {}), clinic)),
        (_("What you told us"), _answer_rows(draft, steps)),
    ]


def _call_rows(
    times: dict[str, Any], clinic: Clinic, kept: Appointment | None, *, now: datetime
) -> list[Row]:
    channels = {"phone": _("Phone"), "video": _("Video"), "in_person": _("In person")}
    page, needs = "wizard.times", _("Help to talk with us")
    rows = [
        _row(_("How"), channels.get(times.get("channel", ""), ""), page, _("how")),
        _row(needs, times.get("needs", ""), page, needs),
    ]
    if kept is not None and (kept.is_live or times.get("slot_chosen")):
        when = opening(moment(kept.starts_at, zone_of(kept, clinic)))
        held = _held_words(kept, clinic, now)
        return [_row(_("Time"), when, page, _("time"), small=held), *rows]
    free = ", ".join(availability_words(times.get("availability", [])))
    return [_row(_("When you can talk"), free, page, _("when you can talk")), *rows]


def _held_words(kept: Appointment, clinic: Clinic, now: datetime) -> str:
    """Until when a time is held, or that it is not any more; "" for one that does not run out."""
    if kept.hold_expires_at is None:
        return ""
    if kept.hold_expires_at <= now:
        gone = _("We no longer hold this time. It is yours if it is still free when you send.")
        return str(gone)
    zone = zone_of(kept, clinic)
    time = time_text(kept.hold_expires_at, zone, language())
    until = f"{time}, {zone_and_place(zone, language())}"
    return str(_("Held for you until %(time)s.", time=until))


def availability_words(values: list[str]) -> list[str]:
    """Parts of the week in words: "Monday morning"."""
    days = {key: str(name) for key, _short, name in DAYS}
    parts = {key: str(name).lower() for key, name, _hours in PARTS}
    pairs = (value.split("-", 1) for value in values if "-" in value)
    return [
        _("%(day)s %(part)s", day=days.get(day, ""), part=parts.get(part, ""))
        for day, part in pairs
    ]


def person_rows(person: dict[str, Any], clinic: Clinic) -> list[Row]:
    """Who the person is and how we may reach them."""
    name = f"{person.get('given_name', '')} {person.get('family_name', '')}".strip()
    born = person.get("dob")
    birth = format_date(date.fromisoformat(born), "long", locale=locale()) if born else ""
    ways = ", ".join(str(words) for key, words in CONTACT_BY if key in person.get("contact_by", []))
    page, calls = "wizard.contact", person.get("preferred_name", "")
    return [
        _row(_("Name"), name, page, _("name")),
        _row(_("What we call you"), calls, page, _("what we call you")),
        _row(_("Date of birth"), birth, page, _("date of birth")),
        _row(_("Phone"), phone_text(person.get("phone", "")), page, _("phone")),
        _row(_("Email"), person.get("email", ""), page, _("email")),
        _state_row(person.get("state"), clinic),
        _row(_("You allow us to"), ways, page, _("how we may contact you")),
        _row(_("Voicemail"), _words(VOICEMAIL, person.get("voicemail_ok")), page, _("voicemail")),
        _row(
            _("Best time to call"),
            _words(BEST_TIME, person.get("best_time")),
            page,
            _("best time to call"),
        ),
    ]


def served_words(clinic: Clinic) -> str:
    """In which states the clinic may see people; "" if in all, or too many to read."""
    if not 0 < len(clinic.states) <= STATES_READ:
        return ""
    names = ", ".join(_words(US_STATES, code) for code in clinic.states)
    return _(
        "We see people who live in %(states)s. If you live elsewhere, you can still ask us.",
        states=names,
    )


def _state_row(code: str | None, clinic: Clinic) -> Row:
    """The state; where the clinic may not see people, it is said before they send."""
    name, small = _words(US_STATES, code), ""
    if name and clinic.states and code not in clinic.states:
        small = _("We may not be able to see people who live there.")
        if code != "other":
            small = _("We may not be able to see people who live in %(state)s.", state=name)
        when = _("We will tell you when we call.")
        small = f"{small} {when}"
    return _row(_("State"), name, "wizard.contact", _("state"), small=small)


def _words(choices: Iterable[tuple[str, Words]], value: str | None) -> str:
    """What a form calls the answer with this value."""
    return next((str(words) for key, words in choices if key == value), "")


def start_rows(start: dict[str, Any]) -> list[Row]:
    """What the person wants help with, and for whom."""
    page, chosen = "wizard.start", start.get("conditions", [])
    wanted = ", ".join(str(words) for key, words in CONDITIONS if key in chosen)
    age = _words(AGE, start.get("age18"))
    return [
        _row(_("Help with"), wanted, page, _("what you would like help with")),
        _row(_("Who it is for"), _words(WHOM, start.get("for_whom")), page, _("who it is for")),
        _row(_("Age"), age, page, _("age")),
    ]


def _answer_rows(draft: Submission, steps: tuple[Step, ...]) -> list[Row]:
    rows = start_rows((draft.contact or {}).get("start", {}))
    skipped = (draft.answers or {}).get("skipped", [])
    for step in steps:
        if step.asked is not None:
            state = _("Skipped") if step.key in skipped else _("Answered")
            if journey.marks_of_first(step.key, draft.answers or {}):
                state = _("Answered in part")
            title = heading(step.key)
            rows.append(_row(title, state, _endpoint(step), title, instrument=step.key))
    return rows


def _endpoint(step: Step) -> str:
    names = {"asq": "safety", "ketamine_safety_screen": "health", "history": "history"}
    return f"answering.{names.get(step.key, 'screening')}"


def _row(
    term: str, value: str, endpoint: str, about: str, *, small: str = "", instrument: str = ""
) -> Row:
    href = _change_url(request.script_root, endpoint, instrument)
    return {"term": term, "value": value, "small": small, "href": href, "about": about}


@lru_cache(maxsize=256)  # a check page has fifteen of these
def _change_url(_root: str, endpoint: str, instrument: str) -> str:
    where: dict[str, Any] = {"from": "check"}
    if endpoint == "answering.screening":
        where["instrument"] = instrument
    return url_for(endpoint, **where)


def callback(submission: Submission, clinic: Clinic, *, now: datetime) -> str:
    """When the team calls somebody it worries about, in words; "" if there is no need."""
    return unbroken(callback_words(submission, clinic, now=now, language=language()))


def receipt(submission: Submission, clinic: Clinic, *, now: datetime) -> dict[str, Any]:
    """The variables of the confirmation page."""
    kept = queries.seen_for(submission.merged_into or submission.id)
    contact = (submission.contact or {}).get("contact", {})
    sent_at = submission.sent_at or submission.updated_at
    if kept is not None and kept.starts_at <= sent_at:
        kept = None  # a call that was over when they sent
    call_at = kept.starts_at if kept else None
    zone = zone_of(kept, clinic) if kept else own_zone(submission, clinic)
    return {
        "submission": submission,
        "appointment": kept,
        "zone": zone,
        "zone_name": zone_text(zone, language()),
        **_its_call(kept, zone),
        "respond_by": respond_by(submission, clinic, sent_at=sent_at, call_at=call_at),
        "call_back": callback(submission, clinic, now=now),
        "is_urgent": submission.level_rank >= Level.URGENT.rank,
        "mailed": bool("email" in contact.get("contact_by", []) and contact.get("email")),
        "voice": phone_text(contact.get("phone", "")),
        "home": url_for("pages.home"),
    }


def _its_call(kept: Appointment | None, zone: ZoneInfo) -> dict[str, Any]:
    """What the confirmation says of the time that was chosen, if there is one."""
    if kept is None:
        return {"leaf": (), "place": "", "minutes": 0}
    return {
        "leaf": leaf_of(kept.starts_at.astimezone(zone)),
        "place": place_of(kept) if kept.status == "booked" else "",
        "minutes": (kept.ends_at - kept.starts_at) // timedelta(minutes=1),
    }


def leaf_of(local: datetime) -> tuple[str, ...]:
    """A date as on a calendar's leaf: month, day, weekday."""
    return tuple(format_date(local.date(), part, locale=locale()) for part in ("MMM", "d", "EEE"))
