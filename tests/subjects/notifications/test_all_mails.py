"""All mails there are, as they leave: no health information, and the form that mail programs need.

Every answer of a submission is replaced by a word of its own; every mail is sent through a real
mail server; every byte of it, and every line of the log, is searched in all encodings.
"""

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from intake.clinic.service import current_clinic, save_clinic
from intake.core.db import db, unit_of_work
from intake.core.logs import JsonFormatter
from intake.core.remember import forget
from intake.notifications.models import Message
from intake.notifications.worker import run_once
from tests import events
from tests.canaries import forms, found
from tests.smtp_servers import Inbox
from tests.subjects.notifications.conftest import NOW

pytestmark = pytest.mark.sqlite  # mails read the same whatever database they come from
LARGEST = 20 * 1024
LONGEST_LINE = 998
TO_STAFF = {
    *("new_submission", "appointment_changed", "urgent", "escalation", "digest"),
    *("invitation", "new_password", "password_changed", "second_factor_changed"),
    *("request_withdrawn", "erasure_asked", "answers_opened"),
    *("failures", "test_of_address"),
}


@dataclass
class Sent:
    """What left, what was logged, and the words that must be in neither."""

    raw: list[bytes]
    mails: list[EmailMessage]
    names: dict[str, str]
    """The name of a mail by its Message-ID."""
    log: str
    canaries: list[str]

    def to_patients(self) -> Iterator[EmailMessage]:
        return (mail for mail in self.mails if self.names[mail["Message-ID"]] not in TO_STAFF)


SENT: dict[str, Sent] = {}
"""By language: sending them all takes a second, and no test changes them."""


@pytest.fixture(params=["en", "es"])
def sent(
    request: pytest.FixtureRequest, app: Flask, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> Sent:
    if request.param not in SENT:
        SENT[request.param] = _send_all(request.param, inbox, caplog)
    return SENT[request.param]


def _send_all(language: str, inbox: Inbox, caplog: pytest.LogCaptureFixture) -> Sent:
    formatter = JsonFormatter()
    with caplog.at_level(logging.DEBUG):
        submission, canaries = events.submission_full_of_canaries(language)
        events.fire_all(submission)
        with unit_of_work():
            db.session.execute(update(Message).values(due_at=NOW, not_after=None))
        run_once()
    lines = [formatter.format(record) for record in caplog.records]
    rows = db.session.query(Message).all()
    assert {row.state for row in rows} == {"sent"}
    _keep_for_other_tools(inbox, language)
    return Sent(
        raw=inbox.raw,
        mails=inbox.mails,
        names={f"<{row.id}@clinic.example>": row.name for row in rows},
        log="\n".join(lines),
        canaries=canaries,
    )


def _keep_for_other_tools(inbox: Inbox, language: str) -> None:
    """KEEP_MAILS names a folder for whoever wants to look at the mails with other programs."""
    if folder := os.environ.get("KEEP_MAILS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(inbox.raw):
            Path(folder, f"{language}-{number:02}.eml").write_bytes(raw)


def test_every_mail_there_is_was_sent(sent: Sent) -> None:
    assert set(sent.names.values()) == events.names()


def test_no_answer_leaves_in_any_encoding(sent: Sent) -> None:
    assert len(sent.canaries) > 80
    everything = "\n".join(
        _decoded(raw, mail) for raw, mail in zip(sent.raw, sent.mails, strict=True)
    )
    assert found(sent.canaries, everything) == []
    assert found(sent.canaries, sent.log) == []


def test_the_search_finds_a_word_in_each_encoding(sent: Sent) -> None:
    mail = sent.mails[0]
    for form in forms("zq1canary"):
        assert found(["zq1canary"], f"x{form}y"), form
    hidden = EmailMessage()
    hidden.set_content("a zq1canary in it", cte="base64")
    hidden["Subject"] = "ñzq1canaryñ"
    hidden.add_attachment(b"BEGIN zq1canary", maintype="text", subtype="calendar")
    assert b"zq1canary" not in hidden.as_bytes().split(b"\n\n", 1)[1]
    assert _decoded(b"", hidden).count("zq1canary") == 3
    assert mail["Subject"] in _decoded(sent.raw[0], mail)


def test_the_headers_are_what_mail_programs_need(sent: Sent) -> None:
    for raw, mail in zip(sent.raw, sent.mails, strict=True):
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert mail["Date"].datetime.tzinfo is not None
        assert [part.defects for part in mail.walk() if part.defects] == []
        head = raw.split(b"\r\n\r\n", 1)[0]
        assert head.isascii()
        assert b"X-Mailer" not in head
        for name in ("From", "To", "Subject", "Message-ID", "Date"):
            assert len(mail.get_all(name)) == 1


def test_a_reply_to_a_patients_mail_reaches_staff(sent: Sent) -> None:
    assert {mail["Reply-To"] for mail in sent.to_patients()} == {"desk@example.com"}


def test_reminders_and_nothing_else_can_be_stopped_by_one_click(sent: Sent) -> None:
    for raw, mail in zip(sent.raw, sent.mails, strict=True):
        is_reminder = sent.names[mail["Message-ID"]] in ("reminder", "unfinished")
        assert (mail["List-Unsubscribe"] is not None) == is_reminder
        if is_reminder:
            assert re.search(rb"\r\nList-Unsubscribe: <https?://[^\s>]+>\r\n", raw), "in one piece"
            assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert mail["List-Unsubscribe"][1:-1] in mail.get_body(("plain",)).get_content()


def test_every_mail_is_small_plain_and_complete(sent: Sent) -> None:
    for raw, mail in zip(sent.raw, sent.mails, strict=True):
        assert len(raw) <= LARGEST
        assert max(len(line) for line in raw.split(b"\r\n")) <= LONGEST_LINE
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert html is not None
        assert len(text.get_content().split()) > 10


def test_nothing_is_fetched_from_anywhere(sent: Sent) -> None:
    for mail in sent.mails:
        html = mail.get_body(("html",)).get_content()
        assert not re.search(r"<(img|link|script|iframe|form|video|object)\b", html)
        assert not re.search(r"(src|background|srcset|poster)=|url\(|@import", html)


def test_every_mail_to_a_patient_holds_the_lines_of_help(sent: Sent) -> None:
    for mail in sent.to_patients():
        for kind in ("plain", "html"):
            words = mail.get_body((kind,)).get_content()
            assert "988" in words
            assert "911" in words


def test_a_neutral_name_stands_in_for_the_clinics_everywhere(app: Flask, inbox: Inbox) -> None:
    with unit_of_work():
        save_clinic(replace(current_clinic(), mail_name="Dr. Nair’s office"), now=NOW)
    forget()
    submission, _ = events.submission_full_of_canaries("en")
    events.fire_all(submission)
    with unit_of_work():
        db.session.execute(update(Message).values(due_at=NOW, not_after=None))
    run_once()
    for raw, mail in zip(inbox.raw, inbox.mails, strict=True):
        assert mail["From"].addresses[0].display_name == "Dr. Nair’s office"
        assert "Iconic" not in _decoded(raw, mail)


def test_it_is_readable_without_styles(sent: Sent) -> None:
    """Without its styles the HTML says what the text says: one heading, real links, no layers."""
    for mail in sent.mails:
        html = mail.get_body(("html",)).get_content()
        assert len(re.findall(r"<h1\b", html)) == 1
        links = set(re.findall(r'href="(https?:[^"]+)"', html))
        text = mail.get_body(("plain",)).get_content()
        assert {unescape(link) for link in links} <= set(re.findall(r"https?://[^\s>)]+", text))


def _decoded(raw: bytes, mail: EmailMessage) -> str:
    """A mail as it is on the wire, and all its headers and parts opened."""
    parts = [raw.decode("utf-8", "replace")]
    for part in mail.walk():
        parts += [f"{name}: {value}" for name, value in part.items()]
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            # Calendar lines are folded; unfolded, a word cannot hide in a break.
            parts.append(body.decode("utf-8", "replace").replace("\r\n ", ""))
    return "\n".join(parts)
