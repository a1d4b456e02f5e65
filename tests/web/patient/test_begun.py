"""The start page in a browser in which a form was begun."""

from tests.browse import Browser
from tests.web.patient import journey
from tests.web.patient.test_steps import CALL

GO_ON = "Go on with your form"


def test_the_start_page_leads_back_to_a_form_that_was_begun(client: Browser) -> None:
    assert GO_ON not in client.get("/").text
    journey.to_contact(client)
    page = client.get("/")
    assert GO_ON in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "/request/done" in page.links()
    assert client.get("/request/done").path == "/request/contact"


def test_it_leads_back_on_the_short_way_too(client: Browser) -> None:
    client.get("/request/call-me")
    client.submit(**CALL)
    assert GO_ON in client.get("/").text
    assert client.get("/request/done").path == "/request/safety"


def test_a_form_that_was_sent_is_not_begun(client: Browser) -> None:
    journey.to_done(client)
    page = client.get("/")
    assert GO_ON not in page.text
    assert "/request/start" in page.links()
