"""Settings of the clinic itself, and of when people hear from it."""

from typing import Any

from flask import current_app
from flask.typing import ResponseReturnValue

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.staff.guard import blueprint, requires
from intake.staff.settings_document import DocumentPage
from intake.staff.settings_forms_clinic import ClinicForm
from intake.staff.settings_forms_times import TimesForm


def _fixed(clinic: Clinic) -> dict[str, Any]:
    """What is shown, but set by whoever runs the server."""
    return {
        "address": current_app.config["PATIENT_BASE_URL"],
        "time_zone": clinic.tz.key.replace("_", " "),
    }


CLINIC = DocumentPage("staff.settings_clinic", "staff/settings_clinic.html", ClinicForm, _fixed)
TIMES = DocumentPage("staff.settings_times", "staff/settings_times.html", TimesForm, lambda _: {})


@blueprint.get("/settings/clinic")
@requires(Permission.MANAGE_SETTINGS)
def settings_clinic() -> ResponseReturnValue:
    """What patients read about the clinic."""
    return CLINIC.show()


@blueprint.post("/settings/clinic")
@requires(Permission.MANAGE_SETTINGS)
def save_clinic() -> ResponseReturnValue:
    """Change it."""
    return CLINIC.save()


@blueprint.get("/settings/times")
@requires(Permission.MANAGE_SETTINGS)
def settings_times() -> ResponseReturnValue:
    """By when people hear from the clinic, and how long things are kept."""
    return TIMES.show()


@blueprint.post("/settings/times")
@requires(Permission.MANAGE_SETTINGS)
def save_times() -> ResponseReturnValue:
    """Change it."""
    return TIMES.save()
