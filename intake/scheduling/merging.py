"""Merging two requests of one person, which a member of staff decides, and separating them again.

Nothing is deleted. The steps of a merge, with both rows locked:
1. Calls that are asked for, booked or cancelled and not over go to the request that stays, so that
   their mailed links lead there. Two live calls are a matter to settle first.
2. Level, reasons, open flag and waiting time: see `submissions.merged`.
3. Mails that would repeat what the other request's mails say are stopped. Alarms and reminders are
   kept, and are void when the request that stays makes them so.
How both stood is kept, sealed, so that separating puts back what nobody has changed since. Of
several requests merged into one, the last is separated first.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from intake.accounts.models import User
from intake.audit import log
from intake.core.db import db
from intake.notifications import outbox
from intake.scheduling import queries, service, waitlist
from intake.scheduling.models import LIVE, Appointment, WaitlistEntry
from intake.submissions import merged, opt_out, staff_emails, told_apart
from intake.submissions.duplicates import what_they_share
from intake.submissions.models import MERGED, Merge, Submission

Document = merged.Document
REPEATS = ("received", "unfinished", "resume", "closed", "missed")
"""Mails to the patient that say of the one request what those of the other one say."""
OVER = ("held", "no_show")


class NotToMerge(Exception):
    """Why two requests cannot be merged, or separated, as they stand: a key of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def both(one_id: UUID, other_id: UUID, *, lock: bool = False) -> dict[UUID, Submission]:
    """Two submissions by id, as far as there are. `lock` takes them in one order for everybody."""
    query = select(Submission).where(Submission.id.in_((one_id, other_id))).order_by(Submission.id)
    rows = db.session.scalars(query.with_for_update() if lock else query)
    return {each.id: each for each in rows}


def why_not(stays: Submission, gone: Submission) -> str:
    """Why a request cannot go on in another one: "draft", "over", "has merged", "two calls",
    "nothing shared", "told apart"; "" if it can."""
    if stays.is_draft or gone.is_draft:
        return "draft"
    if not merged.may_merge(stays, gone):
        return "over"
    if not what_they_share(stays, gone):
        return "nothing shared"
    if told_apart.between(stays, gone) is not None:
        return "told apart"
    if any(entry.into_id == gone.id for entry in merges_of(gone.id)):
        return "has merged"
    return "two calls" if all(_has_call(each) for each in (stays, gone)) else ""


def _has_call(submission: Submission) -> bool:
    call = queries.kept_for(submission.id)
    return call is not None and call.is_live


def merge(stays: Submission, gone: Submission, *, author: User, now: datetime) -> Merge:
    """Let one request go on in another one. Both rows must be locked. Raises NotToMerge."""
    if why := why_not(stays, gone):
        raise NotToMerge(why)
    before: Document = {
        "gone": merged.as_it_stands(gone, merged.OF_THE_GONE),
        "stays": merged.as_it_stands(stays, merged.OF_THE_STAYING),
    }
    service.release(gone, now=now)
    waitlist.forget_offer(gone.id, now=now)
    before |= _move_calls(stays, gone)
    merged.take_over(stays, gone)
    merged.point_at(stays, gone)
    before["mails"] = [str(each) for each in outbox.stop(gone.id, REPEATS)]
    before["topics"] = _hand_over(stays, gone)
    before["after"] = merged.as_it_stands(stays, merged.OF_THE_STAYING)
    stays.updated_at = gone.updated_at = now
    entry = Merge(submission_id=gone.id, into_id=stays.id, author_id=author.id, created_at=now)
    entry.before = before
    db.session.add(entry)
    _record("requests merged", stays, gone, author, now)
    db.session.flush()
    return entry


def separate(gone: Submission, stays: Submission, *, author: User, now: datetime) -> None:
    """Take a merge back. Both rows must be locked. Raises NotToMerge: "separate", "later first",
    "call over"."""
    entry = _last_merge(gone, stays)
    calls = _moved_calls(stays, entry.before["calls"])
    if any(call.status in OVER for call in calls):
        raise NotToMerge("call over")
    merged.separate(stays, gone, entry.before)
    _give_back(calls, stays, gone, entry.before)
    _hand_back(stays, gone, entry.before)
    if any(call.is_live for call in calls):  # also those planned anew since
        outbox.hand_over(opt_out.topic_of(stays.id), opt_out.topic_of(gone.id))
    stays.updated_at = gone.updated_at = entry.undone_at = now
    _record("requests separated", stays, gone, author, now)
    db.session.flush()


def _last_merge(gone: Submission, stays: Submission) -> Merge:
    """What is to be taken back. Raises NotToMerge if there is none, or a later one comes first."""
    entry = next((each for each in merges_of(gone.id) if each.submission_id == gone.id), None)
    if entry is None or entry.into_id != stays.id:
        raise NotToMerge("separate")
    later = (each.created_at > entry.created_at for each in merges_of(stays.id))
    if stays.status == MERGED or any(later):
        raise NotToMerge("later first")
    return entry


def merges_of(submission_id: UUID) -> list[Merge]:
    """The merges that count in which a submission went or stayed, the latest first."""
    its = or_(Merge.submission_id == submission_id, Merge.into_id == submission_id)
    query = select(Merge).where(its, Merge.undone_at.is_(None))
    return list(db.session.scalars(query.order_by(Merge.created_at.desc(), Merge.id)))


def _move_calls(stays: Submission, gone: Submission) -> Document:
    """Calls, and the place in the line for earlier times, to the request that stays."""
    calls = list(db.session.scalars(select(Appointment).where(_moves(gone.id))))
    saved = {}
    for call in calls:
        saved[str(call.id)] = {"before": call.before, "updated_at": call.updated_at.isoformat()}
        call.submission_id, call.before = stays.id, None  # it tells how the other request stood
        if call.status == "booked":
            stays.status = "booked"
    entry, taken = (db.session.get(WaitlistEntry, each.id) for each in (gone, stays))
    waits = any(call.is_live for call in calls) and entry is not None and taken is None
    if waits and entry is not None:
        entry.submission_id = stays.id
    return {"calls": saved, "waits": waits}


def _moves(submission_id: UUID) -> ColumnElement[bool]:
    """Whether somebody can still change a call: a live one, or one cancelled that may come back."""
    can_change = Appointment.status.in_((*LIVE, "cancelled"))
    return (Appointment.submission_id == submission_id) & can_change


def _moved_calls(stays: Submission, saved: Document) -> list[Appointment]:
    ids = [UUID(each) for each in saved]
    its = (Appointment.id.in_(ids), Appointment.submission_id == stays.id)
    return list(db.session.scalars(select(Appointment).where(*its)))


def _give_back(
    calls: list[Appointment], stays: Submission, gone: Submission, before: Document
) -> None:
    """Calls to the request from which they came, and to both the states that follow."""
    live = next((call.status for call in calls if call.is_live), "")
    if live == "booked":
        gone.status = "booked"
        if stays.status == "booked":
            stays.status = _without_call(before["stays"]["status"])
    elif gone.status == "booked":  # its call was cancelled meanwhile
        gone.status = "contacting"
    for call in calls:
        saved = before["calls"][str(call.id)]
        call.submission_id = gone.id
        if call.updated_at.isoformat() == saved["updated_at"]:
            call.before = saved["before"]
    entry = db.session.get(WaitlistEntry, stays.id) if before["waits"] else None
    if entry is not None:
        entry.submission_id = gone.id


def _without_call(status: str) -> str:
    return "contacting" if status == "booked" else status


def _topics(submission: Submission) -> list[str]:
    """Topics of mails that later events about a request make void."""
    return [
        staff_emails.flag_topic(submission),
        staff_emails.promise_topic(submission),
        opt_out.topic_of(submission.id),
    ]


def _hand_over(stays: Submission, gone: Submission) -> list[list[str]]:
    pairs = zip(_topics(gone), _topics(stays), strict=True)
    return [[str(each) for each in outbox.hand_over(topic, to)] for topic, to in pairs]


def _hand_back(stays: Submission, gone: Submission, before: Document) -> None:
    outbox.put_back([UUID(each) for each in before["mails"]])
    pairs = zip(_topics(stays), _topics(gone), before["topics"], strict=True)
    for topic, to, ids in pairs:
        outbox.hand_over(topic, to, only=[UUID(each) for each in ids])


def _record(action: str, stays: Submission, gone: Submission, author: User, now: datetime) -> None:
    for each in (stays, gone):
        words = f"{gone.reference} into {stays.reference}"
        log.record(action, actor=author.actor, now=now, subject_id=each.id, detail=words)
