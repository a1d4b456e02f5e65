"""Help that some answers call for, and the page for whoever stops there. It never blocks."""

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.phones import phone_text
from intake.patient import journey, summary
from intake.patient.addresses import see
from intake.patient.visit import DRAFT_COOKIE, Visit
from intake.screening.level import Level
from intake.screening.plan import MOOD, SAFETY
from intake.submissions import drafts
from intake.submissions.models import Submission

blueprint = Blueprint("helping", __name__, url_prefix="/request")

ACUTE_THOUGHTS = frozenset({"S1", "S2"})
THOUGHTS = ACUTE_THOUGHTS | {"S3", "S4"}
"""Rules that fire for thoughts of death or suicide."""


@blueprint.get("/help-now")
def now() -> ResponseReturnValue:
    """Help that is there right now. Never blocks the way on."""
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is None or draft.level_rank < Level.URGENT.rank:
        return see(url_for("pages.urgent_help"))
    here, rules = Visit(draft, current_clinic()), rules_of(draft)
    is_medical, medical_first = "H1" in rules, request.args.get("first") == "medical"
    page = {
        "onward": _onward(here),
        "sent": not draft.is_draft,
        "with_other": here.is_for_other,
        "told": _spoke_of_it(here),
        "medical": is_medical,
        "thoughts": rules & THOUGHTS,
        "keep": "&first=medical" if medical_first else "",
        "call_back": summary.callback(draft, here.clinic, now=clock.now()),
    }
    if is_medical and (medical_first or not rules & THOUGHTS):
        return render_template("patient/help_medical.html", **page)
    if rules & ACUTE_THOUGHTS:
        return render_template("patient/help_acute.html", **page)
    return render_template("patient/help_support.html", **page)


@blueprint.get("/stopped")
def stopped() -> ResponseReturnValue:
    """We have what somebody told us who stops at a page of help: when we call, and whom to call."""
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is None:
        return see(url_for("pages.urgent_help"))
    here = Visit(draft, current_clinic())
    if not draft.is_draft:
        return see(here.next_url())
    if draft.level_rank < Level.URGENT.rank:
        return see(url_for("resume.save"))
    return render_template(
        "patient/stopped.html",
        reference=draft.reference,
        call_back=summary.callback(draft, here.clinic, now=clock.now()),
        voice=phone_text(here.contact.get("contact", {}).get("phone", "")),
        onward=here.next_url(),
        with_other=here.is_for_other,
    )


def _onward(here: Visit) -> str:
    """Where to go on: a page that help interrupted says which of its questions are open."""
    url = here.next_url()
    step = journey.first_open(here.steps, here.done)
    is_left = here.draft.is_draft and journey.is_unfinished(step.key, here.answers)
    return f"{url}?open=1" if is_left else url


def rules_of(draft: Submission) -> set[str]:
    """The triage rules that fired for a request."""
    return {reason["rule"] for reason in (draft.triage or {}).get("reasons", [])}


def _spoke_of_it(here: Visit) -> bool:
    """Whether the person told of such thoughts, and did not only decline to answer."""
    said = here.answers.get(SAFETY, {}).values()
    return "yes" in said or bool(here.answers.get(MOOD, {}).get("q9"))
