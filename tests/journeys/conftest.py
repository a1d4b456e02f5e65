"""Fixtures for journeys: one running clinic for all of them, and a real browser."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests import browser
from tests.journeys.hands import Mouse
from tests.journeys.patient import Patient
from tests.processes import Installation, installation

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
ZOOMED = {"viewport": {"width": 390, "height": 844}}
"""A window of a large screen that is zoomed until it is as narrow as a phone."""
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-software-rasterizer",
]
PATIENCE = 10_000
"""Milliseconds until something that should appear counts as missing."""

expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]
_opened = pytest.StashKey[list[Page]]()


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The whole thing as `make run` starts it. All journeys share it, each with its own patient."""
    with installation(tmp_path_factory.mktemp("instance")) as running:
        running.prepare()
        running.start("everything")
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser.find()
    if path is None:
        pytest.skip(browser.MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


class Watch:
    """What must never happen behind the pages: strangers asked, files missing, errors said."""

    def __init__(self, address: str) -> None:
        self.addresses = (address, address.replace("127.0.0.1", "localhost"))
        self.faults: list[str] = []

    def over(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("console", self._console)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(self.addresses):
            self.faults.append(f"asked a stranger: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"missing: {response.url}")

    def _console(self, said: ConsoleMessage) -> None:
        # `_response` knows which did not load, and signing out says what it cleared.
        if not said.text.startswith(("Failed to load resource", "Clear-Site-Data")):
            self.faults.append(f"the console said: {said.text}")


@pytest.fixture
def open_page(
    chromium: Browser, clinic: Installation, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """Open a page in a browser of its own; without JavaScript, if nothing else is asked for."""
    opened = request.node.stash[_opened] = []
    watch = Watch(clinic.address)
    with ExitStack() as stack:

        def open_page(**options: Any) -> Page:
            context = chromium.new_context(**{"java_script_enabled": False} | options)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            opened.append(context.new_page())
            watch.over(opened[-1])
            return opened[-1]

        yield open_page
    assert not watch.faults


@pytest.fixture
def patient(open_page: OpenPage, clinic: Installation) -> Patient:
    """A patient with a phone."""
    return Patient(open_page(**PHONE), clinic.address, Mouse())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep pictures of the open pages of a journey that failed, and say where they are."""
    report = yield
    if report.when == "call" and report.failed and item.stash.get(_opened, []):
        folder = Path(tempfile.mkdtemp(prefix="intake-journey-"))
        for number, page in enumerate(item.stash[_opened], start=1):
            page.screenshot(path=folder / f"{number}.png", full_page=True)
            (folder / f"{number}.html").write_text(page.content())
        (folder / "processes.log").write_text(item.funcargs["clinic"].log())
        report.sections.append(("Pages at the failure", str(folder)))
    return report
