"""What a clinician prints before a call is one sheet, however much was answered."""

import re

import pytest

from intake.core.db import db
from tests import intakes
from tests.journeys.conftest import DESKTOP
from tests.journeys.receptionist import sign_in_link

PAGES = re.compile(rb"/Type\s*/Page[^s]")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("choose", [intakes.gravest, intakes.mildest])
def test_a_full_intake_prints_on_one_page(open_page, clinic, choose, paper):
    with clinic.app.app_context():
        number = intakes.full(choose).id
        db.session.remove()
    page = open_page(**DESKTOP)
    page.goto(sign_in_link(clinic, "clinician@example.com"))
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{clinic.address}/staff/submissions/{number}")
    printed = page.pdf(format=paper)
    assert len(PAGES.findall(printed)) == 1
