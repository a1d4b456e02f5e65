"""Pictures of the pages as they are. `make photographs` writes those of the README and the docs.

They show a clinic of its own, with made-up people, that is gone when they are done.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import browser
from tests.journeys.conftest import CHROMIUM_FLAGS, DESKTOP, PHONE
from tests.journeys.hands import Mouse
from tests.journeys.patient import SAFETY, Patient
from tests.journeys.receptionist import Receptionist
from tests.journeys.requests import cry_for_help_from, request_from
from tests.processes import Installation, installation

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DEMO = ("-m", "flask", "--app", "wsgi", "demo", "--submissions", "300")
"""Made-up requests, so that the front desk has something to do."""


def main() -> None:
    """Write every picture, in place of the ones before."""
    folder = Path(tempfile.mkdtemp(prefix="intake-photographs-"))
    with installation(folder) as clinic, chromium() as it:
        clinic.prepare()
        assert clinic.run(*DEMO, output=subprocess.DEVNULL).wait() == 0
        clinic.start("web")
        patients_pages(it, clinic)
        staff_pages(it, clinic)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the tests use; ends the program where there is none."""
    path = browser.find() or sys.exit(browser.MISSING)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


def patients_pages(it: Browser, clinic: Installation) -> None:
    """What a patient sees, on a phone."""
    patient = Patient(_page(it, PHONE), clinic.address, Mouse())
    patient.opens_the_start_page()
    _take(patient.page, "start")
    _take(patient.page, "start-dark", dark=True)
    patient.family_name = "Whitfield"
    patient.comes_to("/request/times")
    patient.main.get_by_role("radio").nth(3).check()
    _take(patient.page, "times")
    patient.chooses_the_first_free_time()
    patient.sends_the_request()
    _take(patient.page, "sent")
    troubled = Patient(_page(it, PHONE), clinic.address, Mouse())
    troubled.family_name = "Okonkwo"
    troubled.comes_to(SAFETY)
    troubled.answers_about_safety(yes_to=2)
    troubled.says_whether_it_is_now("Yes")
    _take(troubled.page, "help")


def staff_pages(it: Browser, clinic: Installation) -> None:
    """What the front desk and a clinician see."""
    request_from(clinic, "Featherstone")
    in_danger = cry_for_help_from(clinic, "Marlow")
    clinician = Receptionist(_page(it, DESKTOP), clinic, Mouse())
    clinician.signs_in_by_a_one_time_link("clinician@example.com")
    _take(clinician.page, "queue")
    _take(clinician.page, "queue-dark", dark=True)
    clinician.opens_the_request_of(in_danger.name)
    _take(clinician.page, "record")
    clinician.opens("/staff/calendar")
    _take(clinician.page, "calendar")


def photograph(page: Page, folder: Path, name: str) -> None:
    """Pictures of a whole page: on a desktop, and on a phone in the dark."""
    for state, (screen, colors) in {"desktop": (DESKTOP, "light"), "dark": (PHONE, "dark")}.items():
        page.set_viewport_size(screen["viewport"])
        page.emulate_media(color_scheme=colors)
        page.screenshot(path=folder / f"{name}-{state}.png", full_page=True)


def _page(it: Browser, screen: dict[str, object]) -> Page:
    return it.new_context(**screen, java_script_enabled=False).new_page()


def _take(page: Page, name: str, *, dark: bool = False) -> None:
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
