"""What only a developer's machine has: pages, and a command."""

from importlib import import_module

from flask import Flask

from intake.development import mail_pages


def register(app: Flask) -> None:
    """Add the pages and, for the command line, the command to the application."""
    app.register_blueprint(mail_pages.blueprint)
    if app.config["SETTINGS"].from_command_line:  # a server starts without what it takes
        app.cli.add_command(import_module("intake.development.demo.command").demo)
