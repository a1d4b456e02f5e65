"""The patient site: its pages and nothing of the staff's."""

from flask import Flask

from intake.patient import (
    answering,
    appointment,
    call_me,
    helping,
    lost_link,
    my_data,
    pages,
    reminders,
    resume,
    withdrawing,
    wizard,
)
from intake.patient.paused import booking_pause

PAGES = (
    *(pages, wizard, answering, helping, call_me),
    *(resume, appointment, lost_link, reminders),
    *(my_data, withdrawing),
)


def register(app: Flask) -> None:
    """Add the patient pages to the application."""
    for module in PAGES:
        app.register_blueprint(module.blueprint)
    app.add_template_global(booking_pause)
