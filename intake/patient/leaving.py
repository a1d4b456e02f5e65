"""Buttons that end a page of the form before it is finished, and how somebody comes back.

They keep what was typed.
"""

from flask import url_for

from intake.clinic.clinic import Clinic
from intake.core import clock
from intake.submissions import resume
from intake.submissions.emails import patient_address
from intake.submissions.flags import PATIENT
from intake.submissions.models import Submission
from intake.web.anew import wish

NEUTRAL_PAGE = "https://www.weather.gov/"
"""What is seen instead by somebody who comes in while a person answers."""

AWAY = "away"
"""What the button sends that shows something else at once."""
WAYS_OUT = {"save": "resume.save", "call-me": "call_me.ask", AWAY: "wizard.leave"}
"""Where the buttons lead that leave the page."""


def way_out() -> str | None:
    """The address at which somebody wants to go on who does not finish the page they send."""
    endpoint = WAYS_OUT.get(wish())
    return url_for(endpoint) if endpoint else None


def way_back(draft: Submission) -> str:
    """How somebody comes back whose browser forgets the draft: by a "link" mailed already, by one
    we may "mail", or not at all ("").
    """
    if resume.has_link(draft, now=clock.now()):
        return "link"
    return "mail" if patient_address(draft) is not None else ""


def mail_way_back(draft: Submission, clinic: Clinic) -> None:
    """Mail a link to somebody whose browser is to forget the draft, if there is none that works
    and we may. In the current unit of work.
    """
    now = clock.now()
    if draft.is_draft and way_back(draft) == "mail":
        to = patient_address(draft)
        resume.mail_link(draft, clinic, to=to, actor=PATIENT, now=now)
