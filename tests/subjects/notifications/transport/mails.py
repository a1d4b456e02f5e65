"""A mail as tests hand it over, without the outbox."""

from typing import Any
from uuid import UUID

from flask import current_app

from intake.notifications.mail import Mail, compose
from intake.notifications.render import Rendered
from intake.notifications.transport import Transport
from tests.subjects.notifications.conftest import NOW

ID = UUID("00000000-0000-4000-8000-000000000001")
WORDS = Rendered(
    "We have your request", "Hello – ünïcode\nline two\n" + "x" * 2000 + "\n", "<p>ñ</p>"
)


def a_mail(**changes: Any) -> Mail:
    values: dict[str, Any] = {
        "to": "dana@example.com",
        "rendered": WORDS,
        "smtp": current_app.config["SETTINGS"].smtp,
        "sender_name": "Quiet Clinic",
        "now": NOW,
    } | changes
    return compose(ID, values.pop("to"), values.pop("rendered"), **values)


def send(*mails: Mail) -> None:
    transport = Transport(current_app.extensions["mail"], current_app.config["SETTINGS"].smtp)
    try:
        for mail in mails:
            transport.send(mail)
    finally:
        transport.close()
