"""Downloading lists of requests: what stands in them, for whom, and that it is written down."""

import csv
from io import StringIO

import pytest
from sqlalchemy import select

from intake.audit.models import AuditEntry
from intake.core.db import db, unit_of_work
from intake.submissions.queries import for_staff
from tests import factories
from tests.browse import Browser, Page
from tests.web.staff.people import ADMIN

PATH = "/staff/dashboard/requests"
NOVEMBER = f"{PATH}?first=2026-11-01&last=2026-11-30"


def download(browser: Browser, address: str = NOVEMBER) -> list[dict[str, str]]:
    assert "Download" in browser.get(address).text
    file = browser.submit(start=browser.page.fields("start")["start"])
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == "attachment; filename=requests-2026-11-23.csv"
    return list(csv.DictReader(StringIO(file.body.decode("utf-8-sig"), newline="")))


def last_entry() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()


def test_a_clinician_gets_scores_and_it_is_written_down(clinician: Browser) -> None:
    submission = factories.sent(given_name="=HYPERLINK(1)")
    (line,) = download(clinician)
    assert line["Reference"] == submission.reference
    assert (line["Given name"], line["Phone"]) == ("'=HYPERLINK(1)", "(312) 555-0198")
    assert (line["Sent"], line["PHQ-9"], line["GAD-7"]) == ("2026-11-23 10:00", "1", "")
    entry = last_entry()
    assert entry.action == "list exported"
    assert entry.detail == ("1 requests sent 2026-11-01 to 2026-11-30, every status; with scores")


def test_who_may_not_see_answers_gets_none(signed_in) -> None:
    factories.sent()
    admin = signed_in(ADMIN)
    assert "PHQ-9" not in admin.get(PATH).text
    (line,) = download(admin)
    assert not any(name in line for name in ("PHQ-9", "Heard of us by"))
    assert last_entry().detail.endswith("without answers")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("first=2026-11-01&last=2026-10-01", "Enter a day that is not before the first one"),
        ("first=soon&last=2026-10-01", "Enter a date like 12/24/2026"),
        ("first=2026-01-01&last=2026-01-31", "No request was sent in these days"),
        ("first=2026-11-01&last=2026-11-30&status=closed", "No request was sent in these days"),
    ],
)
def test_it_says_what_to_do_when_there_is_no_list(
    clinician: Browser, query: str, words: str
) -> None:
    factories.sent()
    assert words in clinician.get(f"{PATH}?{query}").text


def test_a_place_that_is_none_of_ours_is_refused(clinician: Browser) -> None:
    factories.sent()
    clinician.get(NOVEMBER)
    assert clinician.submit(start="1-now-me").status == 400
    assert last_entry().action != "list exported"


def test_the_page_says_how_many_before_anything_leaves(clinician: Browser) -> None:
    for _ in range(2):
        factories.sent()
    page: Page = clinician.get(NOVEMBER)
    assert "Request 1 to 2, sent from Mon, Nov 23, 2026 on" in page.text


def test_a_damaged_request_says_so_and_the_others_follow(clinician: Browser) -> None:
    nameless, damaged = factories.sent(), factories.sent()
    factories.sent()
    with unit_of_work():
        for_staff(nameless.id).contact_sealed = b"not ours"
        for_staff(damaged.id).answers_sealed = b"not ours"
    lines = {line["Reference"]: line for line in download(clinician)}
    assert lines.pop(damaged.reference)["Sent"].startswith("This request cannot be opened")
    assert lines.pop(nameless.reference)["Given name"] == "Record cannot be read"
    assert [line["Given name"] for line in lines.values()] == ["Dana"]
