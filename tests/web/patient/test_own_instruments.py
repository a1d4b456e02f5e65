"""A clinic's own questions, from a file that it put into its folder to the clinician's page."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from intake.core.db import unit_of_work
from intake.screening.catalog import use_own
from tests import factories
from tests.browse import Browser
from tests.unit.screening.documents import midas_with_words, own_instrument
from tests.web.patient import journey
from tests.web.patient.test_spanish import submission
from tests.web.staff.people import CLINICIAN, let_in
from tests.web.staff.test_clinician_view import answer
from tests.web.staff.test_record import see


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "sleep.json").write_text(json.dumps(own_instrument()))
    (tmp_path / "midas.json").write_text(json.dumps(midas_with_words()))
    use_own(tmp_path)
    yield tmp_path
    use_own(tmp_path / "nowhere")


@pytest.fixture
def record(app: Flask) -> Callable[[], str]:
    """What a clinician reads of the one request there is."""

    def read() -> str:
        with unit_of_work():
            submission().status = "new"
        return see(let_in(Browser(app), CLINICIAN), submission()).text

    return read


def test_it_is_asked_scored_and_shown(client: Browser, record: Callable[[], str]) -> None:
    journey.to_screening(client)
    page = journey.skip_to(client, "/request/screening/sleep")
    assert "Rested?" in page.text
    client.submit(hours="7", rested="no")
    assert submission().answers["sleep"] == {"hours": 7, "rested": "no"}
    words = record()
    assert "Sleep last week 9 / 26 poor 2 of 2 answered" in words
    assert "Rested? No" in words


def test_one_left_half_way_is_a_lower_bound(app: Flask, record: Callable[[], str]) -> None:
    answer(factories.sent(), {"hours": 7}, instrument="sleep")
    assert "Not complete 1 of 2 answered, at least 7 (good)" in record()


def test_words_by_permission_are_asked_of_whom_the_file_says(
    client: Browser, record: Callable[[], str]
) -> None:
    journey.to_screening(client, conditions=["migraine"])
    page = journey.skip_to(client, "/request/screening/midas")
    assert "Used by permission." in page.text
    client.submit(**dict.fromkeys(("q1", "q2", "q3", "q4"), "2"), q5="3", a="20", b="7")
    assert "11 / 460 Grade III moderate" in record()


def test_a_page_in_another_language_leaves_it_out(client: Browser) -> None:
    client.get("/request/start?lang=es")
    client.submit(**journey.START)
    client.submit(**journey.CONTACT)
    journey.skip_to(client, "/request/health")
    assert "sleep" not in (submission().answers or {}).get("skipped", [])
    notes = [note["text"] for note in submission().triage["notes"]]
    assert any("Sleep" in text and "not offered" in text for text in notes)
