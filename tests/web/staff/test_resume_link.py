"""Staff mail somebody a link to what was left open: with consent, and recorded."""

from sqlalchemy import select

from intake.core.db import db
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser
from tests.web.patient import journey
from tests.web.patient.test_steps import CALL
from tests.web.staff.people import actions
from tests.web.staff.test_record import path_of, see


def mails() -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.name == "resume")))


def test_staff_see_how_much_was_answered_but_only_clinicians_what_is_open(
    desk: Browser, clinician: Browser
) -> None:
    submission = factories.sent()
    text = see(desk, submission).text
    assert "Answered 2 of 7 parts." in text
    assert "Medical safety questions" not in text
    assert "Open: " in (text := see(clinician, submission).text)
    assert "Medical safety questions" in text


def test_where_nothing_is_left_of_the_short_way_nobody_is_sent_through_a_rest(
    desk: Browser, client: Browser
) -> None:
    client.get("/request/call-me")
    client.submit(**CALL)
    client.submit(**journey.NO_THOUGHTS)
    text = see(desk, db.session.scalars(select(Submission)).one()).text
    assert "Answered everything on the short way." in text
    assert "Go through the rest" not in text
    assert "Email was not allowed" not in text


def test_a_link_is_mailed_and_recorded(desk: Browser) -> None:
    submission = factories.sent()
    see(desk, submission)
    page = desk.post(path_of(submission) + "/resume-link", {})
    assert "Link to go on, to the patient: waiting to be sent" in page.text
    (message,) = mails()
    assert message.recipient == "dana@example.org"
    assert "resume link mailed" in actions()


def test_the_mail_says_nothing_about_health(desk: Browser) -> None:
    submission = factories.sent()
    see(desk, submission)
    desk.post(path_of(submission) + "/resume-link", {})
    (message,) = mails()
    mail = render("resume", message.context, "en")
    assert mail.subject == "Your saved form"
    for words in ("depress", "pain", "mood", "health", "safety", "Dana", submission.reference):
        assert words not in mail.text + mail.html, words


def test_without_consent_to_email_there_is_none(desk: Browser) -> None:
    submission = factories.sent(contact_by=["call"])
    page = see(desk, submission)
    assert "Email a link" not in page.text
    assert "Email was not allowed." in page.text
    assert desk.post(path_of(submission) + "/resume-link", {}).status == 409
    assert mails() == []


def test_a_double_click_leaves_one_mail_to_send(desk: Browser) -> None:
    submission = factories.sent()
    see(desk, submission)
    for _ in range(2):
        desk.post(path_of(submission) + "/resume-link", {})
    assert sorted(message.state for message in mails()) == ["cancelled", "queued"]
