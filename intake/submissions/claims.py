"""Who has a request at the moment, so that no two people call somebody without knowing.

1. Whoever is about to call takes the request. It is theirs for the clinic's `claim_minutes`, until
   they let go of it, write down a call that another one follows, or close it.
2. Somebody else may take it over, once they have been told who has it and since when.
The row of the submission must be locked, so of two who press at once the second one is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from intake.accounts.models import User
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.submissions.models import Submission


@dataclass(frozen=True)
class Claim:
    """Who has a request, since when, and until when if nothing happens."""

    user_id: UUID
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        """Names this claim in a form that was shown it."""
        return f"{self.user_id.hex}-{self.since:%Y%m%d%H%M%S%f}"


class Taken(Exception):
    """Somebody else has the request, which whoever asks has not been told yet."""


def claim_of(submission: Submission, clinic: Clinic, *, now: datetime) -> Claim | None:
    """The claim that counts now."""
    if submission.claimed_by is None or submission.claimed_at is None:
        return None
    until = submission.claimed_at + timedelta(minutes=clinic.claim_minutes)
    if now >= until:
        return None
    return Claim(submission.claimed_by, submission.claimed_at, until)


def others_claim(
    submission: Submission, clinic: Clinic, *, user: User, now: datetime
) -> Claim | None:
    """The claim of somebody else."""
    claim = claim_of(submission, clinic, now=now)
    return None if claim is None or claim.user_id == user.id else claim


def is_claimable(submission: Submission) -> bool:
    """Whether there is anything to take: somebody waits for us."""
    return submission.status in ("new", "contacting") or submission.is_flagged


def take(
    submission: Submission, clinic: Clinic, *, user: User, seen: str = "", now: datetime
) -> None:
    """Take a request, or keep it for longer. Raises Taken.

    `seen` names the claim of somebody else that is to be taken over.
    """
    other = others_claim(submission, clinic, user=user, now=now)
    if other is not None and other.key != seen:
        raise Taken
    submission.claimed_by, submission.claimed_at = user.id, now
    action = "request taken over" if other else "request taken"
    detail = f"from user:{other.user_id}" if other else ""
    log.record(action, actor=user.actor, now=now, subject_id=submission.id, detail=detail)


def release(submission: Submission, *, user: User, now: datetime) -> None:
    """Let go of a request; nothing happens if somebody else has it."""
    if let_go(submission, user):
        log.record("request released", actor=user.actor, now=now, subject_id=submission.id)


def let_go(submission: Submission, user: User) -> bool:
    """End a claim of this user, with something else they did. Returns whether they had one."""
    if submission.claimed_by != user.id:
        return False
    submission.claimed_by = submission.claimed_at = None
    return True
