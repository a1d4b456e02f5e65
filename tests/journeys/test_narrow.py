"""On the narrowest phones nothing is cut off, and a finger finds every answer."""

import pytest

from tests.journeys.hands import Mouse
from tests.journeys.patient import Patient

NARROW = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
FINGER = 44
"""Pixels (WCAG 2.2, 2.5.5)."""


@pytest.fixture
def patient(open_page, clinic) -> Patient:
    """Somebody at the questions on pain."""
    found = Patient(open_page(**NARROW), clinic.address, Mouse())
    found.comes_to("/request/screening/peg", "chronic_pain")
    return found


def test_a_scale_has_room_for_fingers(patient):
    cells = patient.main.locator(".scale .opt")
    boxes = [cell.bounding_box() for cell in cells.all()]
    assert len(boxes) == 33
    assert min(min(box["width"], box["height"]) for box in boxes) >= FINGER
    assert patient.page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_words_of_each_end_stand_at_that_end(patient):
    low, high = (patient.main.locator(f".ends .{end}").first for end in ("low", "high"))
    zero, ten = (patient.main.get_by_label(number, exact=True).first for number in ("0", "10"))
    assert low.inner_text() == "0 = No pain"
    assert low.bounding_box()["y"] < zero.bounding_box()["y"]
    assert high.inner_text() == "10 = Pain as bad as you can imagine"
    assert high.bounding_box()["y"] > ten.bounding_box()["y"]
