"""My data: what we keep about a person, to read and to take along, and the wish to be deleted.

By a mailed link. It opens no answers by itself: they are shown for a while to who knows the date of
birth, too.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.audit import log
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import lazy_gettext as _l
from intake.core.tokens import token_hash
from intake.patient import limits, own_copy
from intake.patient.addresses import Elsewhere, see
from intake.patient.forms import CheckForm
from intake.patient.forms_later import BirthdayForm, LostLinkForm
from intake.patient.lost_link import alike
from intake.patient.resume import TRIES
from intake.scheduling import withdrawing
from intake.scheduling.models import PATIENT
from intake.scheduling.person import key_of
from intake.submissions import emails, own_links, search
from intake.submissions.models import Submission
from intake.submissions.queries import with_merged
from intake.submissions.resume import knows_birthday, own_address
from intake.web.anew import keep_wish, switch
from intake.web.limits import LimitReached, give_back, spend

blueprint = Blueprint("my_data", __name__, url_prefix="/my-data")
blueprint.before_request(switch)
blueprint.after_request(keep_wish)

ONE = "/<string(length=43):token>"
MOST = 3
"""So many requests of one address are told of at once, the latest ones."""
SHOWN_FOR = timedelta(minutes=15)
SHOWN_KEY = "own_copy"
"""Where the browser's session keeps for which link, and until when, answers are shown."""


@blueprint.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for the address, then say the same to everybody."""
    form, gone = LostLinkForm(), "gone" in request.args
    if not form.validate_on_submit():
        return render_template("patient/my_data_ask.html", form=form, gone=gone, sent=False)
    now = clock.now()
    with unit_of_work():
        limits.count_asking(now=now)
    with alike():
        _send_links(form.email.address, now)
    return render_template("patient/my_data_ask.html", form=None, gone=False, sent=True)


def _send_links(address: str, now: datetime) -> None:
    """Mail links, but only a few to one person, and never say to whom."""
    with suppress(LimitReached), unit_of_work():
        for submission in search.with_address(address, most=MOST):
            to = own_address(submission)
            if to is not None and to.casefold() == address.casefold():
                emails.own_data(submission, current_clinic(), to=to, now=now)
        limits.count_link(key_of(address), now=now)


@blueprint.get(ONE)
def show(token: str) -> ResponseReturnValue:
    """What can be done: see it, take the request back, ask to be deleted."""
    submission = _found(token)
    return render_template(
        "patient/my_data.html",
        token=token,
        submission=submission,
        may_withdraw=withdrawing.may_withdraw(submission),
        knows_birthday=_has_birthday(submission),
    )


@blueprint.route(f"{ONE}/copy", methods=["GET", "POST"])
def copy(token: str) -> ResponseReturnValue:
    """All that the person told us, once they have said their date of birth."""
    form = BirthdayForm()
    if form.validate_on_submit():
        if _is_theirs(token, form):
            return see(url_for("my_data.copy", token=token))
        form.dob.errors = [_l("This is not the date of birth we know. Check it, or call us.")]
    submission = _found(token)
    if not _is_shown(token):
        return render_template("patient/my_data_birthday.html", form=form, token=token)
    requests = own_copy.in_words(with_merged(submission), current_clinic())
    return render_template("patient/my_data_copy.html", requests=requests, token=token)


@blueprint.get(f"{ONE}/copy.json")
def download(token: str) -> ResponseReturnValue:
    """The same for another program."""
    submission = _found(token)
    if not _is_shown(token):
        return see(url_for("my_data.copy", token=token))
    requests = with_merged(submission)
    answer: Response = jsonify(own_copy.as_document(requests, current_clinic(), now=clock.now()))
    answer.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return answer


@blueprint.route(f"{ONE}/delete", methods=["GET", "POST"])
def delete(token: str) -> ResponseReturnValue:
    """Ask once more, then tell the clinic of the wish to be deleted."""
    form = CheckForm()
    if form.validate_on_submit():
        with unit_of_work():
            submission, now = _found(token, lock=True), clock.now()
            withdrawing.ask_erasure(submission, current_clinic(), now=now)
            limits.count_change(submission.id.hex, now=now)
        return see(url_for("my_data.show", token=token))
    submission = _found(token)
    if submission.erasure_asked_at is not None:
        return see(url_for("my_data.show", token=token))
    return render_template("patient/my_data_delete.html", form=form, token=token)


def _found(token: str, *, lock: bool = False) -> Submission:
    """The request of a link; a link that leads nowhere leads to asking for another."""
    found = own_links.by_link(token, now=clock.now(), lock=lock)
    if found is None:
        raise Elsewhere(url_for("my_data.ask", gone=1))
    return found


def _has_birthday(submission: Submission) -> bool:
    """Whether we know a date of birth, without which no answers are shown."""
    return bool((submission.contact or {}).get("contact", {}).get("dob"))


def _is_theirs(token: str, form: BirthdayForm) -> bool:
    """Whether the date of birth is right; every try counts, and is taken back when it was."""
    now = clock.now()
    with unit_of_work():
        submission = _found(token)
        is_right = knows_birthday(submission, form.dob.data)
        action = "own copy opened" if is_right else "own copy refused"
        log.record(action, actor=PATIENT, now=now, subject_id=submission.id)
        spend(TRIES, submission.id.hex, now=now)
        if not is_right:
            return False
        give_back(TRIES, submission.id.hex)
    session[SHOWN_KEY] = [token_hash(token), (now + SHOWN_FOR).timestamp()]
    return True


def _is_shown(token: str) -> bool:
    """Whether this browser has lately said the date of birth for this link."""
    known, until = session.get(SHOWN_KEY) or ("", 0)
    return bool(known == token_hash(token) and clock.now().timestamp() < until)
