"""Keeping a request for good reason, and deleting all that is kept about its person."""

import pytest
from sqlalchemy import select

from intake.core.db import db
from intake.submissions.models import Submission
from tests import factories
from tests.appointments import booked
from tests.browse import Browser
from tests.web.staff.people import actions
from tests.web.staff.test_record import see


def there() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(select(Submission.reference)))


@pytest.fixture
def submission(morning) -> Submission:
    return factories.sent()


def test_a_hold_is_placed_shown_to_everybody_and_ended(admin: Browser, submission) -> None:
    path = f"/staff/submissions/{submission.id}"
    assert f"{path}/keep" in see(admin, submission).links()
    admin.get(f"{path}/keep")
    assert "Enter why it must be kept" in admin.post(f"{path}/hold", {"because": ""}).text
    page = admin.post(f"{path}/hold", {"because": "A letter from a lawyer"})
    assert "Nothing deletes this request. Placed by" in page.text
    assert "A letter from a lawyer" in admin.get(f"{path}/keep").text
    page = admin.post(f"{path}/hold/end", {})
    assert "Nothing deletes this request" not in page.text
    assert {"legal hold placed", "legal hold ended"} <= set(actions())


def test_a_person_is_deleted_once_the_reference_is_typed(admin: Browser, submission) -> None:
    path = f"/staff/submissions/{submission.id}/keep"
    page = admin.get(path)
    assert "emails: 2" in page.text
    assert "permissions: 4" in page.text
    form = {"reason": "asked", "reference": "222-2222"}
    erase = path.replace("/keep", "/erase")
    assert "That is another reference" in admin.post(erase, form).text
    page = admin.post(erase, {**form, "reference": submission.reference.lower().replace("-", " ")})
    assert f"Request {submission.reference} is deleted" in page.text
    assert there() == []
    assert "record erased" in actions()
    assert admin.get(path).status == 404


def test_nobody_is_deleted_whose_call_is_ahead(admin: Browser) -> None:
    submission = booked()
    path = f"/staff/submissions/{submission.id}"
    assert "A call is asked for or booked" in admin.get(f"{path}/keep").text
    form = {"reason": "asked", "reference": submission.reference}
    assert admin.post(f"{path}/erase", form).status == 409
    assert there() == [submission.reference]


def test_the_front_desk_is_not_offered_it(desk: Browser, submission) -> None:
    assert not any(link.endswith("/keep") for link in see(desk, submission).links())
