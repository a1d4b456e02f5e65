"""The mail catcher as a process of its own: what it has taken is on the disk."""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.development.catcher import Catcher, main
from intake.development.mailbox import newest_mails


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A running catcher that writes to tmp_path."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "intake.development.catcher", str(number), str(tmp_path)]
    with subprocess.Popen(command) as process:
        try:
            _wait_for(number)
            yield number
        finally:
            process.terminate()


def test_a_mail_is_a_file_once_it_is_taken(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for subject in ("first", "second"):
            client.send_message(_mail(subject))
            assert subject in {mail.subject for mail in newest_mails(tmp_path)}
    assert [mail.subject for mail in newest_mails(tmp_path)] == ["second", "first"]


def test_a_mail_is_kept_as_it_came(tmp_path: Path) -> None:
    path = Catcher(tmp_path).keep(b"Subject: x\r\n\r\n.\xff\r\n")
    assert path.read_bytes() == b"Subject: x\r\n\r\n.\xff\r\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_it_listens_on_this_machine_only(host: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="this machine"):
        main(host, 0, tmp_path)


def _mail(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "desk@example.com", "dana@example.com", subject
    mail.set_content("Hello")
    return mail


def _wait_for(port: int) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < end, "the catcher does not answer"
            time.sleep(0.05)
