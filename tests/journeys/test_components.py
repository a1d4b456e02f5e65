"""Every component in every state: judged, and photographed to be looked at."""

from pathlib import Path

import pytest

from intake.development.component_pages import PAGES
from tests.journeys.photographs import photograph
from tests.journeys.states import PLAIN, SPACED, TOO_PALE, WITH_AXE, check


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.mark.parametrize("name", PAGES)
def test_components_hold_in_every_state(open_page, clinic, pictures, record_property, name):
    page = open_page(**WITH_AXE)
    page.goto(f"{clinic.address}/dev/components/{name}")
    check(page)
    photograph(page, pictures, name)
    record_property("pictures", str(pictures))
    assert len(list(pictures.glob(f"{name}-*.png"))) == 2


def test_the_judges_find_pale_words_and_wide_pages(open_page, clinic):
    page = open_page(**WITH_AXE, viewport={"width": 320, "height": 640})
    page.goto(f"{clinic.address}/not-for-you")
    page.emulate_media(**PLAIN)
    assert (page.evaluate(TOO_PALE), page.evaluate(SPACED)) == ([], 320)
    page.add_style_tag(content="h1 { color: #999 } ul { white-space: nowrap }")
    assert page.evaluate(TOO_PALE) == [page.get_by_role("heading", level=1).inner_text()]
    assert page.evaluate(SPACED) > 320
