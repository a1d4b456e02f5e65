"""Handing mails to the mail server: Flask-Mail with verified TLS and time-outs.

Flask-Mail as it comes has no time-out and accepts any certificate, so its Connection opens here.
"""

import smtplib
import ssl
from collections.abc import Callable
from typing import Any

import flask_mail

from config import Smtp
from intake.notifications.faults import Retry, code_word, fault_of_mail
from intake.notifications.mail import Mail, sender_domain

END_OF_MAIL = b"\r\n.\r\n"


def nothing() -> None:
    """What there is to do meanwhile, for whoever just waits."""


class _Host(smtplib.SMTP):
    """A conversation with a mail server that leaves time for something else."""

    meanwhile: Callable[[], None] = staticmethod(nothing)
    """Called once for each mail, when all of it has left: the server stores it, then answers."""

    def send(self, s: Any) -> None:
        """Hand over bytes or a command; raises OSError or SMTPException."""
        super().send(s)
        if s[-5:] == END_OF_MAIL:
            self.meanwhile()


class _SecureHost(_Host, smtplib.SMTP_SSL):
    """The same by TLS from the first byte."""


class Connection(flask_mail.Connection):
    """Flask-Mail's connection with time-outs, verified certificates and our own greeting."""

    host: _Host | None

    def __init__(self, mail: Any, smtp: Smtp) -> None:
        super().__init__(mail)
        self.smtp = smtp

    def configure_host(self) -> _Host:
        """Connect, secure and sign in; raises OSError or SMTPException."""
        host = self._connect()
        try:
            if self.smtp.security == "starttls":
                host.starttls(context=ssl.create_default_context())
            if self.smtp.username:
                host.login(self.smtp.username, self.smtp.password or "")
        except (OSError, smtplib.SMTPException):
            host.close()
            raise
        return host

    def _connect(self) -> _Host:
        address = (self.smtp.host, self.smtp.port)
        options: dict[str, Any] = {
            "local_hostname": sender_domain(self.smtp),
            "timeout": self.smtp.timeout,
        }
        if self.smtp.security == "tls":
            return _SecureHost(*address, context=ssl.create_default_context(), **options)
        return _Host(*address, **options)


class Transport:
    """One connection to the mail server, opened at the first mail and used for those after it."""

    def __init__(self, mail: Any, smtp: Smtp) -> None:
        self._connection = Connection(mail, smtp)
        self._sender = smtp.sender

    def send(self, mail: Mail, meanwhile: Callable[[], None] = nothing) -> None:
        """Hand over one mail; raises Retry or Refused, and then opens anew for the next one.

        Calls `meanwhile`, which must not raise, while the server stores the mail.
        """
        self._open().meanwhile = meanwhile
        try:
            self._connection.send(mail, envelope_from=self._sender)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise fault_of_mail(error) from None

    def greet(self) -> None:
        """Connect, secure and sign in, without a mail; raises Retry."""
        self._open()

    def close(self) -> None:
        """Say goodbye if the server still listens."""
        host, self._connection.host = self._connection.host, None
        if host is None:
            return
        try:
            host.quit()
        except (OSError, smtplib.SMTPException):
            host.close()

    def _open(self) -> _Host:
        if self._connection.host is None:
            try:
                self._connection.host = self._connection.configure_host()
            except (OSError, smtplib.SMTPException) as error:
                # Whatever is wrong before a mail was shown says nothing against the mail.
                raise Retry(code_word(error)) from None
        return self._connection.host
