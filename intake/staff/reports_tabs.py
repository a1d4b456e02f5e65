"""Reports as every page of the staff leads to them: tabs, links from records, time of printing."""

from flask import request, url_for

from intake.accounts.permissions import Permission
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.i18n import time_text
from intake.staff.guard import blueprint, staff_user
from intake.staff.words import full_day

REPORTS = (
    ("Figures", "staff.dashboard", Permission.SEE_FIGURES),
    ("Who saw what", "staff.who_saw", Permission.SEE_AUDIT),
    ("List of requests", "staff.ask_list", Permission.EXPORT),
)
"""Words, the page they lead to, and who sees them."""


def report_tabs() -> list[dict[str, object]]:
    """The tabs for whoever asks."""
    return [
        {"label": label, "href": url_for(endpoint), "current": request.endpoint == endpoint}
        for label, endpoint, permission in REPORTS
        if staff_user().may(permission)
    ]


@blueprint.context_processor
def tabs() -> dict[str, object]:
    """For templates: the tabs, the way from a record to who saw it, and the time on paper."""
    return {"report_tabs": report_tabs, "seen_href": seen_href, "printed_at": printed_at}


def seen_href(reference: str) -> str:
    """The report of who saw a request; "" for whoever may not read it."""
    if not staff_user().may(Permission.SEE_AUDIT):
        return ""
    return url_for("staff.who_saw", reference=reference, what="looks")


def printed_at() -> str:
    """The present in clinic time, for paper: what is "today" there, nobody knows tomorrow."""
    now, tz = clock.now(), current_clinic().tz
    return f"{full_day(now.astimezone(tz).date())}, {time_text(now, tz, 'en')}"
