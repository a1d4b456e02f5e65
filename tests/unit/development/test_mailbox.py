"""Reading caught mails: order, parts, and names that are not names."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.development.mailbox import MOST_LISTED, NoSuchMail, newest_mails, read_mail

NAME = "20261123T150000000000Z-1"


def keep(folder: Path, name: str = NAME, subject: str = "Hello") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "desk@example.com", "dana@example.com", subject
    mail.set_content("One\n\nTwo – ñ\n")
    mail.add_alternative("<p>One</p>", subtype="html")
    mail.add_attachment(b"BEGIN", maintype="text", subtype="calendar", filename="a.ics")
    (folder / f"{name}.eml").write_bytes(mail.as_bytes())


def test_a_mail_is_told_apart_into_its_parts(tmp_path: Path) -> None:
    keep(tmp_path)
    mail = read_mail(tmp_path, NAME)
    assert (mail.sender, mail.to, mail.subject) == ("desk@example.com", "dana@example.com", "Hello")
    assert mail.text == "One\n\nTwo – ñ"
    assert mail.html == "<p>One</p>"
    assert [(file.name, file.kind, file.content) for file in mail.attachments] == [
        ("a.ics", "text/calendar", b"BEGIN")
    ]
    assert ("To", "dana@example.com") in mail.headers
    assert mail.caught_at.isoformat() == "2026-11-23T15:00:00+00:00"


def test_the_newest_mail_is_the_first(tmp_path: Path) -> None:
    for name in (
        "20261123T150000000000Z-9",
        "20261123T150000000000Z-10",
        "20261122T000000000000Z-11",
    ):
        keep(tmp_path, name)
    assert [mail.name[-2:] for mail in newest_mails(tmp_path)] == ["10", "-9", "11"]


def test_a_list_has_an_end(tmp_path: Path) -> None:
    for number in range(MOST_LISTED + 1):
        (tmp_path / f"20261123T150000000000Z-{number}.eml").write_bytes(b"Subject: x\n\n")
    assert len(newest_mails(tmp_path)) == MOST_LISTED


def test_a_folder_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert newest_mails(tmp_path / "mail") == []


def test_other_files_are_no_mails(tmp_path: Path) -> None:
    (tmp_path / "notes.eml").write_text("x")
    (tmp_path / f"{NAME}.part").write_text("x")
    assert newest_mails(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "../keys",
        f"../{NAME}",
        f"{NAME}/..",
        f"{NAME}\n",
        f"{NAME}\0",
        NAME + "9",
        "/etc/passwd",
    ],
)
def test_only_names_of_mails_are_looked_up(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    keep(folder)
    keep(tmp_path)
    with pytest.raises(NoSuchMail):
        read_mail(folder, name)
