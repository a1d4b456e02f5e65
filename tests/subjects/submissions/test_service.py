import threading

from sqlalchemy import func, select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.submissions import service
from intake.submissions.models import Submission
from tests import factories
from tests.factories import MONDAY_MORNING as NOW


def names():
    return sorted(db.session.scalars(select(Message.name)).all())


def test_sending_queues_a_receipt_and_a_notice_to_staff(app):
    submission = factories.sent()
    assert submission.status == "new"
    assert names() == ["new_submission", "received"]


def test_without_permission_no_mail_goes_to_the_patient(app):
    factories.sent(contact_by=["call"])
    assert names() == ["new_submission"]


def test_sending_twice_sends_once(app):
    submission = factories.sent()
    with unit_of_work():
        assert service.submit(submission, current_clinic(), now=NOW) is False
    assert names() == ["new_submission", "received"]


def test_a_failed_sending_leaves_no_mail_behind(app, monkeypatch):
    draft = factories.fill(factories.begin())
    try:
        with unit_of_work():
            service.submit(draft, current_clinic(), now=NOW)
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert names() == []


def test_sixteen_at_once_send_once(app):
    draft_id = factories.fill(factories.begin()).id
    db.session.remove()
    results = []

    def send():
        with app.app_context(), unit_of_work():
            draft = db.session.get_one(Submission, draft_id, with_for_update=True)
            results.append(service.submit(draft, current_clinic(), now=NOW))

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 15 + [True]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 2


def test_a_note_is_sealed_and_names_its_author(app):
    submission, author = factories.sent(), factories.user()
    with unit_of_work():
        note = service.add_note(submission, "Prefers mornings", author=author, now=NOW)
    assert note.body == "Prefers mornings"
    assert b"mornings" not in note.body_sealed
    assert note.author_id == author.id
