"""What was changed on a page of settings before: by whom, when, from what to what."""

import json
from collections.abc import Mapping
from datetime import time
from typing import Any

from intake.audit.models import AuditEntry
from intake.audit.queries import about_no_record
from intake.clinic.clinic import Clinic
from intake.clinic.hours import Window
from intake.clinic.service import SETTING_CHANGED
from intake.core import clock
from intake.staff.actors import name_of
from intake.staff.settings_forms import WEEKDAYS
from intake.staff.wall_hours import hours_words
from intake.staff.words import when

LOOKED_AT = 200
SHOWN = 10
NAMES = {
    "weekly_hours": "Office hours",
    "safety_contact": "Who answers for people in danger",
    "backup_contact": "If nobody acknowledges the flag",
    "booking_pause": "Pause",
}
"""Settings that are more than one field of a form."""

Line = tuple[str, str, str]
"""An icon, what changed, and who changed it when."""


def changes_of(settings: tuple[str, ...], labels: Mapping[str, str], clinic: Clinic) -> list[Line]:
    """The latest changes of these settings, the newest first."""
    found = (each for each in about_no_record(SETTING_CHANGED, LOOKED_AT))
    ours = [each for each in found if each.detail.partition(":")[0] in settings]
    return [_line(each, labels, clinic) for each in ours[:SHOWN]]


def _line(entry: AuditEntry, labels: Mapping[str, str], clinic: Clinic) -> Line:
    setting, _, values = entry.detail.partition(": ")
    old, _, new = values.partition(" -> ")
    name = NAMES.get(setting) or labels.get(setting, setting)
    who = f"{name_of(entry.actor)}, {when(entry.at, clinic.tz, clock.now())}"
    return "sliders", f"{name}: {_words(old, setting)} → {_words(new, setting)}", who


def _words(value: str, setting: str) -> str:
    """A value of the audit log as people read it; one that was shortened stays as it is."""
    try:
        found = json.loads(value)
    except json.JSONDecodeError:
        return value
    return _hours(found) if setting == "weekly_hours" else _plain(found)


def _plain(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return "; ".join(f"{key} {_plain(each)}" for key, each in value.items())
    return str(value)


def _hours(week: Mapping[str, list[list[str]]]) -> str:
    days = sorted((int(day), windows) for day, windows in week.items() if windows)
    return "; ".join(f"{WEEKDAYS[day][:3]} {hours_words(_times(each))}" for day, each in days)


def _times(windows: list[list[str]]) -> tuple[Window, ...]:
    return tuple((time.fromisoformat(opens), time.fromisoformat(ends)) for opens, ends in windows)
