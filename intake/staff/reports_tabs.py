"""The reports as tabs, each for those who may see it."""

from flask import request, url_for

from intake.accounts.permissions import Permission
from intake.staff.guard import blueprint, staff_user

REPORTS = (
    ("Figures", "staff.dashboard", Permission.SEE_FIGURES),
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
    """The tabs for templates, made only where they are shown."""
    return {"report_tabs": report_tabs}
