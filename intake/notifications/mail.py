"""Writing a mail as it goes over the wire: fixed headers, text and HTML, a calendar file.

Python's own writer parses every header again each time, which took most of the worker's time.
"""

import re
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.base64mime import body_encode
from email.utils import format_datetime, formataddr
from functools import lru_cache
from uuid import UUID

import flask_mail

from config import Smtp
from intake.notifications.faults import Refused
from intake.notifications.render import Rendered

CALENDAR_NAME = "appointment.ics"
METHODS = ("REQUEST", "CANCEL", "PUBLISH")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, erratum 1690
FOLDED = ("Subject", "From", "Reply-To")
"""Headers that may hold other letters; they seldom change. A long link must stay in one piece:
no mail program opens one that was cut up (RFC 2369)."""


NO_ANSWERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""No out-of-office answers, please (RFC 3834)."""


class Mail(flask_mail.Message):
    """A mail of plain ASCII bytes, no line of its text over 76 characters."""

    def as_bytes(self) -> bytes:
        """The mail as it goes over the wire."""
        return self._head() + self._body()

    def _head(self) -> bytes:
        assert self.date is not None
        headers = {
            "Subject": self.subject,
            "From": self.sender,
            "To": ", ".join(map(str, self.recipients)),
            "Date": format_datetime(datetime.fromtimestamp(self.date).astimezone()),
            "Message-ID": self.msgId,
            "Reply-To": self.reply_to,
            "MIME-Version": "1.0",
            **(self.extra_headers or {}),
        }
        return _headers({name: str(value) for name, value in headers.items() if value})

    def _body(self) -> bytes:
        texts = _joined("alternative", [_text(kind, text) for kind, text in self._kinds().items()])
        files = [_file(each) for each in self.attachments]
        return _joined("mixed", [texts, *files]) if files else texts

    def _kinds(self) -> dict[str, str]:
        return {"plain": self.body or "", **self.alts}


def _headers(values: Mapping[str, str]) -> bytes:
    return b"".join(
        _folded(name, value) if name in FOLDED else f"{name}: {value}\r\n".encode("ascii")
        for name, value in values.items()
    )


@lru_cache(maxsize=64)
def _folded(name: str, value: str) -> bytes:
    """A header in ASCII, over as many lines as it takes."""
    folded: str = policy.SMTP.header_factory(name, value).fold(policy=policy.SMTP)
    return folded.encode("ascii")


def _text(kind: str, text: str) -> bytes:
    """A part in quoted-printable."""
    headers = {
        "Content-Type": f'text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
    }
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return _headers(headers) + b"\r\n" + b2a_qp(lines.encode())


def _file(attached: flask_mail.Attachment) -> bytes:
    headers = {
        "Content-Type": attached.content_type,
        "Content-Transfer-Encoding": "base64",
        "Content-Disposition": f'attachment; filename="{attached.filename}"',
    }
    data = attached.data.encode() if isinstance(attached.data, str) else attached.data
    return _headers(headers) + b"\r\n" + body_encode(data, eol="\r\n").encode("ascii")


def _joined(kind: str, parts: list[bytes]) -> bytes:
    """Parts in one, with its headers. The line between them cannot be in a part: neither
    quoted-printable nor base64 ever holds "=_" (RFC 2045 section 6.7)."""
    line = f"=_{kind}"
    head = _headers({"Content-Type": f'multipart/{kind}; boundary="{line}"'})
    between = f"\r\n--{line}".encode()
    return head + between + between.join(b"\r\n" + part for part in parts) + between + b"--\r\n"


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
