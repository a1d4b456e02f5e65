"""Where pages of the form are, and how a view leads to another one."""

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from intake.patient import journey
from intake.patient.journey import Step
from intake.screening.plan import HEALTH, HISTORY, SAFETY


class Elsewhere(HTTPException):
    """The page cannot be shown now; another one can."""

    code = None  # so that Flask answers with the redirect rather than with an error page

    def __init__(self, url: str) -> None:
        super().__init__(response=redirect(url, 303))


def url_of(step: Step) -> str:
    """The address of a page."""
    match step.key:
        case journey.CHECK | journey.TIMES | "start" | "contact":
            return url_for(f"wizard.{step.key}")
        case key if key == SAFETY:
            return url_for("answering.safety")
        case key if key == HEALTH:
            return url_for("answering.health")
        case key if key == HISTORY:
            return url_for("answering.history")
    return url_for("answering.screening", instrument=step.key)


def under_age(whom: str | None) -> str:
    """The address of the page for people under 18, or for who asks for one of them."""
    who: dict[str, Any] = {"for": "other"} if whom == "someone_else" else {}
    return url_for("pages.not_for_you", **who)


def see(url: str) -> ResponseReturnValue:
    """Go and GET another page: what follows every POST."""
    return redirect(url, 303)
