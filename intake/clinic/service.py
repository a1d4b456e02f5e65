"""Reading and changing the clinic's settings."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import select

from intake.audit import log
from intake.clinic.clinic import Clinic, ClinicSettingsError
from intake.clinic.document import read_clinic, write_clinic
from intake.clinic.models import ClinicSettings, Closure
from intake.clinic.safety import example_values, gaps
from intake.core.db import db
from intake.core.remember import forget, remembered

LONGEST_VALUE = 900
"""Letters of a value that the audit log keeps: the old one and the new one fit into an entry."""
SETTING_CHANGED = "setting changed"
"""The action of the audit entries, whose detail reads `name: old -> new`, both as JSON."""
NOT_SET_UP = "The clinic is not set up yet. Run: flask --app wsgi clinic setup"


class SettingsChanged(Exception):
    """Somebody else changed the same settings since their page was drawn."""


class UnsafeSettings(Exception):
    """With this change nobody would be told of danger, or nobody would call; it says which."""


class LastChange(NamedTuple):
    """Who changed some settings last, and when."""

    actor: str
    at: datetime


def current_clinic() -> Clinic:
    """The clinic, at most a few seconds old; raises ClinicSettingsError before it is set up.

    As long as nothing changed it is the same object, so that what was made from it can be kept.
    """
    return remembered("clinic", _load)


def fresh_clinic() -> Clinic:
    """The clinic as it is stored at this moment, for whoever is about to change it."""
    forget()
    return current_clinic()


def _load() -> Clinic:
    document = db.session.scalar(select(ClinicSettings.document))
    if document is None:
        raise ClinicSettingsError(NOT_SET_UP)
    return _read(json.dumps(document), frozenset(db.session.scalars(select(Closure.day))))


@lru_cache(maxsize=1)
def _read(document: str, closed: frozenset[date]) -> Clinic:
    return read_clinic(json.loads(document), closed)


def save_clinic(clinic: Clinic, *, now: datetime) -> None:
    """Store the clinic's settings in the current unit of work."""
    row = db.session.get(ClinicSettings, 1)
    if row is None:
        db.session.add(ClinicSettings(document=write_clinic(clinic), updated_at=now))
    else:
        row.document, row.updated_at = write_clinic(clinic), now
    db.session.flush()
    forget()


def change_settings(values: Mapping[str, Any], *, seen: str, actor: str, now: datetime) -> None:
    """Give some settings, named as in the clinic's file, other values. Each change is audited.

    `seen` is the fingerprint of these settings when whoever changes them saw them. Part of the
    current unit of work. Raises SettingsChanged, ClinicSettingsError for what makes no sense, and
    UnsafeSettings.
    """
    row = db.session.get(ClinicSettings, 1, with_for_update=True)
    if row is None:
        raise ClinicSettingsError(NOT_SET_UP)
    before = read_clinic(row.document)
    if fingerprint(before, values) != seen:
        raise SettingsChanged
    wanted = read_clinic({**write_clinic(before), **values})
    _refuse_gaps(before, wanted)
    _replace(row, before, wanted, actor=actor, now=now)


def set_up(wanted: Clinic, *, actor: str, now: datetime) -> None:
    """Store all settings at once, in the current unit of work; what changes is audited."""
    row = db.session.get(ClinicSettings, 1, with_for_update=True)
    if row is None:
        save_clinic(wanted, now=now)
    else:
        _replace(row, read_clinic(row.document), wanted, actor=actor, now=now)


def _replace(
    row: ClinicSettings, before: Clinic, wanted: Clinic, *, actor: str, now: datetime
) -> None:
    changed = _record_changes(before, wanted, actor=actor, now=now)
    row.changes = {**row.changes, **{name: [actor, now.isoformat()] for name in changed}}
    row.document, row.updated_at = write_clinic(wanted), now
    db.session.flush()
    forget()


def _refuse_gaps(before: Clinic, wanted: Clinic) -> None:
    """What keeps a clinic from starting again is not saved; the example is full of such things."""
    new = set(gaps(wanted)) - set(gaps(before))
    if example_values(before):
        new = {gap for gap in new if gap.endswith("is missing")}
    if new:
        raise UnsafeSettings(", ".join(sorted(new)))


def _record_changes(before: Clinic, after: Clinic, *, actor: str, now: datetime) -> list[str]:
    """Write into the audit log which settings changed, from what to what. Returns their names."""
    old, new = write_clinic(before), write_clinic(after)
    changed = [name for name in new if old[name] != new[name]]
    for name in changed:
        words = f"{name}: {_shortened(old[name])} -> {_shortened(new[name])}"
        log.record(SETTING_CHANGED, actor=actor, now=now, detail=words)
    return changed


def fingerprint(clinic: Clinic, names: Mapping[str, Any] | tuple[str, ...]) -> str:
    """What tells one set of values of these settings from another."""
    document = write_clinic(clinic)
    values = json.dumps({name: document[name] for name in names}, sort_keys=True)
    return sha256(values.encode()).hexdigest()[:32]


def last_change(names: tuple[str, ...]) -> LastChange | None:
    """Who changed any of these settings last; None if nobody did on a page."""
    changes = db.session.scalar(select(ClinicSettings.changes)) or {}
    found = [changes[name] for name in names if name in changes]
    if not found:
        return None
    actor, at = max(found, key=lambda change: change[1])
    return LastChange(actor, datetime.fromisoformat(at))


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
