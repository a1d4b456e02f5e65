"""Whether a request looks like a program's. Nobody is refused: staff look at it apart.

1. `trap`: a field was filled in that people neither see nor reach.
2. `fast`: it was sent within seconds of being begun.
3. `network`, `person`: far more were sent from one network, or with one address or phone number,
   than people send.
The last two rules can be wrong about people who share something, and the second about tests; a
setting of the server switches them off. Whoever told of danger is never kept apart.
"""

from datetime import datetime, timedelta

from intake.submissions.models import FLAGGED, Submission

TRAP, FAST, NETWORK, PERSON = "trap", "fast", "network", "person"
WHY = (TRAP, FAST, NETWORK, PERSON)
FASTEST = timedelta(seconds=3)
"""Nobody reads and answers the shortest way in less, not even with a screen reader at its speed."""


def suspect(draft: Submission, why: str) -> None:
    """Note why a draft looks like a program's; what was noted first stays."""
    draft.suspicion = draft.suspicion or why


def is_too_fast(draft: Submission, *, now: datetime) -> bool:
    """Whether it would be sent sooner after its first page than anybody can."""
    return now - draft.created_at < FASTEST


def is_kept_apart(draft: Submission) -> bool:
    """Whether it goes into quarantine when it is sent."""
    return draft.suspicion != "" and draft.level_rank < FLAGGED
