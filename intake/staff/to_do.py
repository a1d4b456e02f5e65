"""The list of who waits: whom to call before anything else, then who is overdue, then the rest."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.scheduling.queries import latest_for_all
from intake.screening.level import Level
from intake.staff.flag import Handled, handled_of
from intake.staff.guard import bounded, counted, late_now, staff_user
from intake.staff.held import held_by
from intake.staff.listing import Group, Lane, Listing
from intake.staff.reasons import safety_reasons
from intake.staff.rows import QueueRow, waiting_row
from intake.staff.words import LEVELS
from intake.submissions import queries
from intake.submissions.filters import Chosen, columns_of
from intake.submissions.models import FLAGGED, Submission
from intake.submissions.turns import OVERDUE, rank_of, turn_of

ACUTE = Level.URGENT_ACUTE.rank + FLAGGED
LANES = 3
"""How many acute cases stand above the queue and not in it; the others lead it."""
NOBODY = "Nobody is waiting. New requests appear here."
NOBODY_ELSE = "Nobody else is waiting."
NOBODY_FITS = "Nobody who waits fits the filters. Leave one out, or show everybody."
NOBODY_YET = "None of the next requests fit the filters. Others are on the next page."


def to_do(clinic: Clinic, chosen: Chosen, *, after: str, now: datetime) -> Listing:
    """One page of who waits and fits. Filters never hide whom to call before anything else."""
    columns = columns_of(chosen, clinic, user_id=staff_user().id, now=now)
    page = queries.to_do(late_now(), after, columns=columns, chosen=chosen)
    first = [] if after else _acute(page.rows, chosen)
    listed = [each for each in page.rows if each not in first]
    handled = handled_of([*first, *listed])
    rows = _rows([*first, *listed], handled, clinic, now)
    return Listing(
        key="",
        caption="What waits for us: the most urgent first, then what is overdue",
        heads=("Waiting", "Time for the call"),
        groups=_groups(listed, rows, above=0 if chosen.given else len(first), chosen=chosen),
        later=page.later,
        head=None if after or chosen.given else [each.id for each in page.rows[: queries.HEAD]],
        empty=_empty(chosen, first, page.later),
        lanes=[
            Lane(rows[each.id], _why(each, rows[each.id], handled.get(each.id), clinic, now=now))
            for each in first
        ],
    )


def _acute(rows: Sequence[Submission], chosen: Chosen) -> list[Submission]:
    """Whom to call before anything else: they stand above the queue, and only there."""
    found = queries.acute(LANES) if chosen.given else rows
    return [each for each in found if each.queue_rank == Level.URGENT_ACUTE.rank][:LANES]


def _rows(
    submissions: Sequence[Submission], handled: dict[UUID, Handled], clinic: Clinic, now: datetime
) -> dict[UUID, QueueRow]:
    kept = latest_for_all([each.id for each in submissions])
    held = held_by(submissions, staff_user(), clinic, now=now)
    return {
        each.id: waiting_row(
            each, kept.get(each.id), handled.get(each.id), clinic, now=now
        ).with_holder(each, held.get(each.id))
        for each in submissions
    }


def _groups(
    listed: Sequence[Submission], rows: dict[UUID, QueueRow], *, above: int, chosen: Chosen
) -> list[Group]:
    """Rows by turn. Of what is narrowed down only this page is counted."""
    late = late_now()
    groups = []
    for turn, some in groupby(listed, key=lambda each: _heading(turn_of(each, late))):
        of_turn = [rows[each.id] for each in some]
        everybody = _everybody(turn) - above * (turn == ACUTE)
        count = str(len(of_turn)) if chosen.given else bounded(everybody)
        label = "Overdue or due now" if turn in OVERDUE else LEVELS[rank_of(turn)].label
        groups.append(Group(label, count, of_turn))
    return groups


def _heading(turn: int) -> int:
    """The turn for which a heading stands: whoever is overdue stands under one, of any level."""
    return max(OVERDUE) if turn in OVERDUE else turn


def _everybody(heading: int) -> int:
    """How many stand under a heading, on this page and all others."""
    counts = counted().by_turn.items()
    return sum(count for turn, count in counts if _heading(turn) == heading)


def _why(
    submission: Submission,
    row: QueueRow,
    handled: Handled | None,
    clinic: Clinic,
    *,
    now: datetime,
) -> str:
    """Why somebody is called before anything else, how long they wait, and what was tried."""
    sees_answers = staff_user().may(Permission.SEE_ANSWERS)
    reasons = safety_reasons(submission, sees_answers=sees_answers)
    words = [*reasons, f"{row.first.text}.", f"{row.first.small}."]
    if handled is not None and handled.is_about(submission):
        words.append(f"{handled.author}, {handled.at(clinic, now)}: {handled.words(clinic, now)}.")
    return " ".join(words)


def _empty(chosen: Chosen, first: Sequence[Submission], later: str) -> str:
    if chosen.given:
        return NOBODY_YET if later else NOBODY_FITS
    return NOBODY_ELSE if first else NOBODY
