"""The pages that show every component."""

from pathlib import Path

from intake.development.component_pages import PAGES
from tests.browse import Browser

COMPONENTS = Path(__file__).parents[3] / "templates" / "components"
MADE_OF_OTHERS = {"paused_note", "questions"}
"""Their parts are shown one by one."""


def test_every_component_is_shown(client: Browser) -> None:
    shown: set[str] = set()
    for name in PAGES:
        page = client.get(f"/dev/components/{name}")
        assert page.status == 200
        headings = page.all("h2")
        shown |= {word for each in headings for word in each.get("data-components", "").split()}
    assert shown | MADE_OF_OTHERS == {path.stem for path in COMPONENTS.glob("*.html")}


def test_what_is_no_page_of_components_is_not_found(client: Browser) -> None:
    assert client.get("/dev/components/nothing").status == 404
