"""What a script on the staff's pages asks twice a minute: whether anything waits that did not."""

import hashlib
import json
from collections.abc import Sequence
from uuid import UUID

from flask import Response, jsonify, request, session
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.sessions import ask_unattended
from intake.screening.level import Level
from intake.staff.guard import blueprint, bounded, counted, requires
from intake.submissions import queries


@blueprint.get("/live")
@requires(Permission.SEE_QUEUE)
def live() -> ResponseReturnValue:
    """The counts, or 304 where nothing has changed. It keeps nobody signed in."""
    ask_unattended(session)
    tag, counts = state(queries.head())
    is_known = request.if_none_match.contains(tag)
    answer = Response(status=304) if is_known else jsonify(counts)
    answer.set_etag(tag)
    return answer


def state(head: Sequence[UUID]) -> tuple[str, dict[str, object]]:
    """The counts, and a tag that changes with them or with who stands at the head of the queue."""
    by_rank, quarantined = counted()
    counts: dict[str, object] = {
        "waiting": bounded(sum(by_rank.values())),
        "suspected": bounded(quarantined),
        "flags": flags(by_rank),
    }
    text = json.dumps([counts, [str(each) for each in head]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16], counts


def flags(by_rank: dict[int, int]) -> int:
    """How many urgent flags are open."""
    return sum(count for rank, count in by_rank.items() if rank >= Level.URGENT.rank)
