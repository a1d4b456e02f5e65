"""Taking a request before calling, as two people at two screens see it."""

from datetime import timedelta

from intake.core.tokens import new_id
from tests import factories
from tests.browse import Browser
from tests.web.staff.people import actions
from tests.web.staff.test_queue import YES_NOW, named


def test_what_one_takes_the_other_sees_and_may_take_over(
    morning, desk: Browser, clinician: Browser
) -> None:
    dana = factories.sent()
    for browser in (desk, clinician):
        assert "Take Dana Whitfield" in browser.get("/staff/").text
    page = desk.post(f"/staff/submissions/{dana.id}/take", {})
    assert "You took this request at 10:00 am. It is free again at 10:20 am" in page.text
    page = clinician.post(f"/staff/submissions/{dana.id}/take", {})
    assert page.status == 409
    assert page.h1 == "Marta Ruiz has this request"
    assert "may be on the phone with Dana now" in page.text
    page = clinician.submit()
    assert "You took this request" in page.text
    assert "request taken over" in actions()
    assert "Dr. Priya Nair since 10:00 am" in desk.get("/staff/").text
    assert "may be calling now" in desk.get(f"/staff/submissions/{dana.id}").text


def test_it_is_free_again_after_a_while_or_when_let_go(morning, desk: Browser) -> None:
    factories.settle(claim_minutes=10)
    dana = factories.sent()
    desk.get("/staff/")
    desk.post(f"/staff/submissions/{dana.id}/take", {})
    assert "You since" in desk.get("/staff/").text
    desk.post(f"/staff/submissions/{dana.id}/release", {})
    assert "You since" not in desk.get("/staff/").text
    desk.post(f"/staff/submissions/{dana.id}/take", {})
    morning.shift(timedelta(minutes=10))
    assert "Nobody has this request" in desk.get(f"/staff/submissions/{dana.id}").text


def test_whoever_writes_down_a_call_hears_that_somebody_else_had_it(
    morning, desk: Browser, clinician: Browser
) -> None:
    dana = factories.sent()
    desk.get(f"/staff/submissions/{dana.id}")
    clinician.get("/staff/")
    clinician.post(f"/staff/submissions/{dana.id}/take", {})
    path = f"/staff/submissions/{dana.id}/tries"
    page = desk.post(path, {"entry": str(new_id()), "outcome": "no_answer"})
    assert "Dr. Priya Nair took this request at 10:00 am: tell them that you called" in page.text
    assert "Dr. Priya Nair since" in desk.get("/staff/").text


def test_the_same_after_a_call_about_an_urgent_flag(
    morning, desk: Browser, clinician: Browser
) -> None:
    rosa = named("Rosa", asq=YES_NOW)
    path = f"/staff/submissions/{rosa.id}"
    desk.get("/staff/")
    desk.post(f"{path}/take", {})
    assert "Marta Ruiz took this request" in clinician.get(path).text
    page = clinician.submit(outcome="safe_plan")
    assert "Marta Ruiz took this request at 10:00 am: tell them that you called" in page.text


def test_there_is_nothing_to_take_of_what_is_over(morning, desk: Browser) -> None:
    dana = factories.sent()
    with factories.unit_of_work():
        dana.status = "held"
    page = desk.get(f"/staff/submissions/{dana.id}")
    assert "Nobody has this request" not in page.text
    assert "nothing to take" in desk.post(f"/staff/submissions/{dana.id}/take", {}).text
