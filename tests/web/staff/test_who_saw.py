"""Who saw what: by request and by person, with CSV; reading it is recorded."""

import csv
from io import StringIO

from tests import factories
from tests.browse import Browser
from tests.web.staff.people import ADMIN, CLINICIAN, actions, person
from tests.web.staff.test_record import see

PATH = "/staff/dashboard/access"


def test_a_request_tells_who_opened_it(signed_in, clinician: Browser) -> None:
    submission, other = factories.sent(), factories.sent()
    see(clinician, submission)
    see(clinician, other)
    admin = signed_in(ADMIN)
    page = admin.get(f"{PATH}?reference={submission.reference.lower()}&what=looks")
    assert page.text.count("Record viewed") == 1
    assert "Dr. Priya Nair" in page.text
    assert "Submission sent" not in page.text
    everything = admin.get(f"{PATH}?reference={submission.reference}&what=all")
    assert "The patient Submission sent" in everything.text
    assert actions()[-1] == "audit log viewed"


def test_a_person_tells_what_they_opened(signed_in, clinician: Browser) -> None:
    submission = factories.sent()
    see(clinician, submission)
    admin, who = signed_in(ADMIN), person(CLINICIAN).id
    page = admin.get(f"{PATH}?user={who}&what=looks&first=2020-01-01&last=2099-12-31")
    assert f"Record viewed by a clinician {submission.reference}" in page.text
    assert "Nothing of that kind" in admin.get(f"{PATH}?user={who}&what=looks&last=2020-01-01").text


def test_it_comes_as_csv_and_that_is_recorded(signed_in, clinician: Browser) -> None:
    submission = factories.sent()
    see(clinician, submission)
    admin = signed_in(ADMIN)
    admin.get(f"{PATH}?reference={submission.reference}&what=looks")
    file = admin.submit(what="looks")
    (line,) = csv.DictReader(StringIO(file.body.decode("utf-8-sig"), newline=""))
    assert (line["Who"], line["What"]) == ("Dr. Priya Nair", "Record viewed")
    assert line["About"] == submission.reference
    assert actions()[-1] == "audit log exported"


def test_long_reports_have_pages(signed_in, clinician: Browser, monkeypatch) -> None:
    submission, admin = factories.sent(), signed_in(ADMIN)
    monkeypatch.setattr("intake.staff.reports_seen.MOST", 2)
    for _ in range(3):
        see(clinician, submission)
    page = admin.get(f"{PATH}?reference={submission.reference}&what=looks")
    later = next(link for link in page.links() if "before=" in link)
    assert page.text.count("Record viewed") == 2
    assert admin.get(later).text.count("Record viewed") == 1


def test_it_says_what_it_needs(signed_in) -> None:
    admin = signed_in(ADMIN)
    assert "Name a request" in admin.get(PATH).text
    assert "Enter a reference, or choose a person" in admin.get(f"{PATH}?what=looks").text
    unknown = admin.get(f"{PATH}?reference=ABC-DEFG&what=looks")
    assert "There is no request with this reference" in unknown.text
    assert unknown.status == 400
