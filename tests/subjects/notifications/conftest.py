"""Mail servers to send to, and short ways to fill the outbox and to look into it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask

from intake.core.db import db, unit_of_work
from intake.notifications import outbox
from intake.notifications.models import Message
from tests.smtp_servers import Inbox, mail_server

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class ReceivedContext(outbox.MailContext):
    """The context of the mail `received`, without the package that writes it."""

    reference: str = "K7M-4QDX"
    respond_by: str = "Monday, November 23, 5:00 pm Central Time"
    call_at: str = ""
    call_back: str = ""
    is_booked: bool = False
    link: str = ""


@pytest.fixture(autouse=True)
def send_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Point the application at a mail server; other settings may be changed as well."""

    def point(port: int, **changes: object) -> None:
        settings = app.config["SETTINGS"]
        smtp = replace(settings.smtp, port=port, **changes)
        monkeypatch.setitem(app.config, "SETTINGS", replace(settings, smtp=smtp))

    point(1, sender="desk@clinic.example", timeout=1.0)
    return point


@pytest.fixture
def inbox(send_to: Callable[..., None]) -> Iterator[Inbox]:
    """What a working mail server receives."""
    with mail_server() as (received, port):
        send_to(port, timeout=30.0)  # it answers, however busy the machine is
        yield received


@pytest.fixture
def queue(app: Flask) -> Callable[..., UUID]:
    """Put a mail into the outbox; returns its id."""

    def put(
        name: str = "received",
        to: str = "dana@example.com",
        due_at: datetime = NOW,
        is_alarm: bool = False,
        **values: str,
    ) -> UUID:
        words = {"clinic_name": "Quiet Clinic", "clinic_phone": "(312) 555-0142"} | values
        with unit_of_work():
            return outbox.enqueue(
                name,
                to=to,
                context=ReceivedContext(**words),
                language="en",
                now=due_at,
                is_alarm=is_alarm,
            )

    return put


@pytest.fixture
def stored(app: Flask) -> Callable[[UUID], Message]:
    """Read a message anew from the database."""

    def read(message_id: UUID) -> Message:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(Message, message_id)

    return read
