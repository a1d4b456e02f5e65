"""The pages of caught mail, which only development has."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from intake.core.key_file import create_key_file
from intake.development.catcher import Catcher
from intake.notifications.mail import compose
from intake.notifications.render import Rendered
from tests.browse import Browser

Catch = Callable[..., str]


def test_an_empty_mailbox_says_so(client: Browser) -> None:
    page = client.get("/dev/mail/")
    assert page.status == 200
    assert "There is no mail yet." in page.text


def test_the_list_leads_to_each_mail(client: Browser, catch: Catch) -> None:
    names = [catch(subject=subject) for subject in ("First", "Second")]
    page = client.get("/dev/mail/")
    assert page.text.index("Second") < page.text.index("First")
    assert "To dana@example.com" in page.text
    assert {f"/dev/mail/{name}" for name in names} <= set(page.links())


def test_a_mail_shows_its_text_with_links_to_follow(client: Browser, catch: Catch) -> None:
    name = catch(text="Hello <b>\n\nOpen this:\nhttps://staff.example/staff/1\n")
    page = client.get(f"/dev/mail/{name}")
    assert "Hello <b> Open this: https://staff.example/staff/1" in page.text
    assert "https://staff.example/staff/1" in page.links()


def test_a_mail_shows_its_headers(client: Browser, catch: Catch) -> None:
    page = client.get(f"/dev/mail/{catch()}")
    assert "Auto-Submitted auto-generated" in page.text


def test_the_html_part_is_shown_alone_and_can_run_nothing(app: Flask, catch: Catch) -> None:
    html = '<p style="color:red">Hi</p>'
    response = app.test_client().get(f"/dev/mail/{catch(html=html)}/html")
    assert response.text == html
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert policy.endswith("; sandbox")


def test_the_calendar_file_can_be_kept(app: Flask, catch: Catch) -> None:
    name = catch(calendar="BEGIN:VCALENDAR\r\n")
    response = app.test_client().get(f"/dev/mail/{name}/attachments/0")
    assert response.data == b"BEGIN:VCALENDAR\r\n"
    assert response.mimetype == "text/calendar"
    assert response.headers["Content-Disposition"] == "attachment; filename=appointment.ics"


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "..%2Fkeys.json",
        "%2e%2e/keys.json",
        "20261123T150000000000Z-1",
        "20261123T150000000000Z-1/html",
        "20261123T150000000000Z-1/attachments/0",
    ],
)
def test_what_is_no_mail_is_not_found(client: Browser, path: str) -> None:
    assert client.get(f"/dev/mail/{path}").status == 404


def test_an_attachment_that_is_not_there_is_not_found(client: Browser, catch: Catch) -> None:
    assert client.get(f"/dev/mail/{catch()}/attachments/0").status == 404


def test_production_has_no_such_pages(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    create_key_file(keys)
    app = make_app(
        INTAKE_ENV="production",
        INTAKE_BASE_URL="https://intake.example",
        INTAKE_SMTP_HOST="127.0.0.1",
        INTAKE_MAIL_FROM="desk@clinic.example",
        INTAKE_KEYS_FILE=str(keys),
    )
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    assert "/health" in rules
    assert [rule for rule in rules if rule.startswith("/dev")] == []


@pytest.fixture
def catch(app: Flask) -> Iterator[Catch]:
    """Catch one mail; returns its name. The folder is gone after the test."""
    settings = app.config["SETTINGS"]
    folder = settings.instance / "mail"

    def keep(
        *,
        subject: str = "Hello",
        text: str = "Hello\n",
        html: str = "<p>Hello</p>",
        calendar: str = "",
    ) -> str:
        mail = compose(
            UUID(int=1),
            "dana@example.com",
            Rendered(subject, text, html),
            smtp=settings.smtp,
            sender_name="Quiet Clinic",
            now=datetime(2026, 11, 23, tzinfo=UTC),
            calendar=calendar,
            calendar_method="REQUEST",
        )
        return Catcher(folder).keep(mail.as_bytes()).stem

    yield keep
    shutil.rmtree(folder, ignore_errors=True)
