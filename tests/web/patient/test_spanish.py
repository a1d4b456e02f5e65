"""The whole way in Spanish: what is asked, what is said, what is mailed, what staff are told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import select

from intake.clinic.service import current_clinic, save_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.i18n import TRANSLATIONS
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.patient.places import US_STATES
from intake.scheduling import waitlist
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked, path_of
from tests.browse import PUBLIC, Browser, Page
from tests.web.patient import journey

STATES = {name for _code, name in US_STATES if isinstance(name, str)}
"""Names of places; letters are addressed with them."""
EVERYTHING = ["depression", "chronic_pain", "ptsd", "migraine", "other"]
GLAD = {f"q{number}": "0" for number in range(1, 10)}
SPOKEN = ("aria-label", "alt", "placeholder", "title")
ENGLISH = re.compile(
    r"\b(the|you|your|and|we|our|is|are|with|please|not|this|or|of|to|call)\b", re.I
)
"""Small words without which no English sentence can do; Spanish knows none of them."""


def submission() -> Submission:
    return db.session.scalars(select(Submission)).one()


def notes() -> dict[str, str]:
    return {note["rule"]: note["text"] for note in (submission().triage or {})["notes"]}


def mails(name: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.name == name)))


def said(element: Element) -> Iterator[str]:
    """The words of a page and of its attributes, but not those marked as another language's."""
    if element.get("lang", "es") != "es":
        return
    yield from (element.get(name, "") for name in SPOKEN)
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from said(child)
        yield child.tail or ""


def patterns() -> dict[str, re.Pattern[str]]:
    """Every English message that reads differently in Spanish, whatever is filled in."""
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="es")
    found = {}
    for message in catalog:
        for words, spanish in zip(
            [message.id] if isinstance(message.id, str) else message.id,
            [message.string] if isinstance(message.string, str) else message.string,
            strict=True,
        ):
            literal = re.split(r"%\(\w+\)s", words)
            if spanish != words and re.search(r"\w\w", "".join(literal)):
                found[words] = re.compile(".+".join(map(re.escape, literal)))
    return found


MESSAGES = patterns()


def assert_spanish(page: Page) -> None:
    """Fail at any word of ours that was left in English."""
    assert page.tree is not None
    assert page.tree.get("lang") == "es", page.path
    body = next(page.tree.iter("body"))
    for text in {" ".join(text.split()) for text in said(body)} - STATES - {""}:
        english = [words for words, pattern in MESSAGES.items() if pattern.fullmatch(text)]
        assert not english, f"{page.path}: {text!r}"
        assert not ENGLISH.search(text), f"{page.path}: {text!r}"


def start(client: Browser, *conditions: str) -> Page:
    client.get("/request/start?lang=es")
    return client.submit(**{**journey.START, "conditions": list(conditions)})


def to_mood(client: Browser, *conditions: str) -> Page:
    start(client, *conditions)
    return client.submit(**journey.CONTACT)


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_in_spanish(client: Browser, path: str) -> None:
    assert_spanish(client.get(path, headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}))


def test_no_page_of_the_way_says_anything_in_english(client: Browser) -> None:
    assert_spanish(client.get("/request/call-me?lang=es"))
    assert_spanish(client.get("/request/start"))
    assert_spanish(client.submit())
    page = start(client, *EVERYTHING)
    seen = []
    for _ in range(12):
        seen.append(page.path)
        assert_spanish(page)
        if page.path == "/request/contact":
            assert_spanish(client.submit(dob_day="31", dob_month="2", phone="1", email="x"))
            page = client.submit(**journey.CONTACT)
        elif page.path == "/request/times":
            assert_spanish(client.submit(slot="none", channel="phone"))
            page = journey.choose_time(client)
        elif page.path == "/request/done":
            break
        elif page.path == "/request/check":
            page = client.submit()
        else:
            assert_spanish(client.submit())
            page = client.submit("skip")
    assert seen == [
        "/request/contact",
        *(f"/request/screening/{key}" for key in ("phq9", "gad7", "pain_profile")),
        "/request/screening/headache_burden",
        *(f"/request/{key}" for key in ("health", "history", "times", "check", "done")),
    ]


def test_further_questions_are_in_spanish(client: Browser) -> None:
    to_mood(client, "depression", "chronic_pain", "ptsd", "migraine")
    page = client.submit(**{**GLAD, "q1": "2"})
    assert page.path == "/request/more/phq9"
    assert "Si marcó cualquiera de los problemas" in page.text
    assert_spanish(page)


def test_item_nine_leads_to_help_in_spanish(client: Browser) -> None:
    to_mood(client, "depression")
    page = client.submit(**{**GLAD, "q9": "1"})
    assert page.path == "/request/help-now"
    assert page.h1 == "Hay apoyo a cualquier hora"
    assert "Llame al 988 y oprima 2" in page.text
    assert "AYUDA" in page.text
    assert {"tel:988", "sms:988", "tel:911"} <= set(page.links())
    assert_spanish(page)
    assert submission().level == "urgent"
    assert [mail.language for mail in mails("urgent")] == ["en"]


def test_emergency_signs_lead_to_medical_help_in_spanish(client: Browser) -> None:
    to_mood(client, "migraine")
    journey.skip_to(client, "/request/screening/headache_burden")
    counts = dict.fromkeys(("headache_days", "migraine_days", "limited_days"), "3")
    medicine = {"triptan_days": "0", "simple_days": "0", "usual_pain": "9"}
    history = {"over_3_months": "no", "diagnosed": "unsure"}
    page = client.submit(**counts, **medicine, **history, emergency_now="yes")
    assert page.path == "/request/help-now"
    assert page.h1 == "Por favor, busque ayuda médica ahora"
    assert_spanish(page)


def test_the_receipt_comes_in_spanish(client: Browser) -> None:
    to_mood(client, "depression")
    journey.skip_to(client, "/request/times")
    journey.choose_time(client)
    page = client.submit()
    assert page.h1 == "Recibimos su solicitud"
    [mail] = mails("received")
    assert mail.language == "es"
    words = render("received", mail.context, mail.language)
    assert words.subject == "Recibimos su solicitud"
    assert "hora central" in words.text
    assert not ENGLISH.search(words.text.replace("Iconic Infusions", ""))
    assert '<html lang="es">' in words.html


def test_everybody_gets_the_whole_phq9_and_no_asq(client: Browser) -> None:
    page = to_mood(client, "chronic_pain")
    assert page.path == "/request/screening/phq9"
    assert {"q1", "q9"} <= {item.get("name") for item in page.all("input")}
    assert "Paso 3 de 8" in page.text
    assert "No se requiere permiso para reproducir, traducir, presentar o distribuir." in page.text


def test_staff_are_told_what_was_not_offered(client: Browser) -> None:
    to_mood(client, "chronic_pain", "ptsd")
    client.submit(**GLAD)
    assert notes()["N11"].startswith("Answered in Spanish: ASQ, PC-PTSD-5 and PEG not offered")
    assert submission().level == "routine"


def test_the_short_way_asks_the_phq9_in_place_of_the_asq(client: Browser) -> None:
    client.get("/request/call-me?lang=es")
    fields = {**journey.CONTACT, "contact_by": ["call"], "conditions": ["ptsd"], "age18": "yes"}
    page = client.submit(**fields)
    assert page.path == "/request/screening/phq9"
    page = client.submit("skip")
    assert page.path == "/request/done"
    assert_spanish(page)


def test_a_page_without_spanish_leads_on(client: Browser) -> None:
    journey.to_safety(client)
    assert client.get("/request/safety?lang=es").path == "/request/screening/phq9"


def test_a_page_without_spanish_leads_to_help_after_a_yes(client: Browser) -> None:
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    page = client.get("/request/more/asq?lang=es")
    assert page.path == "/request/help-now"
    assert page.h1 == "Por favor, busque ayuda ahora"
    assert_spanish(page)


def test_answers_to_the_asq_count_after_a_change_to_spanish(client: Browser) -> None:
    journey.to_safety(client)
    client.submit(**{**journey.NO_THOUGHTS, "q4": "yes"})
    client.submit(q5="no")
    client.get("/request/screening/phq9?lang=es")
    client.submit(**GLAD)
    assert submission().level == "urgent"
    assert submission().language == "es"
    assert "ASQ" not in notes()["N11"]


def test_a_closed_gate_is_opened_by_a_change_to_spanish(client: Browser) -> None:
    journey.to_screening(client)
    client.submit(q1="0", q2="1")
    page = client.get("/request/screening/pain_profile?lang=es")
    assert page.path == "/request/screening/phq9"
    assert page.fields()["q2"] == ["1"]
    page = client.submit(**{**GLAD, "q9": "1"})
    assert page.path == "/request/help-now"
    assert submission().answers["phq9"]["q9"] == 1


def test_what_a_gate_hid_may_be_skipped(client: Browser) -> None:
    journey.to_screening(client)
    client.submit(q1="0", q2="0")
    client.get("/request/screening/phq9?lang=es")
    page = client.submit("skip")
    assert page.path == "/request/screening/pain_profile"
    assert submission().answers["phq9"] == {"q1": 0, "q2": 0}
    assert [reason["rule"] for reason in submission().triage["reasons"]] == ["S6"]


def test_a_phq9_answered_whole_counts_whole_behind_a_gate(client: Browser) -> None:
    to_mood(client, "chronic_pain")
    client.submit(**{**GLAD, "q4": "3"})
    client.submit(q10="0")
    assert client.get("/request/screening/pain_profile?lang=en").path == "/request/safety"
    client.submit(**journey.NO_THOUGHTS)
    assert notes()["N1"] == "PHQ-9 3/27 (None–minimal)."


def test_a_form_is_read_in_the_language_it_was_shown_in(client: Browser) -> None:
    """Another tab may have changed it since; no answer may be lost, above all none on safety."""
    journey.to_safety(client)
    stale = client.page
    client.get("/?lang=es")
    client.page = stale
    page = client.submit(**{**journey.NO_THOUGHTS, "q3": "yes"})
    assert page.path == "/request/more/asq"
    assert submission().level == "urgent_acute"
    assert submission().language == "en"


def test_the_button_keeps_the_page_and_its_times(client: Browser) -> None:
    journey.to_times(client)
    client.get("/request/times?day=2030-01-01&zone=Pacific/Honolulu&from=check")
    page = client.submit(leave="es")
    asked = dict(parse_qsl(urlsplit(page.path).query))
    assert asked == {"zone": "Pacific/Honolulu", "day": "2030-01-01", "from": "check"}
    assert page.h1 == "¿Cuándo puede hablar?"
    assert "Hora de Hawái" in page.text


def test_a_clinic_offers_only_its_own_languages(client: Browser) -> None:
    with unit_of_work():
        save_clinic(replace(current_clinic(), languages=("en",)), now=clock.now())
    page = client.get("/?lang=es", headers={"Accept-Language": "es"})
    assert page.tree.get("lang") == "en"
    assert not [link for link in page.links() if "lang=" in link]
    assert "Set-Cookie" not in page.headers


def test_staff_pages_stay_english(client: Browser) -> None:
    page = client.get("/staff/sign-in?lang=es", headers={"Accept-Language": "es"})
    assert page.tree.get("lang") == "en"
    assert "Sign in" in page.text


def test_errors_are_in_spanish(client: Browser) -> None:
    page = client.get("/nowhere?lang=es")
    assert page.h1 == "No encontramos esa página"
    assert_spanish(page)


def test_item_nine_leads_to_help_on_the_short_way(client: Browser) -> None:
    client.get("/request/call-me?lang=es")
    fields = {**journey.CONTACT, "contact_by": ["call"], "conditions": ["ptsd"], "age18": "yes"}
    client.submit(**fields)
    page = client.submit(**{**GLAD, "q9": "1"})
    assert page.path == "/request/help-now"
    assert submission().level == "urgent"
    onward = next(link for link in page.links() if link.startswith("/request/more/"))
    client.get(onward)
    assert client.submit(q10="0").path == "/request/done"


def test_help_stands_above_the_only_question_about_safety(client: Browser) -> None:
    assert "No tiene que esperarnos." in to_mood(client, "depression").text
    page = client.get("/request/screening/phq9?lang=en")
    assert page.path == "/request/safety"
    client.submit(**journey.NO_THOUGHTS)
    assert "You don’t have to wait for us." not in client.page.text


def test_changing_the_language_at_every_page_loses_nothing_and_ends(client: Browser) -> None:
    answers = {
        "asq": journey.NO_THOUGHTS,
        "phq9": GLAD,
        "gad7": {f"q{number}": "1" for number in range(1, 8)},
        "peg": {"p": "3", "e": "4", "g": "5"},
    }
    page = start(client, "depression", "chronic_pain")
    language, seen = "es", 0
    while page.path != "/request/done":
        language = "en" if language == "es" else "es"
        page = client.get(f"{page.path.split('?')[0]}?lang={language}")
        assert page.tree.get("lang") == language
        key = page.path.split("?")[0].removeprefix("/request/").removeprefix("screening/")
        if key == "contact":
            page = client.submit(**journey.CONTACT)
        elif key == "times":
            page = journey.choose_time(client)
        elif key == "check":
            page = client.submit()
        elif key in ("safety", *answers):
            page = client.submit(**answers["asq" if key == "safety" else key])
        else:
            page = client.submit("skip")
        seen += 1
        assert seen < 20, page.path
    stored = submission().answers
    for key in ("phq9", "gad7"):
        assert {item: str(value) for item, value in stored[key].items()} == answers[key]
    assert stored.get("asq", journey.NO_THOUGHTS) == journey.NO_THOUGHTS


def test_the_pages_of_a_call_are_all_spanish(client):
    call = booked(factories.free_keys(clock.now())[30], clock.now())
    path = path_of(call)
    with unit_of_work():
        waitlist.join(call.id, now=clock.now())
    for page in ("?lang=es", "/times", "/cancel"):
        assert_spanish(client.get(path + page))
    assert_spanish(client.get("/appointment/lost?gone=1"))
    client.get(path + "/times")
    assert_spanish(client.submit())
    client.get(path + "/cancel")
    assert_spanish(client.submit())
