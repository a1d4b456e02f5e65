"""Carrying out an order: several processes make the rows, this one writes them, batch by batch.

Each batch is one unit of work with an entry in the audit log that says how far the order is, so a
run that is stopped at any moment can be taken up. Few batches are in memory at a time.
"""

import gc
import os
import secrets
import signal
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from itertools import islice
from multiprocessing import get_context
from operator import itemgetter
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.audit import log
from intake.audit.queries import about_no_record
from intake.clinic.clinic import Clinic
from intake.core import bulk
from intake.core.bulk import Bound
from intake.core.db import Base, db, is_postgresql, unit_of_work
from intake.development.demo import course
from intake.development.demo.plan import (
    BATCH,
    RECENT_DAYS,
    REFERENCES,
    Order,
    Plan,
    apart,
    past_starts,
    read_order,
)
from intake.development.demo.rows import Request, Row, Tables
from intake.development.demo.telling import VARIETY, Telling, tell
from intake.scheduling import queries
from intake.scheduling.hours import add_providers
from intake.scheduling.models import Appointment, Provider
from intake.submissions.models import Submission

ACTION, ACTOR = "demo data written", "command line"
WRITTEN = (
    *("submissions", "consents", "search_terms", "tries", "notes", "acknowledgements"),
    *("appointments", "messages"),
)
"""Tables in the order in which they are written: what others point at comes first."""
FORMER = "Former clinician"
ROOM = text("PRAGMA cache_size = -131072")
"""128 MB for SQLite's pages. Ids and hashes are random, so each batch touches most of an index."""


class Batch(NamedTuple):
    """How many requests, their rows by table, ready for the database, and what the log says."""

    number: int
    rows: list[Bound]
    log: list[Row]


class NotHere(Exception):
    """This clinic cannot take made-up requests; the message says why and what to do."""


def unfinished() -> Order | None:
    """The order that a run did not finish, if the last one was interrupted."""
    entries = about_no_record(ACTION, 1)
    order = read_order(entries[0].detail) if entries else None
    return order if order and order.done < order.total else None


def has_requests() -> bool:
    """Whether anybody has begun a request here."""
    return db.session.scalar(select(Submission.id).limit(1)) is not None


def new_order(seed: int, total: int, clinic: Clinic, *, as_of: str) -> Order:
    """Begin an order: a fresh clinic's own clinicians have had calls, and former ones as needed."""
    order = Order(seed=seed, total=total, as_of=as_of, providers=())
    table = queries.timetable()
    if not table.calendars:
        raise NotHere("Nobody has a calendar here. Run: flask --app wsgi clinic setup")
    first = min(table.calendars)
    starts = len(past_starts(table.calendars[first], table.type, order.now))
    if not starts:
        raise NotHere("The clinic was closed for two years. Give its providers hours first.")
    wanted = -(-total // starts)
    with unit_of_work():
        is_fresh = db.session.scalar(select(Appointment.id).limit(1)) is None
        own = sorted(table.calendars)[:wanted] if is_fresh else []
        former = _former(wanted - len(own), clinic)
        begun = Order(seed=seed, total=total, as_of=as_of, providers=(*own, *former))
        log.record(ACTION, actor=ACTOR, now=begun.now, detail=begun.text)
    return begun


def _former(number: int, clinic: Clinic) -> list[int]:
    """So many clinicians who left: their calls are in the past, and nobody books one."""
    known = db.session.scalar(select(func.count()).select_from(Provider)) or 0
    names = [f"{FORMER} {known + each}" for each in range(1, number + 1)]
    add_providers(names, clinic)
    added = db.session.scalars(select(Provider).where(Provider.name.in_(names))).all()
    for provider in added:
        provider.active = False
    return sorted(provider.id for provider in added)


def make_plan(order: Order, clinic: Clinic) -> Plan:
    """The plan of an order. Raises NotHere."""
    table, diary = queries.timetable(), queries.diary(now=order.now)
    free = [
        slot
        for number, calendar in diary.calendars.items()
        for slot in queries.Diary(
            diary.type, {number: calendar}, diary.closures, diary.busy, diary.booked_per_day
        ).free(now=order.now, first_day=None, last_day=None)
    ]
    first = table.calendars[min(table.calendars)]
    return Plan(
        order=order,
        clinic=clinic,
        kind=table.type,
        past=past_starts(first, table.type, order.now),
        ahead=apart(free),
        desk=_somebody(Permission.CONTACT),
        clinician=_somebody(Permission.CLOSE_FLAG),
        first_reference=secrets.randbelow(REFERENCES),
    )


def _somebody(permission: Permission) -> UUID:
    users = db.session.scalars(select(User).where(User.active).order_by(User.email)).all()
    found = next((user.id for user in reversed(users) if user.may(permission)), None)
    if found is None:
        raise NotHere(f"Nobody here may: {permission.value}. Add a user with that right first.")
    return found


def write(plan: Plan) -> Iterator[int]:
    """Write what is missing; yields how many requests each batch has added."""
    order = plan.order
    gc.disable()  # millions of rows come and go, and none points at itself
    for batch in _made(plan):
        order = order.after(batch.number)
        with unit_of_work():
            if not is_postgresql():
                db.session.execute(ROOM)
            for each in batch.rows:
                bulk.insert(each, db.session.connection())
            log.extend(batch.log)
            log.record(ACTION, actor=ACTOR, now=order.now, detail=order.text)
        yield batch.number


def tell_database() -> None:
    """Let the database look at its tables, by which it chooses how to find something."""
    with unit_of_work():
        db.session.execute(text("ANALYZE"))


def _made(plan: Plan) -> Iterator[Batch]:
    """The batches that are missing, in order, made ahead by other processes."""
    starts = range(plan.order.done, plan.order.total, BATCH)
    if len(starts) == 1:
        yield _ready(Maker(plan).batch(starts[0]))
        return
    db.session.remove()
    db.engine.dispose()  # no process may use a connection of another
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(
        workers, mp_context=get_context("fork"), initializer=_begin_making, initargs=(plan,)
    ) as pool:
        left = iter(starts)
        ahead = deque(pool.submit(_make, start) for start in islice(left, workers + 1))
        while ahead:
            batch = ahead.popleft().result()
            ahead.extend(pool.submit(_make, start) for start in islice(left, 1))
            yield batch


def _ready(tables: Tables) -> Batch:
    """A batch as it is written: values are bound here, by whoever made them."""
    rows = [
        bulk.bound(Base.metadata.tables[name], tables[name], db.engine.dialect)
        for name in WRITTEN
        if tables[name]
    ]
    return Batch(len(tables["submissions"]), rows, tables["audit_log"])


_makers: "list[Maker]" = []
"""The maker of a process that makes batches."""


def _begin_making(plan: Plan) -> None:
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the writing process stops the others
    _makers[:] = [Maker(plan)]


def _make(start: int) -> Batch:
    return _ready(_makers[0].batch(start))


class Maker:
    """Makes the batches of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tellings: dict[int, Telling] = {}

    def batch(self, start: int) -> Tables:
        """All rows of the batch that begins with this request."""
        plan, chance = self.plan, self.plan.chance(str(start))
        tables: Tables = defaultdict(list)
        for index in range(start, min(start + BATCH, plan.order.total)):
            story, telling = self._course(index, chance), self._telling(chance.randrange(VARIETY))
            request = Request(tables, plan, chance, course=story, telling=telling)
            request.write(plan.reference(index))
        tables["search_terms"].sort(key=itemgetter("term"))  # near each other in the table, too
        tables["audit_log"].sort(key=itemgetter("at"))
        return tables

    def _course(self, index: int, chance: Random) -> course.Course:
        plan, number = self.plan, self.plan.recent_number(index)
        if number is None:
            return course.over(chance, plan.past_call(index))
        age = timedelta(days=RECENT_DAYS) * (1 - (number + 0.5) / plan.order.recent)
        mine = plan.ahead[number : number + 1]
        return course.waiting(chance, plan.order.now, age=age, ahead=mine)

    def _telling(self, number: int) -> Telling:
        if number not in self.tellings:
            chance = self.plan.chance(f"telling {number}")
            self.tellings[number] = tell(chance, self.plan.clinic, now=self.plan.order.now)
        return self.tellings[number]
