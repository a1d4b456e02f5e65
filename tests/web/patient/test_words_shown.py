"""Whatever people answer, no page or mail tells them a result, a verdict or a promise.

Whole ways are walked with the gravest and the mildest answers, long and short, in each language.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.i18n import LANGUAGES
from intake.notifications.models import Message
from intake.notifications.render import render
from intake.screening.catalog import load_catalog
from intake.submissions.resume import mail_link
from tests import intakes
from tests.browse import Browser, Page
from tests.web.patient import journey

RESULT = {
    "en": r"\bscor\w+|\bbands?\b|cut-?(off|point)|\bpositive|\bnegative|\bmild\b|\bmoderate\w*"
    r"|\bsevere\w*|\bminimal\b|\bsymptoms? of\b|\byou (may |might |probably )?have "
    r"(depression|ptsd|migraine|anxiety)",
    "es": r"\bpuntua\w+|\bpuntaje|\bpositiv|\bnegativ|\bleves?\b|\bmoderad|\bsever[oa]|\bmínim"
    r"|\busted (tiene|padece) (depresión|ansiedad|migraña)",
}
VERDICT = {
    "en": r"\beligib|\bqualif|\bcandidate\b|\b(low|high|no|at) risk\b|\byou are safe\b"
    r"|\brejected\b",
    "es": r"\belegible|\bcalific|\bcandidat|\briesgo\b|\bestá a salvo\b|\brechazad",
}
PROMISE = {
    "en": r"\bcures?\b|\brapid\b|\brelief\b|\bguarantee|\bmiracle|\bwill help you\b|\bproven\b"
    r"|\breset\b|\bwe will treat\b",
    "es": r"\bcura\b|\brápid[oa] alivio|\balivio\b|\bgarantiz|\bmilagro|\bcomprobad",
}
TOTALS = r"\b\d+\s*(/|of|de)\s*(27|21|30|100)\b"
"""Results such as "24 / 27"; the numbers of steps and questions are smaller."""
ASKED = {
    "en": (
        *("severe asthma", "severe chest pain?", "a mild one?", "told you that you have migraine?"),
        "will help you with your request",
    ),
    "es": ("asma grave", "aunque fuera leve?", "siente que no está a salvo"),
}
"""The same words inside of questions, and of what we say about help."""
PUBLIC = ("/", "/privacy", "/accessibility", "/urgent-help", "/not-for-you")
MOST_PAGES = 40


def walk(client: Browser, choose: Any, language: str, *, short: bool) -> Iterator[Page]:
    """Every page on the way from the start to whatever can be answered after sending."""
    start = {**journey.START, "conditions": intakes.ALL}
    yield client.get(f"/request/{'call-me' if short else 'start'}?lang={language}")
    if short:
        contact = {**journey.CONTACT, "contact_by": ["call"]}
        yield client.submit(**contact, conditions=intakes.ALL, age18="yes")
    else:
        yield client.submit(**start)
        yield client.submit(**journey.CONTACT)
    yield from onward(client, choose)
    yield client.get("/request/done")
    for link in [link for link in client.page.links() if link.startswith("/request/")]:
        yield client.get(link)
        yield from onward(client, choose)


def onward(client: Browser, choose: Any) -> Iterator[Page]:
    """Answer page after page until the request is with the clinic."""
    for _ in range(MOST_PAGES):
        page = client.page
        if page.path.startswith(("/request/done", "/request/withdraw")):
            return
        if page.path.startswith("/request/help-now"):
            links = [link for link in page.links() if link.startswith("/request/")]
            yield client.get(links[0])
        elif page.path == "/request/times":
            yield journey.choose_time(client)
        elif page.path == "/request/check":
            yield client.get("/request/save")
            yield client.get("/request/check")
            yield client.submit()
        else:
            yield client.submit(**answers_on(page, choose))
    raise AssertionError(f"the way never ended: {client.page.path}")


def answers_on(page: Page, choose: Any) -> dict[str, Any]:
    """Answers to all questions of a page."""
    key = page.path.split("?")[0].rsplit("/", 1)[-1]
    names = {"safety": "asq", "health": "ketamine_safety_screen"}
    instrument = load_catalog()[names.get(key, key)]
    asked = {each.get("name") for tag in ("input", "textarea") for each in page.all(tag)}
    return {item.id: choose(item) for item in instrument.items if item.id in asked}


def mails() -> Iterator[tuple[str, str]]:
    """The words of every mail to the patient."""
    for message in db.session.scalars(select(Message)):
        if message.recipient == journey.CONTACT["email"]:
            mail = render(message.name, message.context, message.language)
            yield f"mail {message.name}", f"{mail.subject} {mail.text} {mail.html}"


def check(where: str, words: str, language: str) -> None:
    for phrase in ASKED[language]:
        words = words.replace(phrase, "")
    for never in (RESULT, VERDICT, PROMISE):
        found = re.search(never[language], words, re.I)
        assert found is None, f"{where}: {words[max(0, found.start() - 60) : found.end() + 40]}"
    assert not re.search(TOTALS, words), where


@pytest.mark.parametrize("short", [False, True], ids=["long", "short"])
@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("choose", [intakes.gravest, intakes.mildest])
def test_no_page_or_mail_tells_a_result(
    client: Browser, choose: Any, language: str, short: bool
) -> None:
    paths = set()
    for page in walk(client, choose, language, short=short):
        assert page.status == 200, page.path
        check(page.path, page.text, language)
        paths.add(page.path.split("?")[0])
    assert {"/request/done", "/request/health", "/request/screening/phq9"} <= paths
    assert ("/request/help-now" in paths) == (choose is intakes.gravest)
    sent = dict(mails())
    assert bool(sent) != short
    for where, words in sent.items():
        check(where, words, language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_link_to_go_on_tells_nothing_either(client: Browser, language: str) -> None:
    submission = intakes.full()
    with unit_of_work():
        submission.language = language
        clinic, now = current_clinic(), clock.now()
        mail_link(submission, clinic, to=journey.CONTACT["email"], actor="system", now=now)
    for where, words in mails():
        check(where, words, language)
    link = db.session.scalars(select(Message).where(Message.name == "resume")).one().context["link"]
    page = client.get(link[link.index("/resume/") :])
    check(page.path, page.text, language)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_public_pages_promise_nothing(client: Browser, path: str, language: str) -> None:
    page = client.get(f"{path}?lang={language}")
    check(path, page.text, language)


def test_the_search_finds_what_it_looks_for() -> None:
    for words in ("Your score is 12.", "24 / 27", "You are eligible", "rapid relief", "moderate"):
        with pytest.raises(AssertionError):
            check("here", words, "en")
    for words in ("Su puntuación", "24 de 27", "es elegible", "alivio", "leve"):
        with pytest.raises(AssertionError):
            check("aquí", words, "es")
