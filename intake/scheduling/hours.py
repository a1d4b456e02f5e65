"""Changing what free times are made of: hours of providers, closures, consultation types.

Each change is audited. Whoever saves a page that somebody else saved in the meantime gets
`ChangedMeanwhile`, so that nobody undoes a colleague's change unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.clinic.models import Closure
from intake.core.db import db
from intake.core.remember import forget
from intake.scheduling.models import ConsultationType, DatedHours, Provider, WeeklyHours
from intake.scheduling.slots import Window

MOST_DAYS = 366
"""The longest absence or closure that is written at once."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the same thing since its page was drawn."""


@dataclass(frozen=True, kw_only=True)
class TypeRules:
    """What can be changed of a consultation type; see `ConsultationType` for units."""

    name: str
    minutes: int
    step_minutes: int
    buffer_before: int
    buffer_after: int
    min_notice: int
    horizon_days: int
    daily_cap: int | None
    person_cap: int | None
    change_notice: int
    most_moves: int
    mode: str
    channels: list[str]
    video_link: str = ""
    address: str = ""


def add_providers(names: Sequence[str], clinic: Clinic) -> list[str]:
    """Give each new name a calendar with the clinic's hours; returns the names that were new.

    The first one also brings the free consultation: 15 minutes, with 15 minutes after it.
    """
    known = set(db.session.scalars(select(Provider.name)))
    added = [name for name in names if name not in known]
    for name in added:
        weekly = [
            WeeklyHours(weekday=weekday, opens=opens, closes=closes)
            for weekday, windows in clinic.weekly_hours.items()
            for opens, closes in windows
        ]
        db.session.add(Provider(name=name, time_zone=clinic.tz.key, weekly=weekly))
    if added and not known:
        kind = ConsultationType(
            name="Free consultation", minutes=15, step_minutes=30, buffer_after=15
        )
        db.session.add(kind)
    db.session.flush()
    forget()
    return added


def set_weekly(
    provider: Provider,
    weekly: Mapping[int, Sequence[Window]],
    *,
    version: int,
    actor: str,
    now: datetime,
) -> None:
    """Give a provider these weekly hours by weekday (0 = Monday). Raises ChangedMeanwhile."""
    _check(provider, version)
    wanted = {(day, *window) for day, windows in weekly.items() for window in windows}
    kept = [each for each in provider.weekly if _key(each) in wanted]
    new = sorted(wanted - {_key(each) for each in kept})
    provider.weekly = [
        *kept,
        *(WeeklyHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in new),
    ]
    _changed(provider, "weekly hours changed", actor=actor, now=now)


def set_dated(
    provider: Provider,
    days: Sequence[date],
    windows: Sequence[Window],
    *,
    label: str,
    version: int,
    actor: str,
    now: datetime,
) -> None:
    """Replace the weekly hours of these dates; no windows means away. Raises ChangedMeanwhile."""
    _check(provider, version)
    hours = [[opens.isoformat("minutes"), closes.isoformat("minutes")] for opens, closes in windows]
    known = {each.day: each for each in provider.dated}
    for day in days:
        if day in known:
            known[day].hours, known[day].label = hours, label
        else:
            provider.dated.append(DatedHours(day=day, hours=hours, label=label))
    _changed(provider, "dated hours set", actor=actor, now=now, about=_span(days))


def clear_dated(
    provider: Provider, days: Sequence[date], *, version: int, actor: str, now: datetime
) -> None:
    """Go back to the weekly hours on these dates. Raises ChangedMeanwhile."""
    _check(provider, version)
    provider.dated = [each for each in provider.dated if each.day not in days]
    _changed(provider, "dated hours removed", actor=actor, now=now, about=_span(days))


def add_provider(name: str, clinic: Clinic, *, actor: str, now: datetime) -> Provider | None:
    """A new provider with the clinic's hours; None if there is one of that name."""
    if db.session.scalar(select(Provider.id).where(Provider.name == name)) is not None:
        return None
    provider = Provider(name=name, time_zone=clinic.tz.key)
    weekly = {day: tuple(windows) for day, windows in clinic.weekly_hours.items()}
    db.session.add(provider)
    db.session.flush()
    set_weekly(provider, weekly, version=provider.version, actor=actor, now=now)
    return provider


def set_room(
    provider: Provider, video_link: str, *, version: int, actor: str, now: datetime
) -> None:
    """Give a provider a video room of their own; "" for the common one. Raises ChangedMeanwhile."""
    _check(provider, version)
    provider.video_link = video_link
    _changed(provider, "video room changed", actor=actor, now=now)


def set_active(
    provider: Provider, *, active: bool, version: int, actor: str, now: datetime
) -> None:
    """Offer times of a provider, or no more. What is booked stays. Raises ChangedMeanwhile."""
    _check(provider, version)
    provider.active = active
    action = "provider offered" if active else "provider no longer offered"
    _changed(provider, action, actor=actor, now=now)


def close(days: Iterable[date], label: str, *, actor: str, now: datetime) -> list[date]:
    """Close the clinic on these dates. Returns the new ones; a date that is closed stays as it is.

    What is booked on them stays booked, until somebody moves it.
    """
    wanted = set(days)
    known = set(db.session.scalars(select(Closure.day).where(Closure.day.in_(wanted))))
    added = sorted(wanted - known)
    db.session.add_all(Closure(day=day, label=label) for day in added)
    if added:
        _written("closed", actor=actor, now=now, about=_span(added))
    return added


def reopen(days: Iterable[date], *, actor: str, now: datetime) -> list[date]:
    """Open the clinic on these dates again. Returns those that were closed."""
    found = list(db.session.scalars(select(Closure).where(Closure.day.in_(set(days)))))
    for closure in found:
        db.session.delete(closure)
    opened = sorted(closure.day for closure in found)
    if opened:
        _written("opened again", actor=actor, now=now, about=_span(opened))
    return opened


def close_each(labels: Mapping[date, str], *, actor: str, now: datetime) -> dict[date, str]:
    """Close on several dates, each with its own label. Returns the new ones."""
    return {
        day: label
        for day, label in sorted(labels.items())
        if close([day], label, actor=actor, now=now)
    }


def set_type(
    kind: ConsultationType, rules: TypeRules, *, version: int, actor: str, now: datetime
) -> None:
    """Change how a consultation is booked; what is booked stays. Raises ChangedMeanwhile."""
    _check(kind, version)
    for name, value in asdict(rules).items():
        setattr(kind, name, value)
    _changed(kind, "consultation type changed", actor=actor, now=now)


def consultation_type() -> ConsultationType | None:
    """The kind of consultation that is booked; None before the clinic has a provider."""
    return db.session.scalars(select(ConsultationType).order_by(ConsultationType.id)).first()


def set_places(
    kind: ConsultationType, places: Mapping[str, str], *, actor: str, now: datetime
) -> None:
    """Change where people meet, by the names of the columns, and nothing else."""
    for name, place in places.items():
        setattr(kind, name, place)
    _changed(kind, "consultation type changed", actor=actor, now=now)


def days_from(first: date, last: date | None) -> list[date]:
    """Every date from the first to the last, both included; raises ValueError if that is wrong."""
    count = ((last or first) - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise ValueError(f"1 to {MOST_DAYS} days")
    return [first + timedelta(days=number) for number in range(count)]


def _key(hours: WeeklyHours) -> tuple[int, object, object]:
    return hours.weekday, hours.opens, hours.closes


def _check(row: Provider | ConsultationType, version: int) -> None:
    if row.version != version:
        raise ChangedMeanwhile


def _changed(
    row: Provider | ConsultationType, action: str, *, actor: str, now: datetime, about: str = ""
) -> None:
    row.changed_by, row.changed_at = actor, now
    row_name = f"{row.__tablename__} {row.id}"
    _written(action, actor=actor, now=now, about=f"{row_name} {about}".strip())


def _written(action: str, *, actor: str, now: datetime, about: str) -> None:
    db.session.flush()
    log.record(action, actor=actor, now=now, detail=about)
    forget()


def _span(days: Sequence[date]) -> str:
    """The dates in a few letters: all of them have one reason."""
    first, last = min(days), max(days)
    return first.isoformat() if first == last else f"{first} to {last}"
