"""The page that finds a request."""

from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.core.db import db
from intake.submissions import search
from tests import factories
from tests.browse import Browser


def test_the_front_desk_finds_a_caller_by_name(morning, desk: Browser) -> None:
    dana = factories.sent()
    desk.get("/staff/")
    page = desk.post("/staff/search", {"words": " dana  whit"})
    assert "Dana Whitfield" in page.text
    assert f"/staff/submissions/{dana.id}" in page.links()
    assert page.fields("words")["words"] == ["dana whit"]


def test_no_address_and_no_entry_of_the_log_says_who_was_searched_for(
    morning, desk: Browser
) -> None:
    factories.sent()
    desk.get("/staff/")
    page = desk.post("/staff/search", {"words": "Whitfield 0198"})
    assert "Dana Whitfield" in page.text
    assert "whit" not in page.path.lower()
    assert "0198" not in page.path
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "searched")).one()
    assert entry.detail == "by name, phone; 1 shown"


def test_somebody_elses_search_is_nothing_to_others(
    morning, desk: Browser, clinician: Browser
) -> None:
    factories.sent()
    desk.get("/staff/")
    path = desk.post("/staff/search", {"words": "dana"}).path
    page = clinician.get(path)
    assert "Dana" not in page.text
    assert "What you can search for" in page.text


def test_a_search_that_finds_nobody_says_what_to_try(morning, desk: Browser) -> None:
    desk.get("/staff/")
    assert "Nobody was found" in desk.post("/staff/search", {"words": "nobody"}).text
    assert "too little" in desk.post("/staff/search", {"words": "?! 12"}).text
    assert "Search for a name" in desk.post("/staff/search", {"words": "  "}).text


def test_what_follows_is_one_page_on(morning, desk: Browser, monkeypatch) -> None:
    monkeypatch.setattr(search, "PAGE_SIZE", 1)
    first, second = factories.sent(), factories.sent()
    desk.get("/staff/")
    page = desk.post("/staff/search", {"words": "dana"})
    later = [a.get("href", "") for a in page.all("a") if a.get("rel") == "next"]
    seen = {each for each in page.links() if "/submissions/" in each}
    seen |= {each for each in desk.get(later[0]).links() if "/submissions/" in each}
    assert seen == {f"/staff/submissions/{each.id}" for each in (first, second)}
