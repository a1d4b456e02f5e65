"""What lies on the disk: nothing anybody typed is readable in the database or its log."""

import logging
from pathlib import Path

import pytest

from intake.clinic.service import current_clinic
from intake.core.db import db, unit_of_work
from intake.core.logs import JsonFormatter
from intake.development.example import example_user
from intake.retention import holds
from intake.submissions import service
from intake.submissions.flags import acknowledge
from intake.submissions.models import Submission
from tests import events, factories
from tests.canaries import forms
from tests.factories import MONDAY_MORNING as NOW
from tests.subjects.submissions.danger import RIGHT_NOW, save

STAFF = {"note": "zqnotecanary", "flag": "zqflagcanary", "hold": "zqholdcanary"}
"""What members of staff type about somebody."""
EVERYTHING = ("canary", "Whitfield", "dana@example.org", "1985-03-27", "3125550198")
"""What is in each answer and each note, and what is left of a person besides."""


@pytest.mark.sqlite
def test_no_word_anybody_typed_is_in_the_files(app, caplog):
    with caplog.at_level(logging.DEBUG):
        submission, words = events.submission_full_of_canaries("en")
        events.fire_all(submission)
        _written_about(save(factories.fill(factories.begin()), RIGHT_NOW))
    assert all(word.startswith("zq") == word.endswith("canary") for word in words)
    file = Path(db.engine.url.database)
    wal = Path(f"{file}-wal").read_bytes()
    assert len(wal) > 10_000, "the log of writes is searched, too"
    text = (file.read_bytes() + wal).decode("latin-1")
    assert submission.reference in text, "the search finds what is there"
    assert [word for word in EVERYTHING if any(form in text for form in forms(word))] == []
    log = "\n".join(map(JsonFormatter().format, caplog.records))
    assert [word for word in EVERYTHING if any(form in log for form in forms(word))] == []


def _written_about(submission: Submission) -> None:
    """What staff write about somebody in danger."""
    who = {"author": example_user("clinician@example.com"), "now": NOW}
    with unit_of_work():
        service.add_note(submission, STAFF["note"], **who)
        holds.place(submission, STAFF["hold"], **who)
        acknowledge(
            submission,
            "safe_plan",
            entry_id=submission.id,
            alarm=submission.alarms,
            note=STAFF["flag"],
            try_again_at=None,
            clinic=current_clinic(),
            **who,
        )
