"""Handing mails to the mail server: Flask-Mail with verified TLS, time-outs and fixed headers.

Flask-Mail as it comes has no time-out and accepts any certificate, so its Connection opens here.
Errors leave this module as code words only: a server's answer may quote addresses.
"""

import re
import smtplib
import ssl
from datetime import datetime
from email.charset import QP, Charset
from email.mime.text import MIMEText
from email.policy import EmailPolicy
from email.utils import formataddr
from typing import Any
from uuid import UUID

import flask_mail

from config import Smtp
from intake.notifications.render import Rendered

CALENDAR_NAME = "appointment.ics"
METHODS = ("REQUEST", "CANCEL", "PUBLISH")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, erratum 1690


NO_ANSWERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""No out-of-office answers, please (RFC 3834)."""


class DeliveryError(Exception):
    """A mail was not handed over. The message is a code word, such as "recipient-550"."""


class Retry(DeliveryError):
    """It may work later: the network, a temporary refusal, or a fault in our own set-up."""


class Refused(DeliveryError):
    """The server will never take this mail. `is_of_address`: as there is no such mailbox."""

    def __init__(self, word: str, *, is_of_address: bool = False) -> None:
        super().__init__(word)
        self.is_of_address = is_of_address


class Wire(EmailPolicy):
    """How headers are written: as SMTP wants them, but a link is left as it is.

    Python would cut a long one up as encoded words, which no mail program opens (RFC 2369).
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header with its line break."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


WIRE = Wire(linesep="\r\n")


class Mail(flask_mail.Message):
    """A mail whose text parts are quoted-printable: 7-bit, and no line over 76 characters."""

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        encoding = Charset("utf-8")
        encoding.body_encoding = QP
        part = MIMEText("", subtype, "utf-8")
        del part["Content-Transfer-Encoding"]
        part.set_payload(text or "", encoding)
        return part

    def as_bytes(self) -> bytes:
        """The mail as it goes over the wire."""
        return self._message().as_bytes(policy=WIRE)


def compose(
    message_id: UUID,
    to: str,
    rendered: Rendered,
    *,
    smtp: Smtp,
    sender_name: str,
    now: datetime,
    reply_to: str = "",
    unsubscribe: str = "",
    calendar: str = "",
    calendar_method: str = "",
) -> Mail:
    """The mail of one message; raises Refused for what is not one plain address.

    The Message-ID depends on the message alone, so a mail that goes out twice is known as one.
    """
    mail = Mail(
        subject=_one_line(rendered.subject),
        recipients=[_checked(to)],
        body=rendered.text,
        html=rendered.html,
        sender=formataddr((_one_line(sender_name), smtp.sender)),
        reply_to=_checked(reply_to) if reply_to else None,
        date=now.timestamp(),
        extra_headers={**NO_ANSWERS, **_one_click(unsubscribe)},
    )
    mail.msgId = f"<{message_id}@{sender_domain(smtp)}>"
    if calendar:
        _add_calendar(mail, calendar, calendar_method)
    return mail


def _one_click(address: str) -> dict[str, str]:
    """The headers by which mail programs offer to stop mails of this kind (RFC 8058)."""
    if not address:
        return {}
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def sender_domain(smtp: Smtp) -> str:
    """The domain we send for; it stands in for the name of this machine, which is nobody's."""
    return smtp.sender.rpartition("@")[2]


def _add_calendar(mail: Mail, calendar: str, method: str) -> None:
    """Once beside text and HTML, which mail programs act on, and once as a file to keep."""
    if method not in METHODS:
        raise ValueError("unknown calendar method")
    mail.alts[f"calendar; method={method}"] = calendar
    kind = f"text/calendar; method={method}; charset=utf-8"
    mail.attach(CALENDAR_NAME, kind, calendar.encode())


def _checked(address: str) -> str:
    """One address with an ASCII domain, so that no list and no comment gets into a header."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise Refused("address") from None
    if len(plain) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(plain):
        raise Refused("address")
    return plain


def _one_line(text: str) -> str:
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


class Connection(flask_mail.Connection):
    """Flask-Mail's connection with time-outs, verified certificates and our own greeting."""

    def __init__(self, mail: Any, smtp: Smtp) -> None:
        super().__init__(mail)
        self.smtp = smtp

    def configure_host(self) -> smtplib.SMTP:
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

    def _connect(self) -> smtplib.SMTP:
        address = (self.smtp.host, self.smtp.port)
        options: dict[str, Any] = {
            "local_hostname": sender_domain(self.smtp),
            "timeout": self.smtp.timeout,
        }
        if self.smtp.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(*address, context=context, **options)
        return smtplib.SMTP(*address, **options)


class Transport:
    """One connection to the mail server, opened at the first mail and used for those after it."""

    def __init__(self, mail: Any, smtp: Smtp) -> None:
        self._connection = Connection(mail, smtp)
        self._sender = smtp.sender

    def send(self, mail: Mail) -> None:
        """Hand over one mail; raises Retry or Refused, and then opens anew for the next one."""
        self._open()
        try:
            self._connection.send(mail, envelope_from=self._sender)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise _sorted(error) from None

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

    def _open(self) -> None:
        if self._connection.host is not None:
            return
        try:
            self._connection.host = self._connection.configure_host()
        except (OSError, smtplib.SMTPException) as error:
            # Whatever is wrong before a mail was shown says nothing against the mail.
            raise Retry(_code_word(error)) from None


def _sorted(error: OSError | smtplib.SMTPException) -> DeliveryError:
    """A final answer to the recipient or the text refuses the mail; all else may pass."""
    word = _code_word(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        is_final = word.rpartition("-")[2].startswith("5")
        return Refused(word, is_of_address=_is_unknown(error)) if is_final else Retry(word)
    return Retry(word)


def _is_unknown(error: smtplib.SMTPException) -> bool:
    """Whether a refusal speaks against the address itself (RFC 3463 section 3.2).

    The plain number does not tell: 550 is also the answer of a relay that does not know us.
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    _number, words = next(iter(error.recipients.values()))
    return words.startswith(b"5.1.")


def _code_word(error: OSError | smtplib.SMTPException) -> str:
    """Which step failed and the server's number; never its words, which may quote an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"recipient-{next(iter(error.recipients.values()))[0]}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{_STEPS.get(type(error), 'answer')}-{error.smtp_code}"
    return next((word for kind, word in _FAULTS if isinstance(error, kind)), "network")


_STEPS: dict[type[smtplib.SMTPException], str] = {
    smtplib.SMTPAuthenticationError: "login",
    smtplib.SMTPConnectError: "greeting",
    smtplib.SMTPHeloError: "greeting",
    smtplib.SMTPSenderRefused: "sender",
    smtplib.SMTPDataError: "data",
}
_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPNotSupportedError, "not-offered"),
    (smtplib.SMTPServerDisconnected, "disconnected"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "unreachable"),
)
