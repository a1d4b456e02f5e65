"""The pages that only a developer's machine has."""

from flask import Flask

from intake.development import mail_pages


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(mail_pages.blueprint)
