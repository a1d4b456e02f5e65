"""The made-up requests of `flask --app wsgi demo` are like those that people send."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from intake.audit import log
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import db
from intake.development.demo import command, plan, writing
from intake.development.demo.plan import Plan
from intake.exports.models import Figures
from intake.scheduling.models import BLOCKING, Appointment
from intake.screening.catalog import load_catalog
from intake.screening.facts import AnswerSheet
from intake.screening.triage import evaluate
from intake.submissions import search
from intake.submissions.assessment import plan_of
from intake.submissions.given import answers_in
from intake.submissions.models import Submission
from tests.web.staff.people import CLINICIAN, let_in


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(command.demo, arguments)


def plan_of_new(number: int, seed: int = 7) -> Plan:
    clinic = current_clinic()
    order = writing.new_order(seed, number, clinic, as_of=clock.now().isoformat())
    return writing.make_plan(order, clinic)


def people() -> list[Submission]:
    return list(db.session.scalars(select(Submission).order_by(Submission.sent_at)))


def test_a_run_that_was_stopped_goes_on_and_leaves_a_whole_clinic(app, client, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 40)  # so that several processes take part
    batches = writing.write(plan_of_new(100))
    assert next(batches) == 40
    batches.close()
    rest = writing.make_plan(writing.unfinished(), current_clinic())
    assert list(writing.write(rest)) == [40, 20]

    found = people()
    assert len(found) == 100
    assert writing.unfinished() is None
    assert log.verify().fault is None
    assert {"new", "contacting", "held", "closed"} <= {each.status for each in found}
    assert_none_overlap()
    for each in found:
        assert_told_as_the_rules_say(each)
    contact = found[50].contact["contact"]
    words = f"{contact['family_name']} {contact['phone']}"
    assert found[50].id in {each.id for each in search.found(words).rows}
    desk = let_in(client, CLINICIAN)
    desk.get("/staff/")
    for each in found[-5:]:
        assert each.reference in desk.get(f"/staff/submissions/{each.id}").text
    for each in found[:-5]:  # without looking at every tag of it
        assert desk.client.get(f"/staff/submissions/{each.id}").status_code == 200


def assert_none_overlap() -> None:
    """The database would refuse it; so it is asked about in Python."""
    blocking = select(Appointment).where(Appointment.status.in_(BLOCKING))
    ordered = blocking.order_by(Appointment.provider_id, Appointment.blocked_from)
    times = db.session.scalars(ordered).all()
    assert len(times) > 20
    for earlier, later in pairwise(times):
        is_after = earlier.blocked_until <= later.blocked_from
        assert is_after or earlier.provider_id != later.provider_id


def assert_told_as_the_rules_say(submission: Submission) -> None:
    """What is stored of triage is what the rules find in the answers, read anew."""
    answers, plan = answers_in(submission.answers), plan_of(submission, current_clinic())
    skipped = submission.answers["skipped"]
    gated = [each.id for each in plan.screening if each.gated and f"{each.id}/gate" in skipped]
    for name, given in answers.items():
        instrument = load_catalog()[name]
        assert (instrument.behind_gate() if name in gated else instrument).clean(given) == given
    sheet = AnswerSheet(
        answers=answers,
        shown={*answers, *skipped},
        gated=gated,
        conditions=submission.contact["start"]["conditions"],
        not_offered=plan.not_offered,
        language=submission.language,
    )
    found = evaluate(load_catalog(), sheet)
    assert submission.level == found.level.value
    stored = [(each["rule"], each["text"]) for each in submission.triage["reasons"]]
    assert stored == [(each.rule, each.text) for each in found.reasons]


@pytest.mark.sqlite
def test_the_same_seed_makes_the_same_people(app):
    seven = plan_of_new(20)
    eight = replace(seven, order=replace(seven.order, seed=8))
    first, again, others = (told(writing.Maker(each).batch(0)) for each in (seven, seven, eight))
    assert first == again != others


def told(tables: writing.Tables) -> list[tuple[object, ...]]:
    """What differs between people, without what is random for everybody."""
    return [
        (row["status"], row["sent_at"], row["level_rank"], len(row["answers_sealed"]))
        for row in tables["submissions"]
    ]


@pytest.mark.sqlite
def test_a_clinic_with_requests_is_left_alone_unless_told(app, monkeypatch):
    monkeypatch.setattr(plan, "YEARS_BACK", timedelta(days=60))
    assert list(writing.write(plan_of_new(30))) == [30]
    refused = run(app, "--submissions", "4")
    assert (refused.exit_code, len(people())) == (1, 30)
    assert "--add" in refused.output
    added = run(app, "--submissions", "30", "--add")
    assert (added.exit_code, len(people())) == (0, 60)
    assert db.session.scalar(select(func.count()).select_from(Figures)) > 60
    assert_none_overlap()


@pytest.mark.sqlite
def test_a_production_clinic_is_refused(app, monkeypatch):
    monkeypatch.setitem(
        app.config, "SETTINGS", replace(app.config["SETTINGS"], environment="production")
    )
    refused = run(app, "--submissions", "3")
    assert (refused.exit_code, people()) == (1, [])
    assert "production" in refused.output
