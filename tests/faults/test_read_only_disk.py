"""The disk can only be read, as when the kernel has found it failing. A real mount; needs root."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from intake.audit import log
from intake.cli.backups import backup
from intake.core.db import db
from intake.core.instance import keep_to_owner
from intake.doctor.machine import disk
from tests.browse import Browser
from tests.processes import installation
from tests.web.patient import journey


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or not mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", folder):
        pytest.skip("a disk cannot be mounted here: that needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def mount(*arguments: object) -> bool:
    command = ["mount", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def remount(folder: Path, app: Flask, how: str) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # the kernel waits for files that are open for writing
    assert mount("-o", f"remount,{how}", folder)


def test_what_was_typed_is_kept_and_nothing_need_be_restarted(mounted: Path) -> None:
    with installation(mounted) as clinic:
        clinic.prepare()
        browser = Browser(clinic.app)
        browser.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"  # as browsers say
        journey.to_contact(browser)
        remount(mounted, clinic.app, "ro")
        page = browser.submit(**journey.CONTACT | {"given_name": "Dee"})
        assert (page.status, page.fields()["given_name"]) == (503, ["Dee"])
        assert Browser(clinic.app).client.get("/ready").status_code == 503
        keep_to_owner(mounted)  # as each start does
        assert "cannot be written to" in disk(mounted).line
        with clinic.app.app_context():
            result = clinic.app.test_cli_runner().invoke(backup)
        assert (result.exit_code, "No backup was made" in result.stderr) == (1, True)
        remount(mounted, clinic.app, "rw")
        assert browser.submit().path == "/request/safety"
        with clinic.app.app_context():
            assert log.verify().fault is None
