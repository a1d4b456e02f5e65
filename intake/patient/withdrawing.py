"""Taking a request back: asked once more, then done; in the browser that sent it or by the link."""

from contextlib import suppress
from datetime import datetime

from flask import Blueprint, render_template, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.patient.addresses import Elsewhere, see
from intake.patient.forms_later import WithdrawForm
from intake.patient.limits import count_change
from intake.patient.visit import DRAFT_COOKIE
from intake.scheduling import withdrawing
from intake.scheduling.queries import kept_for
from intake.scheduling.told import zone_of
from intake.scheduling.withdrawing import TooLateToWithdraw
from intake.submissions import drafts, own_links
from intake.submissions.models import Submission
from intake.web.anew import keep_wish, switch

blueprint = Blueprint("withdrawing", __name__)
blueprint.before_request(switch)
blueprint.after_request(keep_wish)


@blueprint.route("/request/withdraw", methods=["GET", "POST"])
def by_browser() -> ResponseReturnValue:
    """Take back the request that this browser sent."""
    return _ask_or_do("", back=url_for("wizard.done"))


@blueprint.route("/my-data/<string(length=43):token>/withdraw", methods=["GET", "POST"])
def by_link(token: str) -> ResponseReturnValue:
    """Take back the request that the link is for."""
    return _ask_or_do(token, back=url_for("my_data.show", token=token))


def _ask_or_do(token: str, *, back: str) -> ResponseReturnValue:
    form, now = WithdrawForm(), clock.now()
    if form.validate_on_submit():
        _do(token, is_to_be_erased=form.erase.data, now=now)
        return see(back)
    submission = _found(token, now)
    if not withdrawing.may_withdraw(submission):
        return see(back)
    kept, clinic = kept_for(submission.id), current_clinic()
    zone = zone_of(kept, clinic) if kept else clinic.tz
    return render_template("patient/withdraw.html", form=form, back=back, kept=kept, zone=zone)


def _do(token: str, *, is_to_be_erased: bool, now: datetime) -> None:
    clinic = current_clinic()
    # Too late: the page it leads to says how the request stands, and whom to call.
    with suppress(TooLateToWithdraw), unit_of_work():
        submission = _found(token, now, lock=True)
        withdrawing.withdraw(submission, clinic, now=now)
        if is_to_be_erased:
            withdrawing.ask_erasure(submission, clinic, now=now)
        count_change(submission.id.hex, now=now)


def _found(token: str, now: datetime, *, lock: bool = False) -> Submission:
    """The request of a link, or of this browser; whoever has none is led to where one can ask."""
    if token:
        found = own_links.by_link(token, now=now, lock=lock)
        if found is None:
            raise Elsewhere(url_for("my_data.ask", gone=1))
        return found
    own = drafts.by_cookie(session.get(DRAFT_COOKIE), now=now)
    if own is None or own.is_draft:
        raise Elsewhere(url_for("pages.home") if own is None else url_for("wizard.done"))
    return own_links.leading(own.id, lock=lock)
