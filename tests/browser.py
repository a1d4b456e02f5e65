"""The Chromium that journeys run in. `python -m tests.browser` makes sure that there is one."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
UPDATE = ("apt-get", "update")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "fonts-liberation")
DEBIAN = [(UPDATE, (*INSTALL, package)) for package in ("chromium-headless-shell", "chromium")]
"""The first is the smaller and faster one, but not every release has it."""
PLAYWRIGHT = ((sys.executable, "-m", "playwright", "install", "chromium"),)
MISSING = (
    "NO CHROMIUM, so the tests in a real browser are skipped. "
    "Mend: apt-get install chromium-headless-shell fonts-liberation"
)


@cache
def find() -> str | None:
    """The path of the browser to test with: the system's, else the one Playwright downloaded."""
    return _on_path() or _downloaded()


def main() -> None:
    """Install a browser if there is none. When that fails, say so in one line and go on."""
    if _on_path() or _downloaded():
        return
    print("There is no Chromium here; installing one for the tests.", flush=True)  # noqa: T201
    for commands in _ways():
        if all(_succeeds(command) for command in commands) and (_on_path() or _downloaded()):
            return
    print(MISSING, file=sys.stderr)  # noqa: T201


def _on_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _downloaded() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _ways() -> list[tuple[tuple[str, ...], ...]]:
    is_root_on_debian = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return [*DEBIAN, PLAYWRIGHT] if is_root_on_debian else [PLAYWRIGHT]


def _succeeds(command: tuple[str, ...]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"stdin": subprocess.DEVNULL, "capture_output": True}
    return subprocess.run(command, check=False, env=environment, **quiet).returncode == 0


if __name__ == "__main__":
    main()
