"""Save and come back: a mailed link, and the page on which it is taken up.

Looking at a link changes nothing, since mail scanners open links; only the button does.
"""

from datetime import timedelta

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import lazy_gettext as _l
from intake.patient import summary
from intake.patient.addresses import see
from intake.patient.forms_later import BirthdayForm
from intake.patient.visit import DRAFT_COOKIE, Visit, changing_visit, visit
from intake.screening.level import Level
from intake.submissions import drafts
from intake.submissions import resume as links
from intake.submissions.emails import patient_address
from intake.submissions.flags import PATIENT
from intake.web.anew import keep_wish, switch
from intake.web.limits import Limit, give_back, spend

blueprint = Blueprint("resume", __name__)
blueprint.before_request(switch)
blueprint.after_request(keep_wish)

TRIES = Limit("birthday", burst=5, every=timedelta(minutes=15))
"""Dates of birth that may be tried at one link."""
MAILED = Limit("resume", burst=3, every=timedelta(minutes=10))
"""Links that one request may have mailed."""


@blueprint.route("/request/save", methods=["GET", "POST"])
def save() -> ResponseReturnValue:
    """What is saved and until when; on the button, mail a link to it."""
    if request.method == "POST":
        return _mail_link()
    here = visit()
    return render_template(
        "patient/save.html",
        until=here.draft.expires_at,
        is_kept_longer=here.draft.level_rank >= Level.URGENT.rank,
        address=links.own_address(here.draft),
        asks_address=not drafts.is_short_way(here.draft),
        is_mailed="mailed" in request.args,
        has_link=links.has_link(here.draft, now=clock.now()),
        mails_link=patient_address(here.draft) is not None,
        call_back=summary.callback(here.draft, here.clinic, now=clock.now()),
        onward=here.next_url(),
        for_other=here.is_for_other,
    )


def _mail_link() -> ResponseReturnValue:
    now = clock.now()
    with changing_visit() as here:
        address = links.own_address(here.draft)
        if address is None:
            return see(url_for("resume.save"))
        links.mail_link(here.draft, here.clinic, to=address, actor=PATIENT, now=now)
        spend(MAILED, str(here.draft.id), now=now)
    is_taken_off = "take_off" in request.form
    return see(url_for("wizard.leave") if is_taken_off else url_for("resume.save", mailed=1))


@blueprint.route("/resume/<token>", methods=["GET", "POST"])
def follow(token: str) -> ResponseReturnValue:
    """Ask for the date of birth; if it is right, go on in this browser."""
    found = links.by_link(token, now=clock.now()) or abort(410)
    form = BirthdayForm()
    if form.validate_on_submit():
        here = _take_up(token, form)
        if here is not None:
            return see(here.next_url())
        form.dob.errors = [_l("This is not the date of birth we know. Check it, or call us.")]
    for_other = Visit(found, current_clinic()).is_for_other
    return render_template("patient/resume.html", form=form, for_other=for_other)


def _take_up(token: str, form: BirthdayForm) -> Visit | None:
    """Take the request into this browser; None if the date of birth is another one.

    Every try counts, and is taken back when it was right.
    """
    now = clock.now()
    with unit_of_work():
        found = links.by_link(token, now=now, lock=True) or abort(410)
        spend(TRIES, token, now=now)
        if not links.knows_birthday(found, form.dob.data):
            return None
        session[DRAFT_COOKIE] = links.take_up(found, now=now)
        give_back(TRIES, token)
    session["lang"] = found.language
    return Visit(found, current_clinic(), found.language)
