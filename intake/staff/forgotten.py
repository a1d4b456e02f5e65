"""A forgotten password: a link by mail, and one answer for known and unknown addresses."""

import time
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from intake.accounts import throttle
from intake.accounts.service import VISITOR, forgot_password
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.i18n import lazy_gettext as _l
from intake.web.fields import TextField
from intake.web.forms import Form
from intake.web.limits import LimitReached

blueprint = Blueprint("forgotten", __name__, url_prefix="/staff/forgot-password")

ANSWER_AFTER = 0.25
"""Seconds until everybody gets the answer: longer than the work for a known address takes."""


class ForgottenForm(Form):
    """Whose password it is."""

    email = TextField(_l("Work email"), max_length=254, missing=_l("Enter your email address"))


@blueprint.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for the address; then say the same to everybody."""
    form, began = ForgottenForm(), time.monotonic()
    if not form.validate_on_submit():
        return render_template("security/forgotten.html", form=form)
    now = clock.now()
    with unit_of_work():
        throttle.count_question(now=now)
    _send_link(form.email.data, now)
    time.sleep(max(0.0, began + ANSWER_AFTER - time.monotonic()))
    return render_template("security/link_sent.html", email=form.email.data)


def _send_link(email: str, now: datetime) -> None:
    """Mail a link, but only a few to one address, and never say which it was."""
    try:
        with unit_of_work():
            forgot_password(email, current_clinic(), actor=VISITOR, now=now)
            throttle.count_link(email, now=now)
    except LimitReached:
        return
