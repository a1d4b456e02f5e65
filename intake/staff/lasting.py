"""How long one stays signed in: what a script asks before it warns, and "stay signed in"."""

from flask import jsonify, session
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.accounts.sessions import ask_unattended
from intake.staff.guard import blueprint, requires, seconds_left


@blueprint.get("/session")
@requires(Permission.OWN_ACCOUNT)
def session_left() -> ResponseReturnValue:
    """The seconds left. Asking keeps nobody signed in."""
    ask_unattended(session)
    return _answer(is_attended=False)


@blueprint.post("/session")
@requires(Permission.OWN_ACCOUNT)
def stay() -> ResponseReturnValue:
    """Stay signed in: this request is the sign that somebody is there. The seconds left then."""
    return _answer(is_attended=True)


def _answer(*, is_attended: bool) -> ResponseReturnValue:
    return jsonify(left=seconds_left(is_attended=is_attended))
