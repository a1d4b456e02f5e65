"""What a patient can do about their own data: see it, take the request back, ask to be deleted."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.retention import purge
from intake.scheduling import service as booking
from intake.submissions import own_links
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import appointment_of, mails
from tests.factories import MONDAY_MORNING
from tests.rules.test_routes import everything
from tests.web.patient import journey

RIGHT = {"dob_month": "3", "dob_day": "27", "dob_year": "1985"}


@pytest.fixture(autouse=True)
def morning(app):
    with time_machine.travel(MONDAY_MORNING, tick=False) as now:
        yield now


@pytest.fixture
def submission(morning) -> Submission:
    """Somebody who asked for a time and was told of the link by their receipt."""
    draft = factories.fill(factories.begin())
    with unit_of_work():
        about = {"now": MONDAY_MORNING, "time_zone": "America/Chicago", "channel": "phone"}
        booking.hold(draft, factories.free_keys()[0], current_clinic(), **about)
        booking.keep_for_sending(draft, now=MONDAY_MORNING)
    return factories.submit(draft)


def path_of(submission: Submission, name: str = "received") -> str:
    (mail,) = mails(submission, name)
    path = urlsplit(mail.context["link"]).path
    assert re.fullmatch(r"/my-data/[\w-]{43}", path)
    return path


def again(submission: Submission) -> Submission:
    db.session.expire_all()
    return db.session.get_one(Submission, submission.id)


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def test_a_request_is_taken_back_in_two_steps(client, submission):
    page = client.get(path_of(submission) + "/withdraw")
    assert page.h1 == "Take back your request?"
    assert again(submission).status == "new"
    page = client.submit()
    assert "You took this request back" in page.text
    found = again(submission)
    assert (found.status, found.erasure_asked_at) == ("withdrawn", None)
    assert (appointment_of(found).status, appointment_of(found).changed_by) == (
        "released",
        "patient",
    )
    states = {mail.name: mail.state for mail in mails(found)}
    assert states["received"] == "cancelled"
    assert states["withdrawn"] == states["request_withdrawn"] == "queued"


def test_a_second_click_changes_nothing_more(client, submission):
    path = path_of(submission) + "/withdraw"
    client.get(path)
    client.submit()
    before = everything()
    client.post(path, {})
    counted = {"allowances"}
    after = everything()
    assert {name for name in after if after[name] != before[name]} <= counted


def test_looking_at_the_pages_changes_nothing(client, submission):
    path, before = path_of(submission), everything()
    for page in ("", "/withdraw", "/delete", "/copy", "/copy.json"):
        client.get(path + page)
        client.client.head(path + page)
    assert everything() == before


def test_the_browser_that_sent_it_can_take_it_back_and_have_it_deleted(client):
    journey.to_done(client)
    assert client.get("/request/withdraw").h1 == "Take back your request?"
    page = client.submit(erase="yes")
    assert page.h1 == "You took your request back"
    assert "You asked us to delete" in page.text
    found = db.session.scalars(select(Submission)).one()
    assert found.erasure_asked_at is not None
    assert len(mails(found, "erasure_asked")) == 1


def test_a_booked_call_is_cancelled_first(client, submission):
    link = path_of(submission)
    with unit_of_work():
        again(submission).status = "booked"
    assert "After that you can take your request back here" in client.get(link).text
    client.post(link + "/withdraw", {})
    assert again(submission).status == "booked"


def test_what_was_told_is_shown_to_who_knows_the_date_of_birth(client, submission):
    path = path_of(submission) + "/copy"
    assert "Whitfield" not in client.get(path).text
    page = client.submit(**{**RIGHT, "dob_day": "28"})
    assert "not the date of birth we know" in page.text
    assert client.get(path + ".json").h1 == "See what you told us"
    client.get(path)
    page = client.submit(**RIGHT)
    assert page.h1 == "What you told us"
    for words in ("Whitfield", "March 27, 1985", "Little interest or pleasure", "Several days"):
        assert words in page.text


def test_the_file_holds_every_stored_answer(client, submission, morning):
    client.get(path_of(submission) + "/copy")
    client.submit(**RIGHT)
    answer = client.client.get(path_of(submission) + "/copy.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    told = list(leaves(json.loads(answer.get_data(as_text=True))))
    for stored in (submission.contact, submission.answers):
        assert [each for each in leaves(stored) if each not in told] == []
    morning.shift(901)
    assert client.get(path_of(submission) + "/copy").h1 == "See what you told us"


def test_everybody_who_asks_for_a_link_reads_the_same(client, submission, monkeypatch):
    monkeypatch.setattr("intake.patient.lost_link.ANSWER_AFTER", 0)
    answers = []
    for address in ("Dana@Example.org", "nobody@example.org"):
        client.get("/my-data")
        answers.append(client.submit(email=address).text)
    assert answers[0] == answers[1]
    (mail,) = db.session.scalars(select(Message).where(Message.name == "own_data"))
    assert mail.recipient == "dana@example.org"
    assert client.get(path_of(submission, "own_data")).h1 == "Your request and your data"


def test_a_link_ends_and_offers_a_new_one(client, submission, morning):
    path = path_of(submission)
    morning.shift(own_links.WORKS_FOR)
    assert client.get(path).path == "/my-data?gone=1"
    gone = purge.run(current_clinic(), now=MONDAY_MORNING + own_links.WORKS_FOR)
    assert gone["links to own data"] == 1


def test_the_wish_to_be_deleted_is_told_once(client, submission):
    for _ in range(2):
        client.get(path_of(submission) + "/delete")
        client.post(path_of(submission) + "/delete", {})
    assert again(submission).erasure_asked_at == MONDAY_MORNING
    assert len(mails(submission, "erasure_asked")) == 1
