"""Everything the clinic mails about, for one submission whose every answer is a secret word."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update

from intake.accounts import emails as account_emails
from intake.accounts.emails import FactorNews
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.development.example import example_user
from intake.notifications.models import Message
from intake.scheduling import asking, digest, reminders
from intake.scheduling import emails as call_emails
from intake.scheduling.models import Appointment
from intake.submissions import emails, failures, resume, staff_emails
from intake.submissions.address_tests import send_test
from intake.submissions.models import Acknowledgement, Submission
from intake.submissions.service import add_note
from tests import intakes
from tests.appointments import appointment_of, book
from tests.factories import MONDAY_MORNING as NOW

TEMPLATES = Path(__file__).parents[1] / "templates" / "emails"
KEPT = ("email", "contact_by", "time_zone", "channel", "phone_e164", "dob")
"""What mails need in order to be sent, or what must stay what it is to be read."""
CANARY = "zq{}canary"


def names() -> set[str]:
    """Every mail there is a template for."""
    return {path.name.removesuffix(".subject.txt") for path in TEMPLATES.glob("*.subject.txt")}


def submission_full_of_canaries(language: str) -> tuple[Submission, list[str]]:
    """Somebody with a booked call, and the words that stand where their answers were."""
    submission = book(intakes.full())
    numbers = count(1)
    words = ["1985-03-27", "3125550198"]  # what is kept may not leave either

    def canary(_old: object) -> str:
        words.append(CANARY.format(next(numbers)))
        return words[-1]

    with unit_of_work():
        submission.language = language
        submission.contact = _replaced(submission.contact, canary)
        submission.answers = _replaced(submission.answers, canary)
        submission.triage = _replaced(submission.triage, canary)
        add_note(submission, canary(None), author=example_user("desk@example.com"), now=NOW)
        submission.flagged_at = NOW
        db.session.execute(delete(Message))  # written before it was filled
    return submission, words


def _replaced(value: Any, canary: Any) -> Any:
    """The same shape with a canary for every leaf."""
    if isinstance(value, dict):
        return {
            key: each if key in KEPT else _replaced(each, canary) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_replaced(each, canary) for each in value]
    return canary(value)


def fire_all(submission: Submission) -> None:
    """Put every mail there is into the outbox, as the subjects do."""
    for fire in _events(submission):
        with unit_of_work():
            fire()
            news = update(Message).where(Message.topic.startswith("appointment:"))
            db.session.execute(news.values(topic=None))  # or the next one would stop it


def _events(submission: Submission) -> Iterator[Any]:
    clinic, appointment, user = (
        current_clinic(),
        appointment_of(submission),
        example_user("desk@example.com"),
    )
    entry = Acknowledgement(
        submission_id=submission.id, author_id=user.id, alarm=1, outcome="no_answer_again",
        closed=False, created_at=NOW, try_again_at=NOW,
    )  # fmt: skip
    about = (submission, appointment, clinic)
    yield lambda: emails.received(submission, clinic, now=NOW)
    yield lambda: staff_emails.new_submission(submission, clinic, now=NOW)
    times = {"was": NOW, "time": NOW + timedelta(days=1)}
    yield lambda: staff_emails.appointment_changed(submission, clinic, **times, now=NOW, key=":1")
    yield lambda: emails.closed(submission, clinic, now=NOW)
    yield lambda: emails.withdrawn(submission, clinic, now=NOW)
    yield lambda: emails.own_data(submission, clinic, to="dana@example.org", now=NOW)
    yield lambda: staff_emails.withdrawn(submission, clinic, now=NOW)
    yield lambda: staff_emails.erasure_asked(submission, clinic, now=NOW)
    yield lambda: staff_emails.urgent(submission, clinic, now=NOW)
    told = {"by": "Marta Ruiz", "recipients": ("desk@example.com",)}
    yield lambda: staff_emails.answers_opened(submission, clinic, **told, now=NOW)
    yield lambda: staff_emails.escalation(submission, clinic, now=NOW)
    yield lambda: staff_emails.broken_promise(submission, entry, clinic, now=NOW)
    yield lambda: resume.mail_link(
        submission, clinic, to="dana@example.org", actor="patient", now=NOW
    )
    yield lambda: call_emails.booked(*about, now=NOW)
    yield lambda: call_emails.moved(*about, was=NOW, now=NOW)
    yield lambda: call_emails.cancelled(*about, now=NOW)
    yield lambda: call_emails.restored(*about, now=NOW)
    yield lambda: call_emails.place_changed(*about, now=NOW)
    yield lambda: call_emails.link_again(*about, now=NOW)
    yield lambda: asking.ask_to_rebook(*about, now=NOW)
    yield lambda: asking.missed(*about, now=NOW)
    yield lambda: _offer(submission, appointment, clinic)
    yield lambda: reminders.renew(*about, now=NOW - timedelta(days=9))
    yield lambda: resume.mail_link(
        submission, clinic, to="dana@example.org", actor="system", now=NOW, tell=emails.unfinished
    )
    yield lambda: digest.send(clinic, now=NOW)
    yield lambda: _failures(clinic)
    yield lambda: send_test("desk@example.com", clinic, now=NOW)
    staff = {"clinic": clinic, "now": NOW}
    yield lambda: account_emails.invitation(user, "https://x.example/1", hours=24, **staff)
    yield lambda: account_emails.new_password(user, "https://x.example/2", minutes=30, **staff)
    yield lambda: account_emails.password_changed(user, **staff)
    yield lambda: account_emails.second_factor_changed(user, FactorNews.RESET, **staff)


def _failures(clinic: Clinic) -> None:
    """The notice that a mail did not arrive, which does arrive now."""
    first = db.session.scalars(select(Message).limit(1)).one()
    first.state = "failed"
    failures.send(clinic, now=NOW)
    first.state = "queued"


def _offer(submission: Submission, appointment: Appointment, clinic: Clinic) -> None:
    appointment.hold_expires_at = NOW + timedelta(hours=2)
    asking.earlier_time(submission, appointment, appointment, clinic, now=NOW)
