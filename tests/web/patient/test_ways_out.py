"""The buttons that end a page before it is finished: what was typed stays, and danger counts."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from intake.core.db import db
from intake.notifications.models import Message
from intake.scheduling.models import Appointment
from intake.submissions.models import Submission
from tests.appointments import leave_one_provider
from tests.browse import Browser, Page
from tests.web.patient import journey
from tests.web.patient.test_steps import CALL

LANGUAGES = ("en", "es")


def submission() -> Submission:
    return db.session.scalars(select(Submission)).one()


def urgent_mails() -> int:
    return len(db.session.scalars(select(Message.id).where(Message.name == "urgent")).all())


def buttons(page: Page) -> Mapping[str, str]:
    """The buttons of the page's form that leave it, by value."""
    form = page.main_form()
    found = [item for item in form.iter() if item.get("name") == "leave"]
    return {item.get("value", ""): item.tag.rsplit("}")[-1] for item in found}


def test_question_pages_end_with_buttons_that_take_what_was_typed(client: Browser) -> None:
    both = {"call-me": "button", "save": "button"}
    client.get("/request/start")
    assert buttons(client.page) == {"call-me": "button"}
    assert buttons(client.submit(**journey.START)) == both
    assert buttons(client.submit(**journey.CONTACT)) == {"save": "button"}
    assert buttons(client.submit(**journey.NO_THOUGHTS)) == both
    assert buttons(journey.skip_to(client, "/request/times")) == both


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_right_is_kept_and_the_rest_is_asked_later(client: Browser, language: str) -> None:
    client.get(f"/?lang={language}")
    journey.to_contact(client, conditions=["depression"])
    client.submit(**journey.CONTACT)
    if language == "en":
        client.submit(**journey.NO_THOUGHTS)
    page = client.submit(q1="1", q2="7", q3="2", leave="save")
    assert page.path == "/request/save"
    assert submission().answers["phq9"] == {"q1": 1, "q3": 2}
    page = client.get("/request/check")
    assert page.path == "/request/screening/phq9"
    assert (page.fields()["q1"], page.fields()["q3"]) == (["1"], ["2"])
    assert "q2" not in page.fields()
    page = client.submit(**{f"q{number}": "0" for number in range(1, 10)})
    assert page.path == "/request/screening/gad7"


def test_what_applies_is_kept_though_none_of_these_is_ticked_too(client: Browser) -> None:
    journey.to_screening(client)
    journey.skip_to(client, "/request/health")
    page = client.submit(med_classes=["benzo", "none"])
    assert "not both" in page.text
    assert client.submit(leave="save").path == "/request/save"
    assert submission().answers["ketamine_safety_screen"] == {"med_classes": ["benzo"]}
    assert client.get("/request/check").path == "/request/health"


def test_further_questions_are_taken_up_where_they_were_left(client: Browser) -> None:
    journey.to_screening(client)
    client.submit(q1="1", q2="1")
    page = client.submit(q3="1", leave="save")
    assert page.path == "/request/save"
    page = client.get("/request/check")
    assert page.path == "/request/more/phq9"
    assert page.fields()["q3"] == ["1"]


def test_a_whole_page_counts_as_finished(client: Browser) -> None:
    journey.to_screening(client)
    assert client.submit(q1="0", q2="0", leave="save").path == "/request/save"
    assert client.get("/request/check").path == "/request/screening/peg"


def test_nothing_typed_leaves_the_page_open(client: Browser) -> None:
    journey.to_screening(client)
    assert client.submit(leave="save").path == "/request/save"
    assert "phq9" not in submission().answers
    assert client.get("/request/check").path == "/request/screening/phq9"


def test_a_page_about_the_person_is_kept_without_its_errors(client: Browser) -> None:
    journey.to_contact(client)
    wrong = {"phone": "12", "dob_year": "19", "email": "dana@"}
    typed = {**journey.CONTACT, **wrong, "consent_privacy": None}
    page = client.submit(**typed, leave="save")
    assert page.path == "/request/save"
    assert "contact" not in submission().contact
    page = client.get("/request/check")
    assert page.path == "/request/contact"
    assert "There is a problem" not in page.text
    assert page.fields()["given_name"] == ["Dana"]
    assert page.fields()["contact_by"] == ["call", "email"]
    assert {name: page.fields()[name] for name in wrong} == {k: [v] for k, v in wrong.items()}
    assert client.submit(**journey.CONTACT).path == "/request/safety"
    assert "contact" not in submission().contact["unfinished"]


def test_a_change_that_was_left_is_asked_about_again(client: Browser) -> None:
    journey.to_check(client)
    client.get("/request/contact?from=check")
    client.submit(given_name="Dee", phone="12", leave="save")
    assert submission().contact["contact"]["given_name"] == "Dana"
    page = client.get("/request/check")
    assert page.path == "/request/contact"
    assert page.fields()["given_name"] == ["Dee"]


def test_the_short_way_takes_over_what_was_typed(client: Browser) -> None:
    journey.to_contact(client, for_whom="someone_else")
    page = client.submit(given_name="Dana", phone="312 555", leave="call-me")
    assert page.path == "/request/call-me"
    assert page.fields()["given_name"] == ["Dana"]
    assert page.fields()["phone"] == ["312 555"]
    assert page.fields()["conditions"] == ["chronic_pain"]


def test_the_short_way_takes_over_a_first_page_in_part(client: Browser) -> None:
    client.get("/request/start")
    page = client.submit(conditions=["ptsd"], for_whom="someone_else", leave="call-me")
    assert page.path == "/request/call-me"
    assert page.fields()["conditions"] == ["ptsd"]
    assert "means the person you are asking for" in page.text
    page = client.get("/request/check")
    assert page.path == "/request/start"
    assert page.fields()["for_whom"] == ["someone_else"]


def test_nothing_is_kept_of_a_child_who_leaves(client: Browser) -> None:
    client.get("/request/start")
    page = client.submit(conditions=["ptsd"], age18="no", leave="call-me")
    assert page.path.startswith("/not-for-you")
    assert db.session.scalars(select(Submission)).all() == []


def test_neither_is_of_one_whose_birth_date_says_so(client: Browser) -> None:
    journey.to_contact(client)
    page = client.submit(**{**journey.CONTACT, "dob_year": "2012"})
    assert "for people 18 or older" in page.text
    page = client.submit(leave="save")
    assert page.h1 == "This form is for adults"
    assert set(submission().contact) == {"start"}


def test_a_time_in_part_is_kept_but_not_held(client: Browser) -> None:
    journey.to_times(client)
    page = client.submit(slot="none", needs="Large print" + "." * 500, leave="save")
    assert page.path == "/request/save"
    page = client.get("/request/check")
    assert page.path == "/request/times"
    assert page.fields()["slot"] == ["none"]
    assert "Large print" in page.text
    assert db.session.scalars(select(Appointment.status)).all() == []


def test_a_chosen_time_is_held_for_whoever_takes_the_short_way(client: Browser) -> None:
    journey.to_times(client)
    radios = [item.get("value") for item in client.page.all("input") if item.get("name") == "slot"]
    page = client.submit(slot=radios[0], channel="phone", leave="call-me")
    assert page.path == "/request/call-me"
    assert db.session.scalars(select(Appointment.status)).one() == "hold"


def to_trauma(client: Browser, **contact: object) -> Page:
    """The page on stressful experiences, begun by somebody with these details."""
    journey.to_contact(client, conditions=["ptsd"])
    client.submit(**{**journey.CONTACT, **contact})
    client.submit(**journey.NO_THOUGHTS)
    return journey.skip_to(client, "/request/screening/pc_ptsd_5")


@pytest.mark.parametrize(
    ("allowed", "mails", "words"),
    [
        (["call", "email"], 1, "We email you a link to go on later."),
        (["call"], 0, "You cannot open this form again after that."),
    ],
)
def test_leaving_in_haste_keeps_what_was_typed_and_shows_the_weather(
    client: Browser, allowed: list[str], mails: int, words: str
) -> None:
    shown = to_trauma(client, contact_by=allowed)
    assert words in shown.text
    page = client.submit(exposure="yes", leave="away")
    assert page.headers["Refresh"] == "0; url=https://www.weather.gov/"
    assert "Iconic" not in page.text
    assert submission().answers["pc_ptsd_5"] == {"exposure": "yes"}
    links = db.session.scalars(select(Message.id).where(Message.name == "resume")).all()
    assert len(links) == mails
    assert client.get("/request/save").path == "/request/start"
    client.page = shown
    assert "Refresh" in client.submit(leave="away").headers  # also when nothing is open any more


def test_leaving_in_haste_after_sending_says_that_we_have_it(client: Browser) -> None:
    journey.to_done(client, conditions=["ptsd"])
    page = client.get("/request/screening/pc_ptsd_5")
    assert "Your request is with us already." in page.text
    page = client.submit(exposure="no", leave="away")
    assert page.headers["Refresh"] == "0; url=https://www.weather.gov/"
    assert submission().answers["pc_ptsd_5"] == {"exposure": "no"}
    assert client.get("/request/done").path == "/"


@pytest.mark.parametrize("leave", ["save", "call-me"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_counts_as_with_continue(client: Browser, language: str, leave: str) -> None:
    client.get(f"/?lang={language}")
    journey.to_contact(client, conditions=["depression"])
    client.submit(**journey.CONTACT)
    if language == "en":
        client.submit(**journey.NO_THOUGHTS)
    page = client.submit(q1="3", q9="2", leave=leave)
    assert page.path == "/request/help-now"
    assert (submission().level, urgent_mails()) == ("urgent", 1)
    page = client.get("/request/check")
    assert page.path == "/request/screening/phq9"
    assert page.fields()["q9"] == ["2"]


@pytest.mark.parametrize("leave", ["save", "call-me", "away"])
def test_a_sign_of_danger_counts_whatever_else_is_ticked(client: Browser, leave: str) -> None:
    journey.to_screening(client, conditions=["migraine"])
    journey.skip_to(client, "/request/screening/headache_burden")
    page = client.submit(emergency_now=["no", "yes"], headache_days="99", leave=leave)
    assert page.path == "/request/help-now"
    assert submission().answers["headache_burden"] == {"emergency_now": "yes"}
    assert (submission().level, urgent_mails()) == ("urgent", 1)


def test_a_yes_to_safety_counts_as_with_continue(client: Browser) -> None:
    journey.to_safety(client)
    page = client.submit(q3="yes", leave="save")
    assert page.path == "/request/more/asq"
    assert (submission().level, urgent_mails()) == ("urgent_acute", 1)


def test_safety_in_part_is_asked_again(client: Browser) -> None:
    journey.to_safety(client)
    assert client.submit(q1="no", leave="save").path == "/request/save"
    page = client.get("/request/check")
    assert page.path == "/request/safety"
    assert page.fields()["q1"] == ["no"]


def test_skipping_a_page_that_was_left_keeps_its_answers(client: Browser) -> None:
    journey.to_screening(client)
    client.submit("skip")
    client.submit(p="3", leave="save")
    client.get("/request/screening/peg")
    assert client.submit("skip").path == "/request/screening/pain_profile"
    assert submission().answers["peg"] == {"p": 3}


def test_who_leaves_is_not_stopped_by_a_time_that_is_gone(client: Browser, app: Flask) -> None:
    leave_one_provider()
    journey.to_times(client)
    radios = [item.get("value") for item in client.page.all("input") if item.get("name") == "slot"]
    other = Browser(app)
    journey.to_times(other)
    other.submit(slot=radios[0], channel="phone")
    page = client.submit(slot=radios[0], channel="video", leave="save")
    assert page.path == "/request/save"
    page = client.get("/request/check")
    assert page.path == "/request/times"
    assert page.fields()["channel"] == ["video"]
    assert "slot" not in page.fields()


def test_the_short_way_can_be_left_too(client: Browser) -> None:
    client.get("/request/call-me")
    assert client.submit(**CALL).path == "/request/safety"
    page = client.submit(q1="no", leave="save")
    assert page.path == "/request/save"
    assert "Use the same browser to come back." in page.text
    assert "email" not in page.text
    assert client.get("/request/done").path == "/request/safety"
