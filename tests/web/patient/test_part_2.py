"""What a program under 42 CFR Part 2 asks before what was said about substances is shared."""

import pytest
from sqlalchemy import select

from intake.core.db import db, unit_of_work
from intake.submissions import consents
from intake.submissions.models import Submission
from tests import factories
from tests.web.patient import journey

ASKED = "share what I said about alcohol and drugs"


def tells_of_substances() -> Submission:
    with unit_of_work():
        draft = db.session.scalars(select(Submission)).one()
        draft.answers = {**draft.answers, "ketamine_safety_screen": {"substance": "unsure"}}
    return draft


@pytest.mark.parametrize("agrees", [True, False])
def test_the_consent_stands_by_itself_and_is_written_down(client, agrees):
    factories.settle(part_2=True)
    assert ASKED not in journey.to_check(client).text
    draft = tells_of_substances()
    assert ASKED in client.get("/request/check").text
    page = client.submit(**({"share": "yes"} if agrees else {}))
    assert page.path == "/request/done"
    assert consents.allows(draft.id, consents.SUBSTANCES) == agrees


def test_other_clinics_do_not_ask(client):
    journey.to_check(client)
    tells_of_substances()
    assert ASKED not in client.get("/request/check").text
