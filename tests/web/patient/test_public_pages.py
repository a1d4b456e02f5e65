"""The public pages around the form."""

import re
from dataclasses import replace

import pytest

from intake.clinic.clinic import CrisisLine
from intake.clinic.service import current_clinic, save_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from tests.browse import PUBLIC, Browser
from tests.web.patient import journey

OFF_LABEL = (
    "Ketamine is approved by the FDA as an anesthetic. Using it for depression, PTSD, chronic pain "
    "or migraine is “off-label”: doctors may prescribe it, but the FDA has not approved it for "
    "these uses."
)
RELATED_MEDICINE = (
    " Spravato (esketamine) nasal spray, a related medicine, is FDA-approved for adults with "
    "treatment-resistant depression (alone or with an oral antidepressant) and for depressive "
    "symptoms in adults with major depression who have suicidal thoughts or actions (with an oral "
    "antidepressant). It has not been shown to prevent suicide."
)
# One title among the sources says “rapidly relieve”; a title stays as it was printed.
NEVER_SAID = re.compile(
    r"!|\brisk|eligib|qualif|good candidate|rapid(?!ly relieve)|\breset\b|HIPAA|suffer", re.I
)


def change_clinic(**changes: object) -> None:
    with unit_of_work():
        clinic = current_clinic()
        save_clinic(replace(clinic, **changes), now=clock.now())


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_opens_without_a_cookie(client: Browser, path: str) -> None:
    page = client.get(path)
    assert page.status == 200
    assert "Set-Cookie" not in page.headers
    assert "988" in page.text


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_promises_nothing(client: Browser, path: str) -> None:
    assert NEVER_SAID.findall(client.get(path).text) == []


@pytest.mark.parametrize("path", PUBLIC)
def test_every_link_leads_somewhere(client: Browser, path: str) -> None:
    page = client.get(path)
    ids = {item.get("id") for item in page.tree.iter()}
    for link in page.links():
        if link.startswith("#"):
            assert link[1:] in ids
        elif link.startswith("/"):
            assert client.get(link).status == 200, link


def test_pages_for_search_engines_say_what_they_are(client: Browser) -> None:
    for path in PUBLIC:
        metas = {item.get("name"): item.get("content") for item in client.get(path).all("meta")}
        assert ("description" in metas) != ("robots" in metas), path
        assert metas.get("description", "") in client.page.text


def test_the_start_page_says_what_comes(client: Browser) -> None:
    text = client.get("/").text
    assert "About 10 minutes" in text
    assert "Adults aged 18 and over, in Illinois" in text
    assert "Monday to Friday, 9 am to 5 pm Central Time" in text
    assert "This form is not watched around the clock" in text


def test_the_start_page_offers_the_form_the_short_way_and_the_phone(client: Browser) -> None:
    links = client.get("/").links()
    assert {"/request/start", "/request/call-me", "tel:+13125550142"} <= set(links)


def test_the_start_page_says_what_is_off_label_in_full_sight(client: Browser) -> None:
    page = client.get("/")
    assert OFF_LABEL in page.text
    assert page.all("details") == []


def test_it_tells_the_approval_in_the_approved_words(client: Browser) -> None:
    assert OFF_LABEL + RELATED_MEDICINE in client.get("/learn").text


def test_every_source_is_cited_and_every_citation_has_a_source(client: Browser) -> None:
    page = client.get("/learn")
    cited = {link for link in page.links() if link.startswith("#source-")}
    listed = {f"#{item.get('id')}" for item in page.all("li") if item.get("id")}
    assert cited == listed


def test_urgent_help_links_every_line(client: Browser) -> None:
    links = client.get("/urgent-help").links()
    assert {
        "tel:911",
        "tel:988",
        "sms:988",
        "https://988lifeline.org",
        "sms:838255",
        "https://www.veteranscrisisline.net",
        "tel:711",
        "tel:+18002738255",
    } <= set(links)


@pytest.mark.parametrize("path", ["/", "/urgent-help", "/not-for-you"])
def test_a_clinic_elsewhere_shows_its_own_lines_only(client: Browser, path: str) -> None:
    change_clinic(crisis_lines=(CrisisLine("Call 0800 111 at any hour.", "0800 111"),))
    page = client.get(path)
    assert "Call 0800 111 at any hour." in page.text
    assert "988" not in page.text
    assert "911" not in page.text


def test_the_privacy_notice_says_how_long_and_which_version(client: Browser) -> None:
    text = client.get("/privacy").text
    assert "we delete it 14 days after you last worked on it" in text
    assert "Version 2026-11 of this notice" in text


def test_one_day_is_not_days(client: Browser) -> None:
    change_clinic(draft_days=1)
    assert "we delete it 1 day after" in client.get("/privacy").text


def test_it_remembers_the_theme_for_a_year(client: Browser) -> None:
    response = client.client.post("/appearance", data={"theme": "dim", "next": "/learn"})
    assert (response.status_code, response.location) == (303, "/learn")
    cookie = response.headers["Set-Cookie"]
    for part in ("theme=dim;", "Max-Age=31536000", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert b'data-theme="dim"' in client.get("/").body


def test_it_keeps_no_theme_that_it_does_not_know(client: Browser) -> None:
    response = client.client.post("/appearance", data={"theme": "<b>", "next": "/"})
    assert "Set-Cookie" not in response.headers


def test_a_made_up_theme_cookie_changes_nothing(client: Browser) -> None:
    client.client.set_cookie("theme", "x")
    assert b"data-theme" not in client.get("/").body


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", ""])
def test_the_theme_button_leads_to_no_other_site(client: Browser, target: str) -> None:
    response = client.client.post("/appearance", data={"theme": "dim", "next": target})
    assert response.location == "/"


@pytest.mark.parametrize(
    ("whom", "words", "not_said"),
    [
        ("me", "A school nurse or school counselor.", "for them"),
        ("someone_else", "You did well to look for help for them.", "people your age"),
    ],
)
def test_the_page_for_under_18_speaks_to_who_asks(client, whom, words, not_said):
    page = journey.to_contact(client, age18="no", for_whom=whom)
    assert words in page.text
    assert not_said not in page.text
    spanish = client.get(page.path + ("&" if "?" in page.path else "?") + "lang=es")
    assert ("para esa persona" in spanish.text) == (whom == "someone_else")
    for link in spanish.links():
        if "lang=en" in link:
            assert ("for=other" in link) == (whom == "someone_else")
