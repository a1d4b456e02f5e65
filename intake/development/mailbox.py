"""Reading the mails that the catcher has kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

NAME = re.compile(r"(\d{8}T\d{12}Z)-\d{1,9}", re.ASCII)
MOST_LISTED = 200


class NoSuchMail(Exception):
    """There is no mail of this name; names are never used as paths before they are checked."""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class CaughtMail:
    """One mail as the pages show it."""

    name: str
    caught_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]


def newest_mails(folder: Path) -> list[CaughtMail]:
    """The latest mails, newest first, at most 200."""
    names = sorted(
        (path.stem for path in folder.glob("*.eml") if NAME.fullmatch(path.stem)), key=_order
    )
    return [read_mail(folder, name) for name in reversed(names[-MOST_LISTED:])]


def read_mail(folder: Path, name: str) -> CaughtMail:
    """One mail by its name; raises NoSuchMail."""
    match = NAME.fullmatch(name)
    path = folder / f"{name}.eml"
    if match is None or not path.is_file():
        raise NoSuchMail
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    return CaughtMail(
        name=name,
        caught_at=datetime.strptime(match[1], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC),
        sender=str(mail["From"] or ""),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
        attachments=tuple(_attachments(mail.walk())),
        headers=tuple((name, str(value)) for name, value in mail.items()),
    )


def _order(name: str) -> tuple[str, int]:
    moment, _, number = name.rpartition("-")
    return moment, int(number)


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return "" if part is None else "\n".join(str(part.get_content()).splitlines())


def _attachments(parts: Iterable[EmailMessage]) -> Iterable[Attachment]:
    for part in parts:
        name = part.get_filename()
        if name:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            yield Attachment(name, part.get_content_type(), content)
