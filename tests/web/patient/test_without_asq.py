"""A clinic that switched the suicide screen off: PHQ-9 is asked in full of everyone, ungated."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from intake.clinic.service import current_clinic, save_clinic
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.notifications.models import Message
from intake.submissions.models import Submission
from tests.browse import Browser
from tests.web.patient import journey

MILD = {f"q{number}": "0" for number in range(1, 9)} | {"q9": "1"}


@pytest.fixture(autouse=True)
def _no_asq(app: Flask) -> None:
    with unit_of_work():
        save_clinic(replace(current_clinic(), offers_asq=False), now=clock.now())


def test_the_way_has_no_safety_page_but_the_whole_phq9(client: Browser) -> None:
    page = journey.to_safety(client, conditions=["migraine"])
    assert page.path == "/request/screening/phq9"
    assert "better off dead" in page.text
    assert client.get("/request/safety").status == 404


def test_item_nine_is_heard(client: Browser) -> None:
    journey.to_safety(client, conditions=["migraine"])
    page = client.submit(**MILD)
    assert page.path == "/request/help-now"
    assert db.session.scalars(select(Submission)).one().is_flagged
    assert db.session.scalars(select(Message).where(Message.name == "urgent")).first()
