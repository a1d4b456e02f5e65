"""What a merge does to the rows of two requests of one person, and how it is taken back.

1. One request stays, the other one goes on in it: it points there, waits for nobody, and its record
   stays as it was.
2. The one that stays never stands lower than the other did: it takes the higher level, the reasons,
   and an open flag with the time since when it is open. That counts as an alarm of its own.
3. What is taken back is what nobody has changed since; the rest stays with the request that stayed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from intake.screening.level import Level
from intake.submissions.assessment import NOTHING_FOUND
from intake.submissions.models import MERGED, OPEN, Submission

Document = dict[str, Any]
MAY_GO = (*OPEN, "quarantined", "closed", "withdrawn")
"""Not a draft, in which its person may be writing, nor one whose call has taken place."""
WAITING = ("new", "contacting")
OF_THE_GONE = ("status", "level_rank", "queue_rank", "call_at", "claimed_by", "claimed_at")
FLAG = ("level_rank", "queue_rank", "alarms", "flagged_at", "triage")
OF_THE_STAYING = ("status", "waiting_since", *FLAG)
INSTANTS = ("call_at", "claimed_at", "flagged_at", "waiting_since")


def may_merge(stays: Submission, gone: Submission) -> bool:
    """Whether both are at a point at which one can go on in the other."""
    return stays.status in OPEN and gone.status in MAY_GO


def as_it_stands(submission: Submission, names: Iterable[str]) -> Document:
    """Some fields of a submission as a JSON value."""
    return {name: _plain(getattr(submission, name)) for name in names}


def put_back(submission: Submission, document: Document) -> None:
    """Set the fields of a document that `as_it_stands` made."""
    for name, value in document.items():
        setattr(submission, name, _read(name, value))


def take_over(stays: Submission, gone: Submission) -> None:
    """Give level, reasons, an open flag and the time somebody has waited to the one that stays."""
    stays.waiting_since = _waiting_since(stays, gone)
    stays.triage = _triage(stays, gone)
    if gone.is_flagged:
        since = (stays.flagged_at if stays.is_flagged else None, gone.flagged_at)
        stays.flagged_at = min(each for each in since if each is not None)
        stays.alarms += 1
    stays.level_rank = max(stays.level_rank, gone.level_rank)
    stays.queue_rank = max(stays.queue_rank, gone.queue_rank)


def point_at(stays: Submission, gone: Submission) -> None:
    """Take a request out of the queue and all lists, for the one that stays."""
    stays_id = stays.id  # read before: a question to the database would write half of it
    gone.status, gone.merged_into, gone.queue_rank = MERGED, stays_id, 0
    gone.call_at = gone.claimed_by = gone.claimed_at = None


def separate(stays: Submission, gone: Submission, before: Document) -> None:
    """Put both back as they were, but for what was changed since; no flag and no level is lost."""
    now_urgent = {name: max(getattr(gone, name), before["gone"][name]) for name in RANKS}
    gone.merged_into, gone.status = None, before["gone"]["status"]
    put_back(gone, {**before["gone"], **now_urgent})
    for group in (FLAG, ("waiting_since",)):
        after = {name: before["after"][name] for name in group}
        if as_it_stands(stays, group) == after:
            put_back(stays, {name: before["stays"][name] for name in group})


RANKS = ("level_rank", "queue_rank")


def _waiting_since(stays: Submission, gone: Submission) -> datetime:
    """Since when the one that stays waits: an open flag counts before all else, a planned call
    stays planned."""
    earliest = min(stays.waiting_since, gone.waiting_since)
    if gone.is_flagged:
        return earliest if stays.is_flagged else gone.waiting_since
    is_planned = stays.is_planned or gone.is_planned
    both_wait = stays.status in WAITING and gone.status in WAITING and not is_planned
    return earliest if both_wait and not stays.is_flagged else stays.waiting_since


def _triage(stays: Submission, gone: Submission) -> Document:
    """Level, reasons and notes of both."""
    mine, theirs = stays.triage or {}, gone.triage or {}
    level = Level.highest(*(Level(each["level"]) for each in (mine, theirs) if each))
    reasons = _of_both(mine, theirs, "reasons")
    found = [each for each in reasons if each["rule"] != NOTHING_FOUND]
    notes = _of_both(mine, theirs, "notes")
    return {"level": level.value, "reasons": found or reasons[:1], "notes": notes}


def _of_both(mine: Document, theirs: Document, name: str) -> list[Document]:
    rows: list[Document] = mine.get(name, [])
    known = {(each["rule"], each["text"]) for each in rows}
    more = (each for each in theirs.get(name, []) if (each["rule"], each["text"]) not in known)
    return [*rows, *more]


def _read(name: str, value: Any) -> Any:
    if value is None or name not in (*INSTANTS, "claimed_by"):
        return value
    return UUID(value) if name == "claimed_by" else datetime.fromisoformat(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
