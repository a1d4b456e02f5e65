"""Lists of requests to download, by when they were sent and by their state."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Response, abort, make_response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from wtforms.validators import ValidationError

from intake.accounts.permissions import Permission
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.core.paging import Cursor, read_cursor
from intake.exports.csv_file import MEDIA_TYPE, csv_lines
from intake.exports.listing import Part, Selection, count, parts, record_list
from intake.staff.guard import blueprint, requires, staff_user
from intake.staff.proof import proved
from intake.staff.reports_columns import columns_for, rows_of, sees_answers
from intake.staff.settings_forms import DateField
from intake.staff.words import STATUSES, full_day
from intake.web.fields import ChoicesField
from intake.web.forms import Form
from intake.web.typed import TextField

LONGEST_CURSOR = 70
DAY = timedelta(days=1)


class ListForm(Form):
    """Which requests: sent from a day to a day, and in which states."""

    first = DateField("Sent from")
    last = DateField("Until")
    status = ChoicesField(
        "State",
        choices=[(key, words) for key, words in STATUSES.items() if key != "draft"],
        hint="None chosen: every state.",
        optional=True,
        mark_optional=False,
    )

    def validate_last(self, field: DateField) -> None:
        """A list cannot end before it begins."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError("Enter a day that is not before the first one")


class PartForm(ListForm):
    """The same, and where one file of it begins and ends."""

    start = TextField("", max_length=LONGEST_CURSOR)
    end = TextField("", max_length=LONGEST_CURSOR, optional=True)


@dataclass(frozen=True)
class File:
    """One file on the page: its words, and the cursors of its ends."""

    words: str
    start: str
    end: str


@blueprint.get("/dashboard/requests")
@requires(Permission.EXPORT)
@proved
def ask_list() -> ResponseReturnValue:
    """Choose what the list holds; then its files."""
    clinic = current_clinic()
    if "first" not in request.args:
        today = clock.now().astimezone(clinic.tz).date()
        month = {"first": today.replace(day=1).isoformat(), "last": today.isoformat()}
        return _page(ListForm.fill(month), clinic)
    form = ListForm(formdata=request.args)
    if not form.validate():
        return _page(form, clinic, has_errors=True, status=400)
    return _page(form, clinic, files=_files(_selection(form, clinic), clinic))


@blueprint.post("/dashboard/requests")
@requires(Permission.EXPORT)
@proved
def download_list() -> ResponseReturnValue:
    """One file, written while it is read; who takes what is recorded before the first line."""
    form, clinic, user = PartForm(), current_clinic(), staff_user()
    start, end = read_cursor(form.start.data or ""), read_cursor(form.end.data or "")
    if not form.validate_on_submit() or start is None:
        abort(400)
    selection = _selection(form, clinic, start, end)
    columns, with_answers = columns_for(user), sees_answers(user)
    with unit_of_work():
        record_list(
            selection,
            count(selection),
            days=f"{form.first.data} to {form.last.data}",
            actor=user.actor,
            now=clock.now(),
            columns="with scores" if with_answers else "without answers",
        )
    rows = rows_of(selection, columns, clinic, with_answers=with_answers)
    body = csv_lines([name for name, _value in columns], rows)
    name = f"requests-{start.instant.astimezone(clinic.tz):%Y-%m-%d}.csv"
    response = Response(stream_with_context(body), content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _selection(
    form: ListForm, clinic: Clinic, start: Cursor | None = None, end: Cursor | None = None
) -> Selection:
    """The days of the form as instants, from midnight to midnight at the clinic."""
    return Selection(
        since=_midnight(form.first.data, clinic),
        until=_midnight(form.last.data + DAY, clinic),
        statuses=tuple(form.status.data or ()),
        start=start,
        end=end,
    )


def _midnight(day: date, clinic: Clinic) -> datetime:
    return datetime.combine(day, time(), clinic.tz)


def _files(selection: Selection, clinic: Clinic) -> list[File]:
    found, before = [], 0
    for part in parts(selection):
        found.append(_file(part, before, clinic))
        before += part.count
    return found


def _file(part: Part, before: int, clinic: Clinic) -> File:
    """The words of a file: which numbers, and from which day on."""
    start, end = part.selection.start, part.selection.end
    assert start is not None
    since = full_day(start.instant.astimezone(clinic.tz).date())
    numbers = f"Request {before + 1:,} to {before + part.count:,}"
    if part.count == 1:
        numbers = f"Request {before + 1:,}"
    words = f"{numbers}, sent from {since} on"
    return File(words, start.text, end.text if end else "")


def _page(
    form: ListForm,
    clinic: Clinic,
    *,
    files: list[File] | None = None,
    has_errors: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    user = staff_user()
    page = render_template(
        "staff/list_requests.html",
        form=form if has_errors else None,
        list_form=form,
        files=files,
        columns=[name for name, _value in columns_for(user)],
        sees_answers=sees_answers(user),
    )
    return make_response(page, status)
