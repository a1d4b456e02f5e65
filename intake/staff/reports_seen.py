"""Who saw what: what the audit log holds about one request, or about what one person did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import (
    Response,
    abort,
    make_response,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from wtforms.validators import ValidationError

from intake.accounts.permissions import Permission
from intake.accounts.queries import everybody, names_of
from intake.audit import log
from intake.audit.models import AuditEntry
from intake.audit.queries import Search, batches, count, entries
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.exports.csv_file import MEDIA_TYPE, csv_lines
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.proof import proved
from intake.staff.settings_forms import DateField
from intake.staff.words import opening, when
from intake.submissions.models import Submission
from intake.submissions.queries import by_reference, references_of
from intake.web.fields import ChoiceField, SelectField, TextField
from intake.web.forms import Form

MOST = 50
HIGHEST_NUMBER = 10**15
DAY = timedelta(days=1)
HEAD = ("When", "Who", "What", "About", "Detail")
VIEWED = "audit log viewed"
OTHERS = {"patient": "The patient", "system": "The system", "visitor": "A visitor"}


class SeenForm(Form):
    """About which request or by whom, and in which days."""

    reference = TextField(
        "Reference of a request",
        hint="Such as K7M-4QDX, to see who opened it.",
        optional=True,
        mark_optional=False,
    )
    user = SelectField(
        "Member of staff",
        choices=[],
        blank="Anybody",
        hint="To see what they opened and did.",
        optional=True,
        mark_optional=False,
    )
    first = DateField("From", optional=True)
    last = DateField("Until", optional=True)
    what = ChoiceField(
        "Show",
        choices=[("looks", "Looks, searches and downloads"), ("all", "Everything")],
    )

    def validate_reference(self, field: TextField) -> None:
        """One of the two says what the report is about."""
        if not field.is_given and not self.user.is_given:
            raise ValidationError("Enter a reference, or choose a person")
        if field.is_given and self.submission is None:
            raise ValidationError("There is no request with this reference")

    def validate_last(self, field: DateField) -> None:
        """The days cannot end before they begin."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError("Enter a day that is not before the first one")

    @property
    def submission(self) -> Submission | None:
        """The request that is meant."""
        return by_reference((self.reference.data or "").strip().upper())


@dataclass(frozen=True)
class Names:
    """What ids in the log are called."""

    users: dict[UUID, str]
    requests: dict[UUID, str]

    def actor(self, entry: AuditEntry) -> str:
        """Who did it."""
        kind, _, user_id = entry.actor.partition(":")
        if kind == "user":
            return self.users.get(UUID(user_id), "Somebody who is not here any more")
        return OTHERS.get(entry.actor, opening(entry.actor))

    def subject(self, entry: AuditEntry) -> str:
        """What or whom it is about: a reference, or a colleague; "" for neither."""
        if entry.subject_id is None:
            return ""
        return self.requests.get(entry.subject_id) or self.users.get(entry.subject_id, "")


@dataclass(frozen=True)
class Seen:
    """One line of the report."""

    at: str
    who: str
    what: str
    about: str
    detail: str


@blueprint.get("/dashboard/access")
@requires(Permission.SEE_AUDIT)
def who_saw() -> ResponseReturnValue:
    """Ask about which request or person; then the latest entries. That is recorded, too."""
    clinic = current_clinic()
    if not request.args:
        return _page(_filled(SeenForm.fill({"what": "looks"})))
    form = _filled(SeenForm(formdata=request.args))
    if not form.validate():
        return _page(form, has_errors=True, status=400)
    search = replace(_search(form, clinic), before=_before())
    _record(form, VIEWED, "")
    found = list(entries(search, MOST + 1))
    later = found[MOST - 1].seq if len(found) > MOST else None
    return _page(form, lines=_lines(found[:MOST], clinic), later=later)


@blueprint.post("/dashboard/access")
@requires(Permission.SEE_AUDIT)
@proved
def download_who_saw() -> ResponseReturnValue:
    """All of it as CSV."""
    form, clinic = _filled(SeenForm()), current_clinic()
    if not form.validate_on_submit():
        abort(400)
    search = _search(form, clinic)
    _record(form, "audit log exported", f"{count(search)} entries")
    rows = stream_with_context(csv_lines(HEAD, _rows(search, clinic)))
    response = Response(rows, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = "attachment; filename=who-saw-what.csv"
    return response


def _filled(form: SeenForm) -> SeenForm:
    """The form with everybody who ever worked here."""
    form.user.choices = [(str(user.id), user.name) for user in everybody()]
    return form


def _search(form: SeenForm, clinic: Clinic) -> Search:
    submission = form.submission
    return Search(
        subject_id=submission.id if submission else None,
        actor=f"user:{form.user.data}" if form.user.data else None,
        since=_midnight(form.first.data, clinic) if form.first.data else None,
        until=_midnight(form.last.data + DAY, clinic) if form.last.data else None,
        looks=form.what.data == "looks",
    )


def _midnight(day: date, clinic: Clinic) -> datetime:
    return datetime.combine(day, time(), clinic.tz)


def _record(form: SeenForm, action: str, detail: str) -> None:
    """Record who reads about what; of a colleague, the one they read about."""
    submission, now = form.submission, clock.now()
    about = submission.id if submission else UUID(form.user.data)
    with unit_of_work():
        log.record(action, actor=staff_user().actor, now=now, subject_id=about, detail=detail)


def _names(found: Sequence[AuditEntry]) -> Names:
    subjects = {entry.subject_id for entry in found if entry.subject_id is not None}
    actors = {
        UUID(entry.actor.removeprefix("user:"))
        for entry in found
        if entry.actor.startswith("user:")
    }
    return Names(names_of(subjects | actors), references_of(subjects))


def _lines(found: Sequence[AuditEntry], clinic: Clinic) -> list[Seen]:
    names, now = _names(found), clock.now()
    return [
        Seen(
            opening(when(entry.at, clinic.tz, now)),
            names.actor(entry),
            opening(entry.action),
            names.subject(entry),
            entry.detail.replace("_", " "),
        )
        for entry in found
    ]


def _rows(search: Search, clinic: Clinic) -> Iterator[tuple[str, ...]]:
    for found in batches(search):
        names = _names(found)
        for entry in found:
            at = f"{entry.at.astimezone(clinic.tz):%Y-%m-%d %H:%M:%S}"
            about = names.subject(entry)
            yield at, names.actor(entry), opening(entry.action), about, entry.detail


def _page(
    form: SeenForm,
    *,
    lines: list[Seen] | None = None,
    later: int | None = None,
    has_errors: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "staff/who_saw.html",
        form=form if has_errors else None,
        seen_form=form,
        lines=lines,
        later=_address(later) if later else "",
    )
    return make_response(page, status)


def _address(before: int) -> str:
    """The same report from an entry on."""
    asked = {name: value for name, value in request.args.items() if name != "before"}
    return f"{url_for('staff.who_saw')}?{urlencode({**asked, 'before': before})}"


def _before() -> int | None:
    """The number of an entry that the address names; None for none, or for what cannot be one."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 < number < HIGHEST_NUMBER else None
