"""What the settings pages share: their tabs, who changed something last, and what forms send."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import abort, request, url_for

from intake.clinic.clinic import Clinic
from intake.clinic.recipients import all_addresses, told_of
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.notifications import bounces
from intake.scheduling.agenda import misplaced
from intake.scheduling.meeting import Told
from intake.scheduling.models import ConsultationType, Provider
from intake.staff.actors import name_of
from intake.staff.guard import staff_user
from intake.staff.words import when

PAGES = (
    ("Clinic", "staff.settings_clinic"),
    ("Answers and calls", "staff.settings_times"),
    ("Recipients", "staff.settings_recipients"),
    ("Hours", "staff.settings_hours"),
    ("Closures", "staff.settings_closures"),
    ("Booking rules", "staff.settings_rules"),
    ("Pause", "staff.settings_pause"),
    ("Texts", "staff.settings_texts"),
    ("Users", "staff.settings_users"),
)


class Versus(NamedTuple):
    """One thing that two people have changed: its name, how it is now, how the other wants it."""

    name: str
    now: str
    yours: str


def frame(current: str, *, now: datetime) -> dict[str, Any]:
    """What every settings page shows: the tabs, and how many calls have lost their place."""
    tabs = [
        {"label": label, "href": url_for(endpoint), "current": endpoint == current}
        for label, endpoint in PAGES
    ]
    return {"tabs": tabs, "to_move": len(misplaced(now=now)), "unheard": _unheard()}


def _unheard() -> list[str]:
    """The events of which nobody would hear."""
    clinic = current_clinic()
    lost = bounces.marked(all_addresses(clinic))
    return [told.words for told in told_of(clinic, lost=lost) if not told.reaches_somebody]


def by_me() -> dict[str, Any]:
    """Who changes something, and when: for services."""
    return {"actor": staff_user().actor, "now": clock.now()}


def changed_words(row: Provider | ConsultationType, clinic: Clinic, now: datetime) -> str:
    """Who changed something last and when, or "" if nobody did yet."""
    if row.changed_at is None:
        return ""
    return f"{name_of(row.changed_by)}, {when(row.changed_at, clinic.tz, now)}"


def told_words(told: Told) -> str:
    """Who is told that a call takes place somewhere else; "" if nobody needs to be."""
    mailed, unmailed = told
    people = "1 person is" if mailed == 1 else f"{mailed} people are"
    words = f"{people} told by email where their call is now." if mailed else ""
    who = "1 person gets" if unmailed == 1 else f"{unmailed} people get"
    return f"{words} {who} no email: tell them by phone." if unmailed else words


def differences(
    labels: Mapping[str, str], now: Mapping[str, Any], yours: Mapping[str, Any]
) -> list[Versus]:
    """Where two versions of a form differ, in the words of their labels."""
    return [
        Versus(label, _shown(now[name]), _shown(yours[name]))
        for name, label in labels.items()
        if _shown(now[name]) != _shown(yours[name])
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value in (None, "") else str(value)


def sent_version() -> int:
    """The version that the page showed; 400 for what no page of ours sends."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(400)
    return int(text)


def sent_day() -> date:
    """The date a button is about; 400 for what no page of ours sends."""
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(400)
