"""The short way: one page, then safety, then done. The rest can follow by phone."""

from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.patient import journey
from intake.patient.addresses import see, under_age
from intake.patient.forms import CallMeForm
from intake.patient.sending import send_if_short
from intake.patient.visit import DRAFT_COOKIE, Visit, blank_plan, starting_visit
from intake.submissions import drafts
from intake.submissions.models import Submission
from intake.web.anew import keep_wish, switch
from intake.web.templates import blank_page

blueprint = Blueprint("call_me", __name__, url_prefix="/request/call-me")
blueprint.before_request(switch)
blueprint.after_request(keep_wish)


@blueprint.route("", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Leave a name and a number, and we call."""
    draft = drafts.by_cookie(session.get(DRAFT_COOKIE), now=clock.now())
    if draft is None or not draft.is_draft:
        draft = None
        if request.method == "GET":
            return blank_page(current_clinic(), draw=lambda: _page(CallMeForm(), None))
    known = {step: drafts.typed(draft, step) if draft else {} for step in ("start", "contact")}
    form = CallMeForm(data={**known["start"], **known["contact"]})
    if not form.validate_on_submit():
        return _page(form, draft)
    whom = known["start"].get("for_whom", "me")
    if form.age18.data == "no":
        return see(under_age(whom))
    values = form.values()
    start = {key: values.pop(key) for key in ("conditions", "age18")} | {"for_whom": whom}
    with starting_visit(start) as here:
        before = here.contact.get("contact", {})
        drafts.save_contact(here.draft, {**before, **values}, here.clinic, now=clock.now())
        drafts.take_short_way(here.draft)
        saved = here.saved()
        send_if_short(saved)
        return saved.onward()


def _page(form: CallMeForm, draft: Submission | None) -> str:
    here = Visit(draft, current_clinic()) if draft is not None else None
    start = drafts.typed(draft, "start") if draft is not None else {}
    is_long_way = draft is not None and not drafts.is_short_way(draft)
    return render_template(
        "patient/call_me.html",
        form=form,
        # `check` leads to the page this person came from
        back=url_for("wizard.check") if is_long_way else url_for("pages.home"),
        for_other=start.get("for_whom") == "someone_else",
        **_rest(here),
    )


def _rest(here: Visit | None) -> dict[str, Any]:
    """What follows this page: how many pages there are, and whether safety is asked about."""
    plan = here.plan if here else blank_plan(current_clinic())
    done = here.done if here else ()
    asking = journey.steps_of(plan, short_way=True)[len(journey.CONTACT_STEPS) :]
    to_come = [step for step in asking if step.key not in done]
    return {"total": 1 + len(to_come), "asks_safety": plan.safety is not None}
