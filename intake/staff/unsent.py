"""What was typed when the session had ended: shown once more after signing in, to be sent."""

from typing import NamedTuple

from flask import render_template, session
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.unsent import UNSENT_KEY, opened
from intake.staff.guard import blueprint, requires, staff_user

LONGEST_KEY = 20


class Typed(NamedTuple):
    """A field of the form; what a person wrote is shown, keys and numbers are not."""

    name: str
    value: str
    is_text: bool


@blueprint.get("/unsent")
@requires(Permission.SEE_QUEUE)
def unsent() -> ResponseReturnValue:
    """Show what this user typed before, with a button that sends it."""
    found = opened(session.get(UNSENT_KEY, ""), staff_user().id)
    typed = [Typed(name, value, _is_text(value)) for name, value in found.fields] if found else []
    return render_template("staff/unsent.html", path=found.path if found else "", typed=typed)


def _is_text(value: str) -> bool:
    return len(value) > LONGEST_KEY or any(letter.isspace() for letter in value)
