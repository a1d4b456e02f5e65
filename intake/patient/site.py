"""The patient site: its pages and nothing of the staff's."""

from flask import Flask

from intake.patient import pages


def register(app: Flask) -> None:
    """Add the patient pages to the application."""
    app.register_blueprint(pages.blueprint)
