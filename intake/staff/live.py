"""What a script on the staff pages asks every few seconds: whether anything waits that did not."""

import hashlib
import json
from collections.abc import Sequence
from uuid import UUID

from flask import Response, jsonify, request, session
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.sessions import ask_unattended
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.screening.level import Level
from intake.staff.guard import (
    blueprint,
    bounded,
    counted,
    late_now,
    requires,
    staff_user,
    waiting_by_rank,
)
from intake.submissions import queries
from intake.submissions.claims import others_claim
from intake.submissions.queries import for_staff


@blueprint.get("/live")
@requires(Permission.SEE_QUEUE)
def live() -> ResponseReturnValue:
    """The counts, or 304 where nothing has changed. It keeps nobody signed in."""
    ask_unattended(session)
    tag, counts = state(queries.head(late_now()), holder=_holder(request.args.get("request", "")))
    is_known = request.if_none_match.contains(tag)
    answer = Response(status=304) if is_known else jsonify(counts)
    answer.set_etag(tag)
    return answer


def state(head: Sequence[UUID], *, holder: str = "") -> tuple[str, dict[str, object]]:
    """The counts, and a tag that changes with them or with who stands at the head of the queue.

    `holder` names the claim of the request on the screen.
    """
    by_rank = waiting_by_rank()
    counts: dict[str, object] = {
        "waiting": bounded(sum(by_rank.values())),
        "suspected": bounded(counted().quarantined),
        "flags": flags(by_rank),
        "holder": holder,
    }
    text = json.dumps([counts, [str(each) for each in head]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16], counts


def _holder(text: str) -> str:
    """Which claim of somebody else there is on a request; "" for none."""
    try:
        submission = for_staff(UUID(text))
    except ValueError:
        return ""
    user, now = staff_user(), clock.now()
    other = submission and others_claim(submission, current_clinic(), user=user, now=now)
    return other.key if other else ""


def flags(by_rank: dict[int, int]) -> int:
    """How many urgent flags are open."""
    return sum(count for rank, count in by_rank.items() if rank >= Level.URGENT.rank)
