"""The pages that only a developer's machine has."""

from flask import Flask

from intake.development import component_pages, mail_pages


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(mail_pages.blueprint)
    app.register_blueprint(component_pages.blueprint)
