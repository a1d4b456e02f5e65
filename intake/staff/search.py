"""Finding a request by a name, a phone number, an e-mail address or a reference.

What was typed is personal. It is sent by POST and then stands in the address only sealed, for the
user who typed it: addresses end up in histories and logs.
"""

import base64
import binascii
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.audit import log
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.encryption import UnreadableField, key_ring
from intake.scheduling.queries import latest_for_all
from intake.staff.flag import handled_of
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.held import held_by
from intake.staff.listing import Group, Listing
from intake.staff.rows import found_row
from intake.submissions import search as finding
from intake.submissions.models import Submission

LONGEST = 200
NOTHING_TYPED = "Search for a name, a phone number, an email address or a reference."
TOO_LITTLE = "That is too little to go by."
NOBODY = "Nobody was found. Check the spelling, or search for something else you know."
NOBODY_YET = "None of the latest requests fit all of the words. Older ones are on the next page."


@blueprint.post("/search")
@requires(Permission.SEE_QUEUE)
def ask_search() -> ResponseReturnValue:
    """Take what was typed, and lead to what is found."""
    words = " ".join(request.form.get("words", "").split())[:LONGEST]
    wanted = sealed(words, staff_user()) if words else None
    return redirect(url_for("staff.search", wanted=wanted), code=303)


@blueprint.get("/search")
@requires(Permission.SEE_QUEUE)
def search() -> ResponseReturnValue:
    """Whom the words find, the latest request first. It is shown only if that could be recorded."""
    wanted = request.args.get("wanted", "")
    words = opened(wanted, staff_user())
    listing = _listing(words, request.args.get("after", ""))
    later = url_for("staff.search", wanted=wanted, after=listing.later) if listing.later else ""
    return render_template("staff/search.html", words=words, listing=listing, later=later)


def sealed(words: str, user: User) -> str:
    """The words as a part of an address, which only this user can use."""
    return base64.urlsafe_b64encode(key_ring().seal(words.encode(), _place(user.id))).decode()


def opened(wanted: str, user: User) -> str:
    """The words behind such a part; "" for anything else."""
    try:
        return key_ring().open(base64.urlsafe_b64decode(wanted), _place(user.id)).decode()
    except (UnreadableField, binascii.Error, ValueError):
        return ""


def _place(user_id: UUID) -> str:
    return f"search|words|{user_id}"


def _listing(words: str, after: str) -> Listing:
    if not finding.is_enough(words):
        return _list([], "", TOO_LITTLE if words else NOTHING_TYPED)
    page = finding.found(words, after)
    with unit_of_work():
        what = f"by {', '.join(finding.kinds_in(words))}; {len(page.rows)} shown"
        log.record("searched", actor=staff_user().actor, now=clock.now(), detail=what)
    return _list(page.rows, page.later, NOBODY_YET if page.later else NOBODY)


def _list(submissions: list[Submission], later: str, empty: str) -> Listing:
    clinic, now = current_clinic(), clock.now()
    kept = latest_for_all([each.id for each in submissions]) if submissions else {}
    handled = handled_of(submissions)
    held = held_by(submissions, staff_user(), clinic, now=now)
    rows = [
        found_row(each, kept.get(each.id), handled.get(each.id), clinic, now=now).with_holder(
            each, held.get(each.id)
        )
        for each in submissions
    ]
    return Listing(
        key="search",
        caption="Whom the search found, the latest request first",
        heads=("State", "Time for the call"),
        groups=[Group("Latest first", str(len(rows)), rows)] if rows else [],
        later=later,
        empty=empty,
    )
