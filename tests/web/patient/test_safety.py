import pytest
from sqlalchemy import select

from intake.core.db import db
from intake.notifications.models import Message
from intake.submissions.models import Submission
from tests.web.patient import journey

CALL = (
    *("given_name", "family_name", "phone", "voicemail_ok", "best_time", "consent_privacy"),
    "contact_by",
)


def submission() -> Submission:
    return db.session.scalars(select(Submission)).one()


def level() -> str:
    return submission().level


def urgent_mails() -> int:
    return len(db.session.scalars(select(Message.id).where(Message.name == "urgent")).all())


def test_a_yes_asks_question_five_and_alerts_at_once(client):
    journey.to_safety(client)
    page = client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    assert page.path == "/request/more/asq"
    assert "Are you having thoughts of killing yourself right now?" in page.text
    assert (level(), urgent_mails()) == ("urgent_acute", 1)


def test_right_now_shows_help_and_never_blocks(client):
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    page = client.submit(q5="yes")
    assert page.path == "/request/help-now"
    assert page.h1 == "Please reach out for help now"
    assert {"tel:988", "sms:988", "tel:911"} <= set(page.links())
    onward = next(link for link in page.links() if link.startswith("/request/screening/"))
    assert client.get(onward).status == 200


def test_a_past_attempt_shows_the_calmer_page(client):
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q4": "yes"})
    page = client.submit(q5="no")
    assert page.h1 == "Support is available any time"
    assert level() == "urgent"


def test_refusing_to_answer_counts_as_a_yes(client):
    journey.to_safety(client)
    page = client.submit(**{**journey.NO_THOUGHTS, "q1": "declined"})
    assert page.path == "/request/more/asq"


def test_item_nine_alone_shows_help(client):
    journey.to_screening(client, conditions=["depression"])
    answers = {f"q{number}": "0" for number in range(1, 9)} | {"q9": "1"}
    page = client.submit(**answers)
    assert page.path == "/request/help-now"
    assert (level(), urgent_mails()) == ("urgent", 1)
    assert "/request/more/phq9" in page.links()


def test_emergency_headache_signs_show_911(client):
    journey.to_screening(client, conditions=["migraine"])
    journey.skip_to(client, "/request/screening/headache_burden")
    page = client.submit("leave_blank", emergency_now="yes")
    assert page.path == "/request/help-now"
    assert "tel:911" in page.links()
    assert "These can be signs of a medical emergency." in page.text


def test_medical_help_comes_first_when_it_was_just_asked_for(client):
    journey.to_screening(client, conditions=["depression", "migraine"])
    client.submit("leave_blank", q9="1")
    client.get("/request/screening/headache_burden")
    journey.skip_to(client, "/request/screening/headache_burden")
    page = client.submit("leave_blank", emergency_now="yes")
    assert page.h1 == "Please get medical help now"
    assert {"tel:911", "tel:988"} <= set(page.links())
    assert client.get("/request/help-now").h1 == "Support is available any time"


@pytest.mark.parametrize("right_now", [None, "declined", "no"])
def test_nobody_is_thanked_for_telling_what_they_did_not_tell(client, right_now):
    journey.to_safety(client)
    client.submit(**dict.fromkeys(journey.NO_THOUGHTS, "declined"))
    page = client.submit(q5=right_now) if right_now else client.get("/request/help-now")
    assert "You chose not to answer, and that is all right." in page.text
    assert "Thank you for" not in page.text


def test_who_asks_for_another_is_told_who_is_meant(client):
    meant = "“You” on this page means the person you are asking for."
    page = journey.to_contact(client, for_whom="someone_else")
    assert meant in page.text
    assert "The phone number and email address can be yours." in page.text
    client.submit(**journey.CONTACT)
    page = client.submit(**dict.fromkeys(journey.NO_THOUGHTS, "yes"))
    assert meant in page.text
    assert "Show them this page" in client.submit(q5="yes").text


def test_who_asks_for_themselves_is_not(client):
    assert "means the person" not in journey.to_safety(client).text


def test_the_short_way_remembers_for_whom_they_ask(client):
    journey.to_contact(client, for_whom="someone_else")
    page = client.get("/request/call-me")
    assert "means the person you are asking for" in page.text
    client.submit(
        **{name: journey.CONTACT[name] for name in CALL} | {"contact_by": ["call"]}, age18="yes"
    )
    assert submission().contact["start"]["for_whom"] == "someone_else"


def test_taking_back_a_yes_keeps_the_flag(client):
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    client.get("/request/safety")
    client.submit(**journey.NO_THOUGHTS)
    assert level() == "urgent_acute"


def test_patients_never_read_scores_or_bands(client):
    journey.to_screening(client, conditions=["depression"])
    seen = [client.page.text]
    seen.append(client.submit(**{f"q{number}": "3" for number in range(1, 10)}).text)
    client.get("/request/more/phq9")
    seen.append(client.submit(q10="3").text)
    seen.append(journey.skip_to(client, "/request/times").text)
    seen.append(journey.choose_time(client).text)
    seen.append(client.submit().text)
    for word in ("27/27", "severe", "positive", "eligible", "score"):
        assert all(word not in text.lower() for text in seen), word


def answers() -> dict:
    return submission().answers


def test_every_yes_to_right_now_is_stored_and_alerted(client):
    """No, Back, yes: the second answer counts, however often the level was reached before."""
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q1": "yes"})
    client.submit(q5="no")
    client.get("/request/more/asq")
    page = client.submit(q5="yes")
    assert page.h1 == "Please reach out for help now"
    assert (level(), urgent_mails()) == ("urgent_acute", 2)
    client.get("/request/safety")
    client.submit(**journey.NO_THOUGHTS)
    client.get("/request/safety")
    page = client.submit(**dict.fromkeys(journey.NO_THOUGHTS, "yes"))
    assert page.status == 200
    assert level() == "urgent_acute"


def test_a_yes_counts_although_other_questions_are_blank(client):
    journey.to_safety(client)
    page = client.submit(q3="yes")
    assert page.path == "/request/more/asq"
    assert (level(), urgent_mails()) == ("urgent_acute", 1)


def test_item_nine_counts_although_the_rest_is_skipped(client):
    journey.to_screening(client, conditions=["depression"])
    page = client.submit("skip", q1="3", q9="2")
    assert page.path == "/request/help-now"
    assert answers()["phq9"]["q9"] == 2
    assert urgent_mails() == 1


def test_emergency_signs_count_although_a_number_is_wrong(client):
    journey.to_screening(client, conditions=["migraine"])
    journey.skip_to(client, "/request/screening/headache_burden")
    page = client.submit(emergency_now="yes", headache_days="3", migraine_days="31")
    assert page.path == "/request/help-now"
    assert "tel:911" in page.links()


def test_a_second_danger_alerts_again(client):
    journey.to_screening(client, conditions=["depression", "migraine"])
    client.submit("leave_blank", q9="1")
    client.get("/request/screening/headache_burden")
    journey.skip_to(client, "/request/screening/headache_burden")
    client.submit("leave_blank", emergency_now="yes")
    assert urgent_mails() == 2


def test_a_yes_in_another_tab_counts_after_sending(client):
    journey.to_check(client)
    client.get("/request/safety")
    token = client.token
    client.post("/request/check", {})
    assert db.session.scalars(select(Submission.status)).one() == "new"
    page = client.post("/request/safety", {"csrf_token": token, **journey.NO_THOUGHTS, "q3": "yes"})
    assert (level(), urgent_mails()) == ("urgent_acute", 1)
    assert page.status == 200


def test_a_yes_beside_a_no_is_never_lost(client):
    journey.to_safety(client)
    page = client.submit(**{**journey.NO_THOUGHTS, "q1": ["no", "yes"]})
    assert page.path == "/request/more/asq"
    assert (submission().answers["asq"]["q1"], urgent_mails()) == ("yes", 1)
    page = client.submit(q5=["no", "yes"])
    assert page.path == "/request/help-now"
    assert submission().answers["asq"]["q5"] == "yes"


def test_answers_of_no_danger_that_contradict_each_other_are_asked_for_again(client):
    journey.to_safety(client)
    client.submit(**journey.NO_THOUGHTS)
    client.submit(q1=["0", "3"], q9=["1", "0"])
    answers = submission().answers["phq9"]
    assert answers["q9"] == 1
    assert "q1" not in answers
