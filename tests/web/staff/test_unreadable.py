"""A record that was changed outside the system costs nobody the rest of the list."""

import logging

import pytest
from sqlalchemy import text

from intake.core.db import db, unit_of_work
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser


def spoil(submission: Submission, column: str) -> None:
    """Change one bit of a sealed field, as only somebody at the database could."""
    sealed = bytearray(getattr(submission, f"{column}_sealed"))
    sealed[-1] ^= 1
    with unit_of_work() as session:
        put = f"UPDATE submissions SET {column}_sealed = :it WHERE reference = :reference"
        session.execute(text(put), {"it": bytes(sealed), "reference": submission.reference})
    db.session.expire_all()


@pytest.mark.parametrize("column", ["contact", "answers", "triage"])
def test_the_others_are_listed_and_it_is_named(clinician: Browser, caplog, column: str) -> None:
    good, bad = factories.sent(given_name="Robin"), factories.sent()
    spoil(bad, column)
    for path in ("/staff/", "/staff/shift"):
        page = clinician.get(path)
        assert "Robin" in page.text
        assert ("Record cannot be read" in page.text) == (column == "contact")
    assert clinician.get(f"/staff/submissions/{good.id}").status == 200
    with caplog.at_level(logging.ERROR):
        page = clinician.get(f"/staff/submissions/{bad.id}")
    assert (page.status, page.h1) == (500, "This record cannot be read")
    assert str(bad.id) in caplog.text
    assert "Whitfield" not in page.text
