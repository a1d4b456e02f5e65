"""A new link to a call, for whoever lost theirs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.patient import limits
from intake.patient.forms_later import LostLinkForm
from intake.scheduling import links, queries, rebooking
from intake.scheduling.person import key_of
from intake.web.anew import keep_wish, switch
from intake.web.limits import LimitReached

blueprint = Blueprint("lost_link", __name__)
blueprint.before_request(switch)
blueprint.after_request(keep_wish)

ANSWER_AFTER = 0.25
"""Seconds until everybody gets the answer: longer than the work for a known address takes."""


@contextmanager
def alike() -> Iterator[None]:
    """Let what is done for a known address and for an unknown one take the same time."""
    began = time.monotonic()
    yield
    time.sleep(max(0.0, began + ANSWER_AFTER - time.monotonic()))


@blueprint.route("/appointment/lost", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for the address, then say the same to everybody."""
    form, gone = LostLinkForm(), "gone" in request.args
    if not form.validate_on_submit():
        return render_template("patient/appointment_lost.html", form=form, gone=gone, sent=False)
    now = clock.now()
    with unit_of_work():
        limits.count_asking(now=now)
    with alike():
        _send_links(form.email.address, now)
    return render_template("patient/appointment_lost.html", form=None, gone=False, sent=True)


def _send_links(address: str, now: datetime) -> None:
    """Mail links, but only a few to one person, and never say to whom."""
    person, clinic = key_of(address), current_clinic()
    try:
        with unit_of_work():
            for appointment in queries.booked_for(person, now=now):
                submission = links.submission_of(appointment)
                rebooking.link_again(submission, appointment, clinic, now=now)
            limits.count_link(person, now=now)
    except LimitReached:
        return
