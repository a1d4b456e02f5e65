"""The keys that the staff's pages answer to, where a browser runs static/js/desk.js."""

from flask import render_template
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.staff.guard import blueprint, requires

KEYS = (
    ("j", "The next person in the list"),
    ("k", "The person before"),
    ("Enter", "Open the request of that person"),
    ("t", "Take that request, or the one on the page"),
    ("n", "The next page of a list"),
    ("/", "Search"),
    ("m", "Write a note, on the page of a request"),
    ("q", "Work queue"),
    ("c", "Calendar"),
    ("h", "Shift hand-over"),
    ("?", "This list"),
)


@blueprint.get("/keys")
@requires(Permission.OWN_ACCOUNT)
def keys() -> ResponseReturnValue:
    """Which keys there are, and turning them off."""
    return render_template("staff/keys.html", keys=KEYS)
