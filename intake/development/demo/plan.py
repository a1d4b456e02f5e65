"""The plan of a run: how many requests, when they were sent, and at which times people were called.

A batch is made from the plan and its number alone, so batches can be made by several processes and
in any order, and a run that was interrupted can be taken up.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from intake.clinic.clinic import Clinic
from intake.core.tokens import REFERENCE_ALPHABET
from intake.scheduling.queries import Kind
from intake.scheduling.slots import ProviderCalendar, Slot, open_times, slot_from

BATCH = 4_000
YEARS_BACK = timedelta(days=730)
RECENT, RECENT_SHARE = 200, 5
"""So many requests are recent and not dealt with yet; no more than a fifth of a short list."""
RECENT_DAYS = 3
REFERENCES = len(REFERENCE_ALPHABET) ** 7
STEP = 7_919_000_011
"""Shares no factor with `REFERENCES`, so its multiples visit each reference once."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was asked for, as the audit log keeps it to go on from there."""

    seed: int
    total: int
    as_of: str
    """The instant that counts as now throughout the run."""
    providers: tuple[int, ...]
    """Whose past the calls fill."""
    done: int = 0
    """How many requests are written."""

    @property
    def text(self) -> str:
        """The order in one line."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def now(self) -> datetime:
        """The same instant."""
        return datetime.fromisoformat(self.as_of)

    @property
    def recent(self) -> int:
        """How many of the requests, the last ones, are still to be dealt with."""
        return min(RECENT, self.total // RECENT_SHARE)

    def after(self, number: int) -> "Order":
        """The same with so many more requests written."""
        return replace(self, done=self.done + number)


def read_order(text: str) -> Order:
    """The order of a line."""
    values = json.loads(text)
    return Order(**{**values, "providers": tuple(values["providers"])})


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that is needed to make any request of a run."""

    order: Order
    clinic: Clinic
    kind: Kind
    past: tuple[datetime, ...]
    """Starts of calls at which each of the providers had time."""
    ahead: tuple[Slot, ...]
    """Free times from now on that do not overlap."""
    desk: UUID
    clinician: UUID
    first_reference: int

    def chance(self, part: str) -> Random:
        """The chance that makes a part of the run, such as a batch, what it is."""
        return Random(f"{self.order.seed}/{part}")  # noqa: S311  no secret is made of it

    def reference(self, index: int) -> str:
        """The reference of one request, different for each of a run."""
        number, letters = (self.first_reference + index * STEP) % REFERENCES, ""
        for _ in range(7):
            number, letter = divmod(number, len(REFERENCE_ALPHABET))
            letters += REFERENCE_ALPHABET[letter]
        return f"{letters[:3]}-{letters[3:]}"

    def past_call(self, index: int) -> Slot:
        """The time for the call of a request that is over, in the order of requests; its own."""
        number = len(self.order.providers)
        place = index * len(self.past) * number // (self.order.total - self.order.recent)
        starts_at = self.past[place // number]
        return slot_from(self.order.providers[place % number], starts_at, self.kind.rules)

    def recent_number(self, index: int) -> int | None:
        """Its number among the recent requests, the latest last; None for one that is over."""
        number = index - (self.order.total - self.order.recent)
        return number if number >= 0 else None


def past_starts(calendar: ProviderCalendar, kind: Kind, now: datetime) -> tuple[datetime, ...]:
    """When calls can have begun in the past two years, until yesterday; none overlap."""
    taken = kind.rules.buffer_before + kind.rules.buffer_after + timedelta(minutes=kind.minutes)
    last_day = now.astimezone(calendar.tz).date() - timedelta(days=RECENT_DAYS)
    starts: list[datetime] = []
    for number in range(YEARS_BACK.days, -1, -1):
        for hours in open_times(calendar, last_day - timedelta(days=number)):
            room = (hours.end - hours.start) // taken
            starts += [hours.start + each * taken for each in range(room)]
    return tuple(starts)


def apart(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Those of the free slots, in time order, that can all be taken."""
    ordered = sorted(slots, key=lambda each: (each.provider_id, each.starts_at))
    kept = ordered[:1]
    for before, slot in pairwise(ordered):
        last = kept[-1]
        if slot.provider_id != before.provider_id or slot.blocked_from >= last.blocked_until:
            kept.append(slot)
    return tuple(sorted(kept, key=lambda each: each.starts_at))
