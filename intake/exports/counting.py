"""Keeping the figures up to date: the worker counts the days again in which something changed.

1. A change of a request sets its `updated_at`. Every minute the days on which the changed requests
   were sent are counted anew, from the requests themselves; so nothing that happens to a request
   need know of figures, and none can drift.
2. Weeks and months are sums of their days.
3. What was counted of a request stays when it is deleted: `departed` keeps it, by day.
4. Days before the first one that was counted follow, a few at a time.
The latest day is counted last, and always: its time is that of the last count.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, RowMapping, Uuid, bindparam, func, select, text

from intake.clinic.clinic import Clinic
from intake.core.db import UTCDateTime, db, unit_of_work
from intake.core.encryption import UnreadableField, open_json, seal_json
from intake.exports.figures import Document, Facts, added, counted
from intake.exports.histories import NOTHING, History, histories
from intake.exports.models import DEPARTED, Figures, figures_id
from intake.screening.plan import HISTORY
from intake.submissions.models import Submission

DAY = timedelta(days=1)
OVERLAP = timedelta(minutes=5)
"""How long a change may take from its time to its commit."""
PAST_DAYS = 25
"""How many days before the first counted one are counted at a time."""
NOT_COUNTED = ("draft", "quarantined", "merged")
NOT_SAID = "not_said"

COLUMNS = (
    *(Submission.id, Submission.sent_at, Submission.level_rank),
    *(Submission.contact_sealed, Submission.answers_sealed),
)
PUT = text("""
    INSERT INTO figures (id, kind, start, counted_at, counts_sealed)
    VALUES (:id, :kind, :start, :counted_at, :counts_sealed)
    ON CONFLICT (id) DO UPDATE SET
        counted_at = excluded.counted_at, counts_sealed = excluded.counts_sealed
""").bindparams(
    bindparam("id", type_=Uuid()),
    bindparam("start", type_=Date()),
    bindparam("counted_at", type_=UTCDateTime()),
)


def refresh(clinic: Clinic, *, now: datetime) -> None:
    """Bring the figures up to date. Opens units of work of its own, one for each day."""
    today = now.astimezone(clinic.tz).date()
    days = {*_changed_days(clinic), *_past_days(clinic, now)} - {today}
    for day in sorted(days):
        _count_day(day, clinic, now)
    _add_up(days, now)
    _count_day(today, clinic, now)
    _add_up([today], now)


def every_day(clinic: Clinic, *, now: datetime) -> list[date]:
    """All days from the first request to today."""
    today = now.astimezone(clinic.tz).date()
    first = _first_day(clinic) or today
    return [first + number * DAY for number in range((today - first).days + 1)]


def count_anew(days: Collection[date], clinic: Clinic, *, now: datetime) -> Iterator[date]:
    """Count these days, whether or not something changed; yields each when it is done."""
    for day in days:
        _count_day(day, clinic, now)
        yield day
    _add_up(days, now)


def last_count() -> datetime | None:
    """When the figures were counted last."""
    latest = select(Figures.counted_at).where(Figures.kind == "day")
    return db.session.scalar(latest.order_by(Figures.start.desc()).limit(1))


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * DAY


def month_of(day: date) -> date:
    """The first of a day's month."""
    return day.replace(day=1)


def _changed_days(clinic: Clinic) -> list[date]:
    """Days on which requests were sent that have changed since the last count."""
    since = last_count()
    if since is None:
        return []
    changed = select(Submission.sent_at).where(
        Submission.sent_at.is_not(None), Submission.updated_at > since - OVERLAP
    )
    return list({day_of(instant, clinic) for instant in db.session.scalars(changed) if instant})


def _past_days(clinic: Clinic, now: datetime) -> list[date]:
    """The next days to count before the first one that is."""
    first = _first_day(clinic)
    counted_from = db.session.scalar(select(func.min(Figures.start)).where(Figures.kind == "day"))
    before = counted_from or now.astimezone(clinic.tz).date()
    days = [before - number * DAY for number in range(1, PAST_DAYS + 1)]
    return [day for day in days if first is not None and day >= first]


def _first_day(clinic: Clinic) -> date | None:
    first = db.session.scalar(select(func.min(Submission.sent_at)))
    return None if first is None else day_of(first, clinic)


def day_of(instant: datetime, clinic: Clinic) -> date:
    """The day of an instant, by the clinic's clock."""
    return instant.astimezone(clinic.tz).date()


def _count_day(day: date, clinic: Clinic, now: datetime) -> None:
    since = datetime.combine(day, time(), clinic.tz)
    until = datetime.combine(day + DAY, time(), clinic.tz)
    sent = (Submission.sent_at >= since, Submission.sent_at < until)
    here = counted(facts for _, facts in facts_where(clinic, *sent))
    document = added([here, departed_on(day)])
    db.session.rollback()
    with unit_of_work():
        store("day", day, document, now)


def facts_where(clinic: Clinic, *chosen: ColumnElement[bool]) -> list[tuple[datetime, Facts]]:
    """What is counted of each of the chosen requests, and when it was sent."""
    query = select(*COLUMNS).where(*chosen, Submission.status.not_in(NOT_COUNTED))
    rows = db.session.execute(query).all()
    became = histories(select(Submission.id).where(*chosen))
    return [
        (row.sent_at, _facts(row._mapping, became.get(row.id, NOTHING), clinic)) for row in rows
    ]


def departed_on(day: date) -> Document:
    """What was counted of the requests of a day that are deleted by now."""
    return documents(DEPARTED, day, day + DAY).get(day, {})


def _facts(row: RowMapping, history: History, clinic: Clinic) -> Facts:
    contact = _opened(row["contact_sealed"], "contact", row["id"])
    answers = _opened(row["answers_sealed"], "answers", row["id"])
    minutes = None
    if history.first_contact is not None:
        minutes = clinic.hours.open_minutes_between(row["sent_at"], history.first_contact)
    return Facts(
        level=row["level_rank"],
        conditions=tuple(contact.get("start", {}).get("conditions") or ()),
        source=answers.get(HISTORY, {}).get("heard") or NOT_SAID,
        minutes=None if minutes is None else max(0, minutes),
        reached=history.reached or history.booked,
        booked=history.booked,
        held=history.held,
        no_show=history.no_show and not history.held,
    )


def _opened(sealed: bytes | None, column: str, row_id: UUID) -> dict[str, Any]:
    """A field of a request; nothing where it is damaged, which must not stop all counting."""
    try:
        found = open_json(sealed, "submissions", column, row_id) if sealed else {}
    except UnreadableField:
        return {}
    return found or {}


def _add_up(days: Collection[date], now: datetime) -> None:
    """Make the weeks and months of these days anew."""
    spans = {("week", week_of(day), week_of(day) + 7 * DAY) for day in days}
    spans |= {("month", month_of(day), month_of(month_of(day) + 31 * DAY)) for day in days}
    for kind, start, end in sorted(spans):
        total = added(documents("day", start, end).values())
        with unit_of_work():
            store(kind, start, total, now)


def documents(kind: str, start: date, end: date) -> dict[date, Document]:
    """The counts of days, weeks or months from a date until before another, by their first day."""
    columns = Figures.id, Figures.start, Figures.counts_sealed
    chosen = select(*columns).where(Figures.kind == kind, Figures.start >= start)
    rows = db.session.execute(chosen.where(Figures.start < end).order_by(Figures.start))
    return {row.start: open_json(row.counts_sealed, "figures", "counts", row.id) for row in rows}


def store(kind: str, start: date, document: Document, now: datetime) -> None:
    """Put the counts of a day, week or month in the place of those before."""
    row_id = figures_id(kind, start)
    sealed = seal_json(document, "figures", "counts", row_id)
    values = {"id": row_id, "kind": kind, "start": start, "counted_at": now}
    db.session.execute(PUT, {**values, "counts_sealed": sealed})
