"""Handing mails to real servers: what arrives, over what line, and how faults are told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask, current_app
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from intake.notifications.faults import Refused, Retry
from intake.notifications.mail import Mail
from intake.notifications.render import Rendered
from intake.notifications.transport import Transport
from tests.smtp_servers import Inbox, faulty_server, mail_server
from tests.subjects.notifications.conftest import NOW
from tests.subjects.notifications.transport.mails import ID, WORDS, a_mail, send

ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Cita – mañana\r\nEND:VCALENDAR\r\n"

SendTo = Callable[..., None]


class TestWhatArrives:
    def test_a_mail_has_fixed_headers(self, inbox: Inbox) -> None:
        send(a_mail(reply_to="front@clinic.example"))
        mail = inbox.mails[0]
        assert dict(mail.items()) | {"Content-Type": ""} == {
            "Content-Type": "",
            "MIME-Version": "1.0",
            "Subject": "We have your request",
            "From": "Quiet Clinic <desk@clinic.example>",
            "To": "dana@example.com",
            "Date": mail["Date"],
            "Message-ID": f"<{ID}@clinic.example>",
            "Reply-To": "front@clinic.example",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }
        assert mail["Date"].datetime == NOW

    def test_the_envelope_names_the_sender_and_one_recipient(self, inbox: Inbox) -> None:
        send(a_mail())
        assert inbox.senders == ["desk@clinic.example"]
        assert inbox.recipients == [["dana@example.com"]]

    def test_both_bodies_arrive_unchanged(self, inbox: Inbox) -> None:
        send(a_mail())
        text, html = (inbox.mails[0].get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None
        assert html is not None
        assert text.get_content().splitlines() == WORDS.text.splitlines()
        assert html.get_content().strip() == "<p>ñ</p>"

    def test_a_mail_is_plain_bytes_in_short_lines(self, inbox: Inbox) -> None:
        send(a_mail(calendar=ICS, calendar_method="REQUEST", sender_name="Clínica " + "ñ" * 80))
        assert inbox.raw[0].isascii()
        assert max(map(len, inbox.raw[0].splitlines())) <= 78

    def test_the_calendar_comes_to_be_acted_on_and_to_be_kept(self, inbox: Inbox) -> None:
        send(a_mail(calendar=ICS, calendar_method="REQUEST"))
        parts = [
            part for part in inbox.mails[0].walk() if part.get_content_type() == "text/calendar"
        ]
        assert [part.get_filename() for part in parts] == [None, "appointment.ics"]
        for part in parts:
            assert part.get_param("method") == "REQUEST"
            assert part.get_content_charset() == "utf-8"
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert content.decode() == ICS

    def test_the_name_of_this_machine_stays_here(self, inbox: Inbox) -> None:
        send(a_mail())
        assert inbox.greeted_as == {"clinic.example"}

    def test_one_connection_serves_many_mails(self, inbox: Inbox) -> None:
        send(*(a_mail() for _ in range(5)))
        assert len(inbox.raw) == 5
        assert len(inbox.peers) == 1


class TestHeaders:
    @tries(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(name=st.text(max_size=200), subject=st.text(max_size=200))
    def test_no_text_can_add_a_header(self, app: Flask, name: str, subject: str) -> None:
        plain = [header for header, _ in _reread(a_mail()).items()]
        hostile = a_mail(sender_name=name, rendered=Rendered(subject or "-", "", ""))
        names = [header for header, _ in _reread(hostile).items()]
        assert sorted({*names, "Subject"}) == sorted(plain)

    @pytest.mark.parametrize("name", ["Smith, Jones", 'The "Quiet" Clinic', "Clínica Ñandú", "a@b"])
    def test_a_sender_name_arrives_as_written(self, app: Flask, name: str) -> None:
        sender = _reread(a_mail(sender_name=name))["From"].addresses
        assert [(one.display_name, one.addr_spec) for one in sender] == [
            (name, "desk@clinic.example")
        ]

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "dana",
            "dana@",
            "@example.com",
            "a@example.com, b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "Dana <dana@example.com>",
            "dánä@example.com",
            "dana@exam＞ple.com",
            "dana@" + "e" * 300 + ".com",
        ],
    )
    def test_what_is_not_one_plain_address_is_refused(self, app: Flask, address: str) -> None:
        with pytest.raises(Refused, match=r"^address$"):
            a_mail(to=address)

    def test_a_domain_in_other_letters_becomes_ascii(self, app: Flask) -> None:
        assert _reread(a_mail(to="dana@bücher.example"))["To"] == "dana@xn--bcher-kva.example"


class TestFaults:
    @pytest.mark.parametrize(
        ("mode", "word"),
        [
            ("greet-421", "greeting-421"),
            ("greet-554", "greeting-554"),
            ("mail-451", "sender-451"),
            ("mail-550", "sender-550"),  # we are not welcome: no fault of this mail
            ("rcpt-450", "recipient-450"),
            ("data-451", "data-451"),
            ("drop-before-data", "disconnected"),
            ("drop-after-data", "disconnected"),
            ("garbage", "greeting--1"),
        ],
    )
    def test_what_may_pass_is_to_be_tried_again(
        self, send_to: SendTo, mode: str, word: str
    ) -> None:
        with faulty_server(mode) as server:
            send_to(server.server_address[1])
            with pytest.raises(Retry, match=f"^{word}$"):
                send(a_mail())

    @pytest.mark.parametrize(
        ("mode", "word"), [("rcpt-550", "recipient-550"), ("data-554", "data-554")]
    )
    def test_a_final_no_is_final(self, send_to: SendTo, mode: str, word: str) -> None:
        with faulty_server(mode) as server:
            send_to(server.server_address[1])
            with pytest.raises(Refused, match=f"^{word}$"):
                send(a_mail())

    @pytest.mark.parametrize("mode", ["hang-greeting", "hang-rcpt", "hang-data"])
    def test_a_server_that_goes_quiet_is_left(self, send_to: SendTo, mode: str) -> None:
        with faulty_server(mode) as server:
            send_to(server.server_address[1], timeout=0.2)
            begun = datetime.now(UTC)
            with pytest.raises(Retry, match=r"^(timeout|disconnected)$"):
                send(a_mail())
            assert datetime.now(UTC) - begun < timedelta(seconds=2)

    def test_nobody_there_is_to_be_tried_again(self, send_to: SendTo) -> None:
        with faulty_server("") as server:
            port = server.server_address[1]
        send_to(port)
        with pytest.raises(Retry, match=r"^unreachable$"):
            send(a_mail())

    def test_the_mail_after_a_refused_one_still_goes_out(self, send_to: SendTo) -> None:
        with faulty_server("rcpt-550") as server:
            send_to(server.server_address[1])
            transport = Transport(
                current_app.extensions["mail"], current_app.config["SETTINGS"].smtp
            )
            with pytest.raises(Refused):
                transport.send(a_mail())
            server.mode = ""
            transport.send(a_mail())
            transport.close()
            assert len(server.taken) == 1

    @pytest.mark.parametrize("fault", ["rcpt-550", "rcpt-450", "mail-550", "data-554"])
    def test_what_the_server_says_stays_out_of_the_error(self, send_to: SendTo, fault: str) -> None:
        with faulty_server(fault) as server:
            send_to(server.server_address[1])
            with pytest.raises((Retry, Refused)) as caught:
                send(a_mail())
        assert "@" not in str(caught.value)
        assert caught.value.__suppress_context__


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
class TestLogin:
    def test_it_signs_in_when_there_is_a_user_name(self, send_to: SendTo) -> None:
        with mail_server(login=("intake", "s3cret")) as (inbox, port):
            send_to(port, username="intake", password="s3cret")
            send(a_mail())
            assert len(inbox.raw) == 1

    def test_a_wrong_password_is_no_fault_of_the_mail(self, send_to: SendTo) -> None:
        with mail_server(login=("intake", "s3cret")) as (inbox, port):
            send_to(port, username="intake", password="wrong")
            with pytest.raises(Retry, match=r"^login-535$"):
                send(a_mail())
            assert inbox.raw == []


def _reread(mail: Mail) -> Any:
    return message_from_bytes(mail.as_bytes(), policy=policy.default)
