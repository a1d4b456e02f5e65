"""What a clinician sees of the answers: word for word, and beside those given before."""

import re
from datetime import timedelta

from intake.clinic.service import current_clinic
from intake.core.db import unit_of_work
from intake.submissions import drafts
from intake.submissions.models import Submission
from tests import factories, intakes
from tests.browse import Browser
from tests.factories import MONDAY_MORNING as NOW
from tests.web.staff.test_record import see

LOW = {f"q{number}": 1 for number in range(1, 9)} | {"q9": 0}
HIGH = {f"q{number}": 3 for number in range(1, 9)} | {"q9": 0}


def answer(
    submission: Submission, answers: dict[str, object], *, days: int = 0, instrument: str = "phq9"
) -> None:
    with unit_of_work():
        drafts.save_answers(
            submission, instrument, answers, current_clinic(), now=NOW + timedelta(days=days)
        )


def test_a_second_result_stands_beside_the_first(clinician: Browser) -> None:
    submission = factories.begin()
    answer(submission, HIGH)
    answer(submission, LOW, days=14)
    with unit_of_work():
        submission.status = "new"
    page = see(clinician, submission)
    assert "8 / 27" in page.text
    assert re.search(r"Before: 24 \([^)]+\). Change −16", page.text)
    assert "Before: Nearly every day" in page.text
    assert "was-mark" in page.body.decode()


def test_an_incomplete_second_result_shows_no_change(clinician: Browser) -> None:
    submission = factories.sent()
    answer(submission, {"q1": 3})
    assert "Before: 1 (" in (text := see(clinician, submission).text)
    assert "Change" not in text


def test_one_result_has_nothing_beside_it(clinician: Browser) -> None:
    assert "Before:" not in see(clinician, factories.sent()).text


def test_an_answer_that_was_taken_back_is_still_told(clinician: Browser) -> None:
    submission = factories.sent()
    answer(submission, {"exposure": "yes", "q1": "yes"}, instrument="pc_ptsd_5")
    answer(submission, {"exposure": "no"}, instrument="pc_ptsd_5")
    assert "Taken back Before: Yes" in see(clinician, submission).text


def test_a_reason_shows_question_and_answer_as_they_were(desk: Browser, clinician: Browser) -> None:
    submission = factories.sent()
    answer(submission, factories.NO_THOUGHTS | {"q4": "yes", "q5": "no"}, instrument="asq")
    answer(submission, factories.NO_THOUGHTS, instrument="asq")
    asked = "“Have you ever tried to kill yourself?” Yes"
    assert asked in see(clinician, submission).text
    assert asked not in see(desk, submission).text


def test_of_several_medicines_a_reason_names_its_own(clinician: Browser) -> None:
    page = see(clinician, intakes.full())
    reasons = next(item for item in page.all("ul") if item.get("class") == "why")
    small = ["".join(each.itertext()) for each in reasons.iter() if each.tag.endswith("small")]
    medicines = [words for words in small if words.startswith("“Do you take any of these now?")]
    assert len(medicines) == 2
    assert not any("Xanax" in words and "methadone" in words for words in medicines)


def test_answers_that_say_nothing_are_gathered_on_paper(clinician: Browser) -> None:
    text = see(clinician, intakes.full(intakes.mildest)).text
    assert "Nothing to note: blood pressure, heart, stroke," in text
    assert "Nothing to note: liver" not in see(clinician, intakes.full()).text


def test_the_front_desk_has_no_sheet_of_answers(desk: Browser) -> None:
    body = see(desk, intakes.full()).body.decode()
    for words in ("brief", "Nothing to note", "killed", "Severe", "Taken back", "Xanax"):
        assert words not in body, words
