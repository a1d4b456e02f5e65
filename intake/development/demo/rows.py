"""The rows of one made-up request, in all tables, sealed as the services seal them."""

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from intake.core.encryption import seal_json
from intake.core.tokens import new_id
from intake.development.demo import people
from intake.development.demo.course import WITH_CALL, Course
from intake.development.demo.mails import Mails
from intake.development.demo.plan import Plan
from intake.development.demo.telling import Telling
from intake.scheduling.person import person_key
from intake.submissions import consents, search
from intake.submissions.flags import PATIENT
from intake.submissions.models import FLAGGED, Submission

Row = dict[str, Any]
Tables = defaultdict[str, list[Row]]
SUBMISSIONS = [column.name for column in Submission.metadata.tables["submissions"].columns]
NOTES = (
    "Prefers calls after lunch.",
    "Asked about insurance. Sent the information sheet.",
    "Will bring a list of medicines to the call.",
    "Spoke with a family member, who will pass it on.",
)
ACKNOWLEDGED = ("safe_plan", "safe_plan", "procedure_followed", "handed_over")
FORM_TAKES = timedelta(minutes=12)
STANDS_OPEN = 0.25
"""The share of recent urgent flags that nobody has acknowledged."""


class Request:
    """One made-up request while its rows are written into the tables of a batch."""

    def __init__(
        self, tables: Tables, plan: Plan, chance: Random, *, course: Course, telling: Telling
    ) -> None:
        self.tables, self.plan, self.chance, self.course = tables, plan, chance, course
        self.submission = self._sent(telling)
        self.mails = Mails(tables["messages"], plan.clinic, self.submission)

    def write(self, reference: str) -> None:
        """Write the request, known by this reference, and everything about it."""
        self.submission.reference = reference
        self._log(self.begun_at, PATIENT, "draft begun")
        self._flag()
        sent_at, level = self.course.sent_at, f"level {self.submission.level}"
        self._log(sent_at, PATIENT, "submission sent", level)
        self.mails.sent(sent_at)
        self._contact()
        self._calls()
        self._appointment()
        self._note()
        self._end()
        submission = self.submission
        self.tables["submissions"].append({name: getattr(submission, name) for name in SUBMISSIONS})

    @property
    def begun_at(self) -> datetime:
        """When the first page was saved."""
        return self.course.sent_at - FORM_TAKES

    def _sent(self, telling: Telling) -> Submission:
        """The request as it was sent, with its level."""
        chance, course = self.chance, self.course
        submission = Submission(
            reference="",
            cookie_hash=None,
            language=telling.language,
            created_at=self.begun_at,
            updated_at=course.ends_at,
            waiting_since=course.call_at or course.sent_at,
            sent_at=course.sent_at,
            status=course.status,
            call_at=course.call_at,
            closed_for=course.closed_for,
            level_rank=telling.level_rank,
            queue_rank=min(telling.level_rank, FLAGGED - 1),
        )
        notice = {
            "consented_at": self.begun_at.isoformat(),
            "notice": self.plan.clinic.notice_version,
        }
        submission.contact = {
            "start": telling.start,
            "contact": {**people.contact(chance), **notice},
            "times": people.times(
                chance, chose=course.status == "booked", zone=self.plan.clinic.tz.key
            ),
        }
        submission.answers = telling.answers_at(self.begun_at + FORM_TAKES / 2)
        submission.triage = telling.triage_at(course.sent_at)
        return submission

    def _flag(self) -> None:
        """Raise the flag of somebody in danger; of most, somebody has acknowledged it."""
        submission = self.submission
        if submission.level_rank < FLAGGED:
            return
        raised = self.course.sent_at - FORM_TAKES / 2
        submission.alarms, submission.flagged_at = 1, raised
        self._log(raised, PATIENT, "flag raised", f"alarm 1, level {submission.level}")
        self.mails.urgent(raised)
        is_over = self.course.status not in ("new", "contacting", "booked", "quarantined")
        if is_over or self.chance.random() > STANDS_OPEN:
            self._acknowledge(raised + timedelta(minutes=self.chance.randrange(2, 15)))
        else:
            submission.queue_rank, submission.waiting_since = submission.level_rank, raised

    def _acknowledge(self, at: datetime) -> None:
        outcome, row_id = self.chance.choice(ACKNOWLEDGED), new_id()
        row = {"alarm": 1, "outcome": outcome, "closed": True, "try_again_at": None}
        note = "Called. Safe now, with somebody. Agreed on whom to call."
        sealed = seal_json(note, "acknowledgements", "note", row_id)
        self._add("acknowledgements", row_id, at, self.plan.clinician, **row, note_sealed=sealed)
        self._log(at, f"user:{self.plan.clinician}", "flag acknowledged", f"alarm 1, {outcome}")

    def _contact(self) -> None:
        contact = self.submission.contact["contact"]
        version, this = self.plan.clinic.notice_version, self.submission.id
        channels = consents.allowed(contact)
        self.tables["consents"] += consents.rows_of(this, channels, version, at=self.begun_at)
        self.tables["search_terms"] += search.rows_of(this, contact, at=self.begun_at)

    def _calls(self) -> None:
        submission, before = self.submission, self._as_sent()
        for at, outcome in self.course.tries:
            call_at = self.course.call_at if (at, outcome) == self.course.tries[-1] else None
            values = {"outcome": outcome, "before": before, "call_at": call_at, "undone_at": None}
            self._add("tries", new_id(), at, self.plan.desk, **values)
            self._log(at, f"user:{self.plan.desk}", "call recorded", outcome)
            is_reached = outcome in ("booked", "not_interested")
            submission.tries = 0 if is_reached else submission.tries + 1
            submission.last_try = outcome
            before = {**before, "status": "contacting", "tries": submission.tries}
            before["last_try"] = outcome

    def _as_sent(self) -> Row:
        since = self.course.sent_at.isoformat()
        return {
            "status": "new",
            "tries": 0,
            "last_try": "",
            "call_at": None,
            "waiting_since": since,
        }

    def _appointment(self) -> None:
        slot, booked_at = self.course.slot, self.course.booked_at
        if slot is None or booked_at is None:
            return
        actor, times, row_id = f"user:{self.plan.desk}", self.submission.contact["times"], new_id()
        self.tables["appointments"].append(
            {
                **slot._asdict(),
                "id": row_id,
                "type_id": self.plan.kind.id,
                "submission_id": self.submission.id,
                "status": self.course.status,
                "created_at": booked_at,
                "updated_at": self.course.ends_at,
                "channel": times["channel"],
                "time_zone": times["time_zone"],
                "person": person_key(self.submission),
                "changed_by": actor,
                **NEVER_CHANGED,
            }
        )
        self._log(booked_at, actor, "appointment booked", "patient told by email")
        self.mails.booked(slot, row_id, times["channel"], booked_at)

    def _note(self) -> None:
        if self.chance.random() < 0.2:
            at, row_id = (
                self.course.sent_at + timedelta(minutes=self.chance.randrange(90)),
                new_id(),
            )
            body = seal_json(self.chance.choice(NOTES), "notes", "body", row_id)
            at = min(at, self.plan.order.now)
            self._add("notes", row_id, at, self.plan.desk, body_sealed=body)
            self._log(at, f"user:{self.plan.desk}", "note added")

    def _end(self) -> None:
        course, actor = self.course, f"user:{self.plan.desk}"
        if course.status == "closed":
            self._log(course.ends_at, actor, "submission closed", course.closed_for)
        if course.status in WITH_CALL and course.status != "booked":
            self._log(course.ends_at, actor, f"call {course.status}")
        if course.status == "withdrawn":
            self._log(course.ends_at, PATIENT, "request withdrawn")

    def _add(self, table: str, row_id: UUID, at: datetime, author: UUID, **values: Any) -> None:
        """A row about the request that a member of staff wrote."""
        own = {"id": row_id, "submission_id": self.submission.id}
        self.tables[table].append({**own, "author_id": author, "created_at": at, **values})

    def _log(self, at: datetime, actor: str, action: str, detail: str = "") -> None:
        values = {"at": at, "actor": actor, "action": action, "detail": detail}
        self.tables["audit_log"].append({**values, "subject_id": self.submission.id})


NEVER_CHANGED = {
    "hold_expires_at": None,
    "sequence": 0,
    "moves": 0,
    "reason": "",
    "cancelled_at": None,
    "outside_hours": False,
    "before": None,
    "version": 1,
}
"""Columns of an appointment that nobody has moved or cancelled."""
