"""Public pages around the form: what it is, what ketamine is, privacy, help. They store nothing."""

from collections.abc import Hashable

from flask import Blueprint, Response, make_response, render_template, request, session
from sqlalchemy.exc import SQLAlchemyError

from intake.clinic.clinic import ClinicSettingsError
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.patient.places import US_STATES
from intake.patient.visit import DRAFT_COOKIE, blank_plan
from intake.submissions import drafts
from intake.web.filters import listed
from intake.web.headers import ASKED_AGAIN
from intake.web.templates import blank_page

blueprint = Blueprint("pages", __name__)

MINUTES = 10
"""How long the form takes, as the start page says it."""


@blueprint.get("/")
def home() -> Response:
    """The start page; to whoever has begun the form in this browser it offers to go on."""
    names = dict(US_STATES)
    states = listed([str(names.get(code, code)) for code in current_clinic().states])
    asks_safety = blank_plan(current_clinic()).safety is not None
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    has_begun = draft is not None and draft.is_draft
    page = _page(
        "patient/home.html",
        has_begun,
        minutes=MINUTES,
        states=states,
        asks_safety=asks_safety,
        has_begun=has_begun,
    )
    if has_begun:
        page.headers["Cache-Control"] = "no-store"
    return page


@blueprint.get("/learn")
def learn() -> Response:
    """What is known about ketamine, what is not, and what a consultation covers."""
    return _page("patient/learn.html")


@blueprint.get("/privacy")
def privacy() -> Response:
    """What is asked, who sees it, how long it is kept."""
    return _page("patient/privacy.html")


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """How the site can be used, and whom to tell when it cannot."""
    return _page("patient/accessibility.html")


@blueprint.get("/urgent-help")
def urgent_help() -> Response:
    """Every way to reach help now. It opens without a database, too."""
    try:
        in_us = current_clinic().in_us
    except (ClinicSettingsError, SQLAlchemyError):
        in_us = True
    return _shown(render_template("patient/urgent_help.html", in_us=in_us))


@blueprint.get("/not-for-you")
def not_for_you() -> Response:
    """Where to turn for people under 18, and who asks for them. Nothing about them is kept."""
    asks_for_other = request.args.get("for") == "other"
    return _page("patient/not_for_you.html", asks_for_other, asks_for_other=asks_for_other)


def _page(template: str, *differences: Hashable, **values: object) -> Response:
    """A page that speaks of the clinic; raises what `current_clinic` raises."""
    clinic = current_clinic()
    page = blank_page(
        clinic,
        *differences,
        draw=lambda: render_template(template, in_us=clinic.in_us, **values),
    )
    return _shown(page)


def _shown(page: str) -> Response:
    """A page that is the same for everyone, so that browsers may keep it."""
    response = make_response(page)
    response.headers["Cache-Control"] = ASKED_AGAIN
    return response
