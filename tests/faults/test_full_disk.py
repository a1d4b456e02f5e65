"""The disk is full. The kernel refuses to let files grow, as it would then."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from intake.audit import log
from intake.cli.backups import backup
from intake.core.db import db
from intake.core.encryption import key_ring
from intake.safekeeping.making import make
from intake.safekeeping.restoring import restore
from intake.submissions.models import Submission
from tests import factories
from tests.browse import Browser
from tests.web.patient import journey

pytestmark = pytest.mark.sqlite


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Let no file of this process grow past so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_keeps_what_was_typed_and_needs_no_restart(app) -> None:
    browser = Browser(app)
    browser.client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"  # as browsers say
    journey.to_contact(browser)
    with no_room_beyond(1):
        page = browser.submit(**journey.CONTACT | {"given_name": "Dee"})
        assert (page.status, page.headers["Retry-After"]) == (503, "30")
        assert page.fields()["given_name"] == ["Dee"]
        assert Browser(app).get("/urgent-help").status == 200
    assert browser.submit().path == "/request/safety"
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert log.verify().fault is None


def test_a_backup_without_room_leaves_nothing_and_deletes_nothing(app, tmp_path: Path) -> None:
    make(tmp_path, key_ring(), now=factories.MONDAY_MORNING, keep=9)
    before = list(tmp_path.iterdir())
    with no_room_beyond(1000):
        result = app.test_cli_runner().invoke(backup, ["--to", str(tmp_path), "--keep", "1"])
    assert (result.exit_code, "No backup was made" in result.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == before


def test_a_restore_without_room_changes_nothing(app, tmp_path: Path) -> None:
    path = make(tmp_path, key_ring(), now=factories.MONDAY_MORNING, keep=9).path
    factories.sent()
    db.session.remove()
    with no_room_beyond(400_000), pytest.raises(OperationalError):
        restore(path, key_ring(), replace=True, now=factories.MONDAY_MORNING)
    assert db.session.query(Submission).count() == 1
    restore(path, key_ring(), replace=True, now=factories.MONDAY_MORNING)
    assert db.session.query(Submission).count() == 0
