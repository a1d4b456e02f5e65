"""Links for mails, made from the configured addresses and never from a request's host."""

from flask import current_app


def patient_url(path: str) -> str:
    """The full address of a path on the patient site."""
    return f"{current_app.config['PATIENT_BASE_URL']}{path}"


def staff_url(path: str) -> str:
    """The full address of a path on the staff site."""
    return f"{current_app.config['STAFF_BASE_URL']}{path}"
