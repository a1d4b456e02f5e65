"""Stopping reminders: a page with one button, and the one click of mail programs (RFC 8058)."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.extensions import csrf
from intake.submissions import opt_out

blueprint = Blueprint("reminders", __name__)
csrf.exempt(blueprint)  # mail programs press the button without a page; the address is the secret


@blueprint.get("/reminders/stop/<uuid:submission_id>/<signature>")
def ask(submission_id: UUID, signature: str) -> ResponseReturnValue:
    """Ask first: programs that look at mails open links."""
    _check(submission_id, signature)
    return render_template("patient/stop_reminders.html", is_stopped=False)


@blueprint.post("/reminders/stop/<uuid:submission_id>/<signature>")
def stop(submission_id: UUID, signature: str) -> ResponseReturnValue:
    """Stop them at once."""
    _check(submission_id, signature)
    with unit_of_work():
        opt_out.stop(submission_id, now=clock.now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "", 204
    return render_template("patient/stop_reminders.html", is_stopped=True)


def _check(submission_id: UUID, signature: str) -> None:
    if not opt_out.may_stop(submission_id, signature):
        abort(404)
