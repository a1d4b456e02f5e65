"""The doctor finds what is wrong, says what to mend, and leaves with the right exit code."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text, update

from intake.clinic.service import current_clinic, save_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.instance import keep_to_owner
from intake.core.remember import forget
from intake.notifications import bounces
from intake.notifications.models import MailText, Message
from intake.notifications.worker import beat
from tests import factories
from tests.smtp_servers import faulty_server, mail_server

DOMAIN = "clinic.example"
RIGHT = {
    DOMAIN: "v=spf1 include:provider.example -all",
    f"_dmarc.{DOMAIN}": "v=DMARC1; p=quarantine",
    f"key1._domainkey.{DOMAIN}": "v=DKIM1; p=MIIB",
}


class Names(socketserver.ThreadingUDPServer):
    """A name server that knows the records of one domain, or does not answer."""

    records: dict[str, str]


class _Answer(socketserver.BaseRequestHandler):
    server: Names

    def handle(self) -> None:
        data, sock = self.request
        query = dns.message.from_wire(data)
        question = query.question[0]
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        known = self.server.records.get(question.name.to_text(omit_final_dot=True))
        if known:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", f'"{known}"'))
        elif not question.name.is_subdomain(dns.name.from_text(DOMAIN)):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        sock.sendto(answer.to_wire(), self.client_address)


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The DNS records of the sender's domain; they may be changed."""
    with Names(("127.0.0.1", 0), _Answer) as server:
        server.records = dict(RIGHT)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        yield server.records
        server.shutdown()


@pytest.fixture
def doctor(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Run the doctor while a mail server answers; options of the command, or another port."""

    def run(*options: str, port: int | None = None, **changes: object) -> Result:
        settings = app.config["SETTINGS"]
        given = {"sender": f"desk@{DOMAIN}", "timeout": 1.0, "port": port or working} | changes
        smtp = replace(settings.smtp, **given)
        monkeypatch.setitem(app.config, "SETTINGS", replace(settings, smtp=smtp))
        return app.test_cli_runner().invoke(args=["doctor", *options])

    beat(clock.now())
    keep_to_owner(app.config["SETTINGS"].instance)
    with mail_server() as (inbox, working):
        run.inbox = inbox  # type: ignore[attr-defined]
        yield run


def test_all_is_well(doctor):
    result = doctor("--dkim-selector", "key1")
    assert result.exit_code == 0, result.output
    assert "fail" not in result.output
    for words in ("ok    database", "ok    keys", "ok    worker", "ok    SPF", "ok    DKIM"):
        assert words in result.output
    assert "a new request: desk@example.com" in result.output


def test_a_test_mail_is_sent_when_asked_for(doctor):
    assert "took a test mail" in doctor("--send-to", "me@example.com").output
    assert doctor.inbox.recipients == [["me@example.com"]]


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("greet-421", "greeting-421"),
        ("hang-greeting", "disconnected"),
        ("rcpt-550", "recipient-550"),
    ],
)
def test_a_mail_server_that_fails_is_found(doctor, mode, words):
    with faulty_server(mode) as server:
        result = doctor("--send-to", "me@example.com", port=server.server_address[1])
    assert result.exit_code == 1
    assert words in result.output
    assert "is not welcome" not in result.output


def test_a_port_that_nobody_listens_on_is_found(doctor):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        result = doctor(port=closed.getsockname()[1])
    assert "unreachable -> Check INTAKE_SMTP_HOST" in result.output


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (DOMAIN, "", "fail  SPF"),
        (f"_dmarc.{DOMAIN}", "", "fail  DMARC"),
        (f"_dmarc.{DOMAIN}", "v=DMARC1; p=none", "note  DMARC"),
        (f"key1._domainkey.{DOMAIN}", "", "fail  DKIM"),
    ],
)
def test_records_that_are_missing_are_found(doctor, names, name, value, line):
    names[name] = value
    assert line in doctor("--dkim-selector", "key1").output


def test_a_domain_that_does_not_exist_is_found(doctor):
    result = doctor(sender="desk@nowhere.example")
    assert "fail  sender       DNS here knows no nowhere.example" in result.output
    assert "SPF" not in result.output


def test_names_that_cannot_be_looked_up_are_said_so(doctor, monkeypatch):
    dns.resolver.default_resolver.port = 1
    monkeypatch.setattr("intake.doctor.mail.DNS_SECONDS", 0.2)
    result = doctor()
    assert "DNS cannot be reached" in result.output
    assert result.exit_code == 0


def test_a_worker_that_stopped_is_found(doctor):
    with unit_of_work() as session:
        session.execute(text("DELETE FROM heartbeats"))
    result = doctor()
    assert "fail  worker" in result.output
    assert result.exit_code == 1


def test_mails_that_stand_still_are_found(doctor):
    factories.sent()
    with unit_of_work() as session:
        session.execute(update(Message).values(wanted_at=clock.now() - timedelta(minutes=9)))
    assert "the oldest waits for 9 minutes" in doctor().output


def test_pending_migrations_are_found(doctor):
    with unit_of_work() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        result = doctor()
    finally:
        with unit_of_work() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert "migrations are pending" in result.output
    assert result.exit_code == 1


def test_a_flag_that_nobody_would_be_told_of_is_found(doctor):
    with unit_of_work():
        save_clinic(replace(current_clinic(), backup_contact=None), now=clock.now())
    forget()
    assert "a flag left open: nobody" in doctor().output


def test_recipients_whose_mails_came_back_and_texts_that_fail_are_found(doctor):
    with unit_of_work() as session:
        bounces.mark("backup@example.com", now=clock.now())
        session.add(
            MailText(
                name="booked",
                language="en",
                version=1,
                opening="{gone}",
                closing="",
                written_by="user:1",
                written_at=clock.now(),
                failed_at=clock.now(),
            )
        )
    output = doctor().output
    assert "a flag left open: nobody, mails to backup@example.com came back" in output
    assert "fail  texts        1 of your own could not be used" in output


def test_the_outbox_can_be_counted(app):
    factories.sent()
    lines = app.test_cli_runner().invoke(args=["messages", "count"]).output.splitlines()
    assert 'intake_messages{state="queued"} 2' in lines
    assert 'intake_messages{state="failed"} 0' in lines
    assert db.session.query(Message).count() == 2


def test_files_that_others_can_read_are_found(doctor, app):
    folder = app.config["SETTINGS"].instance
    folder.chmod(0o755)
    result = doctor("--dkim-selector", "key1")
    folder.chmod(0o700)
    assert result.exit_code == 1
    assert f"others can read {folder.name} -> chmod -R go= {folder}" in result.output
