"""Who has a request at the moment, in words for whoever looks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.accounts.models import User
from intake.accounts.queries import known_names
from intake.clinic.clinic import Clinic
from intake.staff.words import when
from intake.submissions import claims
from intake.submissions.claims import Claim
from intake.submissions.models import Submission


@dataclass(frozen=True)
class Held:
    """Who has a request, in words. `who` is "You" or a name; `key` names the claim in a form."""

    who: str
    is_mine: bool
    since: str
    until: str
    key: str


def held_of(submission: Submission, user: User, clinic: Clinic, *, now: datetime) -> Held | None:
    """Who has one request."""
    return held_by([submission], user, clinic, now=now).get(submission.id)


def whom_to_tell(submission: Submission, user: User, clinic: Clinic, *, now: datetime) -> str:
    """Words for whoever wrote down a call that somebody else was about to make; else ""."""
    held = held_of(submission, user, clinic, now=now)
    if held is None or held.is_mine:
        return ""
    return f"{held.who} took this request at {held.since}: tell them that you called."


def held_by(
    submissions: Collection[Submission], user: User, clinic: Clinic, *, now: datetime
) -> dict[UUID, Held]:
    """Who has which of the requests."""
    found = {each.id: claims.claim_of(each, clinic, now=now) for each in submissions}
    taken = {key: claim for key, claim in found.items() if claim is not None}
    names = known_names({claim.user_id for claim in taken.values()})
    return {
        key: _held(claim, user, names.get(claim.user_id, "Somebody"), clinic, now=now)
        for key, claim in taken.items()
    }


def _held(claim: Claim, user: User, name: str, clinic: Clinic, *, now: datetime) -> Held:
    is_mine = claim.user_id == user.id
    return Held(
        who="You" if is_mine else name,
        is_mine=is_mine,
        since=when(claim.since, clinic.tz, now).removeprefix("today "),
        until=when(claim.until, clinic.tz, now).removeprefix("today "),
        key=claim.key,
    )
