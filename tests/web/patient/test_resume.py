"""Save and come back: the link leads back whoever knows the date of birth, and nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.tokens import token_hash
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.submissions import resume
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser, Page
from tests.factories import MONDAY_MORNING as NOW
from tests.web.patient import journey

BIRTHDAY = {"dob_month": "3", "dob_day": "27", "dob_year": "1985"}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def other(app: Flask) -> Browser:
    """Another phone."""
    return Browser(app)


def mailed() -> Message:
    query = select(Message).where(Message.name == "resume").order_by(Message.created_at.desc())
    return db.session.scalars(query).first()


def path_in(message: Message) -> str:
    return re.search(r"(/resume/\S+)", render("resume", message.context, "en").text)[1]


def saved(client: Browser) -> str:
    """The path of the link that is mailed to somebody who answered about safety."""
    journey.to_screening(client)
    client.get("/request/save")
    client.submit()
    return path_in(mailed())


def stored() -> Submission:
    return db.session.scalars(select(Submission)).one()


def test_every_page_after_contact_offers_to_save(client: Browser) -> None:
    journey.to_screening(client)
    page = client.submit(leave="save")
    assert page.path == "/request/save"
    assert page.h1 == "Your answers are saved"
    assert "until Monday, December 7" in page.text
    assert "dana@example.org" in page.text


def test_a_link_is_mailed_in_the_patients_language(client: Browser) -> None:
    journey.to_screening(client)
    client.get("/request/save?lang=es")
    page = client.submit()
    assert "Estamos enviando un enlace a dana@example.org" in page.text
    message = mailed()
    assert (message.recipient, message.language) == ("dana@example.org", "es")
    assert "lang=es" in path_in(message)


def test_before_there_is_an_address_nothing_is_mailed(client: Browser) -> None:
    journey.to_contact(client)
    page = client.get("/request/save")
    assert "Once you finish the page with your email address" in page.text
    page = client.post("/request/save", {})
    assert page.status == 200
    assert mailed() is None


def test_the_link_goes_on_in_another_browser_and_ends_the_first(
    client: Browser, other: Browser
) -> None:
    path = saved(client)
    page = other.get(path)
    assert page.h1 == "Go on with your form"
    page = other.submit(**BIRTHDAY)
    assert page.path == "/request/screening/phq9"
    assert client.get("/request/health").path == "/request/start"


def test_it_goes_on_in_the_language_of_the_request(client: Browser, other: Browser) -> None:
    path = saved(client)
    with unit_of_work():
        stored().language = "es"
    other.get(path.split("?")[0])
    page = other.submit(**BIRTHDAY)
    assert page.tree.get("lang") == "es"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_link_changes_nothing(client: Browser, other: Browser, method: str) -> None:
    path = saved(client)
    before = (stored().cookie_hash, stored().resume_hash, stored().version)
    entries = db.session.scalars(select(AuditEntry.seq)).all()
    assert other.client.open(path, method=method).status_code == 200
    db.session.rollback()
    assert (stored().cookie_hash, stored().resume_hash, stored().version) == before
    assert db.session.scalars(select(AuditEntry.seq)).all() == entries
    assert other.get("/request/check").path == "/request/start"


def test_only_a_hash_of_the_link_is_kept(client: Browser) -> None:
    token = saved(client).split("?")[0].removeprefix("/resume/")
    assert len(token) == 43
    assert stored().resume_hash not in (token, token_hash(token))


def test_another_date_of_birth_opens_nothing_and_is_counted(
    client: Browser, other: Browser
) -> None:
    path = saved(client)
    for _ in range(5):
        other.get(path)
        page = other.submit(**BIRTHDAY | {"dob_day": "28"})
        assert "This is not the date of birth we know" in page.text
    other.get(path)
    assert other.submit(**BIRTHDAY).status == 429
    assert other.get("/request/check").path == "/request/start"


def test_a_right_one_does_not_count(client: Browser, app: Flask) -> None:
    path = saved(client)
    for _ in range(8):
        browser = Browser(app)
        browser.get(path)
        assert browser.submit(**BIRTHDAY).status == 200


def test_a_new_link_ends_the_one_before_and_stops_its_mail(client: Browser, other: Browser) -> None:
    first = saved(client)
    message = mailed()
    client.get("/request/save")
    client.submit()
    assert other.get(first).status == 410
    db.session.refresh(message)
    assert message.state == "cancelled"


def test_a_link_expires_with_the_draft(client: Browser, other: Browser, monday) -> None:
    path = saved(client)
    monday.move_to(NOW + timedelta(days=14))
    assert other.get(path).status == 410


def test_an_unknown_link_says_so(client: Browser) -> None:
    page = client.get("/resume/" + "x" * 43)
    assert (page.status, page.h1) == (410, "This link no longer works")


def test_links_cannot_be_mailed_without_end(client: Browser) -> None:
    saved(client)
    statuses = [client.post("/request/save", {}).status for _ in range(3)]
    assert statuses == [200, 200, 429]


class TestAfterSending:
    def to_done(self, client: Browser) -> Page:
        return journey.to_done(client)

    def test_what_was_skipped_is_offered_and_can_be_answered(self, client: Browser) -> None:
        page = self.to_done(client)
        assert "If you like, answer a little more" in page.text
        assert "/request/screening/peg" in page.links()
        page = client.get("/request/screening/peg")
        assert "Step" not in page.text
        assert "/request/done" in page.links()
        page = client.submit(p="3", e="4", g="5")
        assert page.path == "/request/done"
        assert "/request/screening/peg" not in page.links()
        assert stored().answers["peg"] == {"p": 3, "e": 4, "g": 5}

    def test_skipping_again_leads_back(self, client: Browser) -> None:
        self.to_done(client)
        client.get("/request/health")
        assert client.submit("skip").path == "/request/done"

    def test_what_was_answered_is_not_shown_again(self, client: Browser) -> None:
        self.to_done(client)
        assert client.get("/request/safety").path == "/request/done"

    def test_what_an_answer_leads_to_is_asked_and_stays_open(self, client: Browser) -> None:
        self.to_done(client)
        client.get("/request/screening/phq9")
        page = client.submit(q1="2", q2="2")
        assert page.path == "/request/more/phq9"
        page = client.get("/request/done")
        assert "/request/more/phq9" in page.links()

    def test_danger_told_afterwards_is_heard(self, client: Browser) -> None:
        journey.to_done(client, conditions=["depression"])
        client.get("/request/screening/phq9")
        page = client.submit(**{f"q{n}": "0" for n in range(1, 9)}, q9="1")
        assert page.path == "/request/help-now"
        assert stored().level == "urgent"
        assert stored().is_flagged

    def test_who_took_the_short_way_is_offered_the_rest(self, client: Browser) -> None:
        client.get("/request/call-me")
        client.submit(
            **journey.CONTACT | {"contact_by": ["call"]}, conditions=["migraine"], age18="yes"
        )
        page = client.submit(**journey.NO_THOUGHTS)
        assert page.path == "/request/done"
        assert "/request/screening/headache_burden" in page.links()
        assert client.get("/request/health").path == "/request/health"

    def test_a_link_leads_to_the_confirmation(self, client: Browser, other: Browser) -> None:
        self.to_done(client)
        with unit_of_work():
            resume.mail_link(
                stored(), current_clinic(), to="dana@example.org", actor="system", now=NOW
            )
        other.get(path_in(mailed()))
        page = other.submit(**BIRTHDAY)
        assert page.path == "/request/done"
        assert "/request/screening/peg" in page.links()


@pytest.mark.parametrize("status", resume.OVER)
def test_a_request_that_is_over_has_no_link(app: Flask, other: Browser, status: str) -> None:
    submission = factories.sent()
    with unit_of_work():
        resume.mail_link(submission, current_clinic(), to="a@example.org", actor="system", now=NOW)
    path = path_in(mailed())
    with unit_of_work():
        into = submission.id if status == "merged" else None
        submission.status, submission.merged_into = status, into
    assert other.get(path).status == 410
    with unit_of_work(), pytest.raises(resume.NoAddress):
        resume.mail_link(submission, current_clinic(), to="a@example.org", actor="system", now=NOW)


def test_the_form_is_mailed_before_it_is_taken_off_the_screen(client: Browser) -> None:
    journey.to_screening(client)
    page = client.get("/request/save")
    assert "/request/leave" not in page.links()
    assert "We email you the link first" in page.text
    gone = client.post("/request/save", {"take_off": "1"})
    assert gone.headers["Refresh"] == "0; url=https://www.weather.gov/"
    assert path_in(mailed())
    assert client.get("/request/save").path == "/request/start"


def test_with_a_link_on_its_way_the_form_can_be_taken_off_at_once(client: Browser) -> None:
    saved(client)
    assert "/request/leave" in client.get("/request/save").links()


def test_who_wants_no_email_is_told_that_the_form_is_out_of_reach(client: Browser) -> None:
    journey.to_contact(client)
    client.submit(**{**journey.CONTACT, "contact_by": ["call"]})
    page = client.get("/request/save")
    assert "You cannot open this form again after that" in page.text
    assert "/request/leave" in page.links()
    assert mailed() is None


def test_mailing_the_link_is_what_the_page_asks_first(client: Browser) -> None:
    journey.to_screening(client)
    page = client.get("/request/save")
    [first] = [item for item in page.all("button") if "Email me a link" in (item.text or "")]
    assert first.get("class") == "btn"
    [quiet] = [item for item in page.all("a") if "Keep going now" in (item.text or "")]
    assert quiet.get("class") == "btn alt"
