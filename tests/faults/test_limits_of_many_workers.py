"""A limit is one limit, however many processes serve."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from subprocess import DEVNULL

from sqlalchemy import func, select

from intake.core.db import db
from intake.patient.limits import BEGUN
from intake.submissions.models import Submission
from tests.faults.outbox import looking_at
from tests.processes import Installation, wait_for
from tests.web.patient import journey

TRIES = BEGUN.burst + 15


def test_several_workers_count_together(clinic: Installation) -> None:
    bind, workers = f"--bind=127.0.0.1:{clinic.port}", "--workers=2"
    serve = ("-m", "flask", "--app", "wsgi", "serve", bind, workers)
    clinic.running["web"] = clinic.run(*serve, output=DEVNULL)
    wait_for(lambda: clinic.status("/ready") == 200, "web")

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(
            pool.map(lambda _: journey.to_contact(clinic.browser()).status, range(TRIES))
        )

    with looking_at(clinic):
        drafts = db.session.scalar(select(func.count()).select_from(Submission))
    assert set(answers) == {200, 429}
    assert drafts == answers[200]
    assert BEGUN.burst <= drafts <= BEGUN.burst + 3, "a few more as time passes"
