"""The patient site: its pages and nothing of the staff's."""

from flask import Flask

from intake.patient import answering, appointment, call_me, pages, reminders, resume, wizard
from intake.patient.paused import booking_pause


def register(app: Flask) -> None:
    """Add the patient pages to the application."""
    for module in (pages, wizard, answering, call_me, resume, appointment, reminders):
        app.register_blueprint(module.blueprint)
    app.add_template_global(booking_pause)
