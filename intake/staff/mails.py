"""E-mails as staff see them: what became of each, and what to do when one did not arrive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.clinic.service import current_clinic
from intake.core import clock
from intake.core.db import unit_of_work
from intake.notifications import outbox, queries
from intake.notifications.queries import MessageState, of_submission
from intake.staff.guard import blueprint, requires, shows, staff_user
from intake.staff.person import Person
from intake.staff.words import MESSAGES, TO_STAFF, opening, when
from intake.submissions.consents import REMINDERS, allows, ledger
from intake.submissions.models import Submission
from intake.submissions.queries import by_ids

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class MailLine:
    """One e-mail of a record."""

    id: UUID
    name: str
    icon: str
    text: str
    small: str
    can_send: bool
    can_cancel: bool
    cancel_label: str
    is_settled: bool
    """Whether it was overtaken, so that nobody needs to read of it."""


@dataclass(frozen=True)
class Undelivered:
    """An e-mail that did not arrive, and whom to call instead."""

    mail: MailLine
    who: str
    reference: str
    href: str
    phone: str
    phone_href: str


@blueprint.get("/emails")
@requires(Permission.SEE_QUEUE)
@shows("emails viewed")
def undelivered_mails() -> ResponseReturnValue:
    """Whom to call, since an e-mail to them did not arrive."""
    clinic, now, user = current_clinic(), clock.now(), staff_user()
    found = queries.undelivered(SHOWN)
    submissions = by_ids([each.submission_id for each in found if each.submission_id])
    rows = []
    for each in found:
        line = _line(each, user, clinic, now)
        submission = submissions.get(each.submission_id) if each.submission_id else None
        rows.append(_row(line, Person(submission) if submission else None, submission))
    return render_template("staff/emails.html", rows=rows, stuck=stuck_words(clinic, now=now))


@blueprint.post("/emails/<uuid:message_id>")
@requires(Permission.CONTACT)
def change_mail(message_id: UUID) -> ResponseReturnValue:
    """Send a mail again, or see to it in another way. What changed meanwhile stays as it is."""
    wish = request.form.get("do")
    if wish not in ("send", "cancel"):
        abort(400)
    now = clock.now()
    with unit_of_work():
        if wish == "send":
            changed = outbox.send_again(message_id, now=now)
        else:
            changed = outbox.cancel(message_id)
        if changed is not None:
            done = "email sent again" if wish == "send" else "email cancelled"
            log.record(
                done,
                actor=staff_user().actor,
                now=now,
                subject_id=changed.submission_id,
                detail=changed.name,
            )
    return redirect(_next_page(changed.submission_id if changed else None), code=303)


def _next_page(submission_id: UUID | None) -> str:
    if submission_id is None or request.form.get("from") == "list":
        return url_for("staff.undelivered_mails")
    return url_for("staff.show", submission_id=submission_id) + "#messages"


def lines_of(submission_id: UUID, user: User, clinic: Clinic, *, now: datetime) -> list[MailLine]:
    """The e-mails about a submission, the latest first."""
    return [_line(each, user, clinic, now) for each in reversed(of_submission(submission_id))]


def why_none(submission: Submission, clinic: Clinic, *, now: datetime) -> list[str]:
    """Why a person gets no e-mail, or no reminders; empty if they get both."""
    person = Person(submission)
    ended = {
        each.channel: when(each.revoked_at, clinic.tz, now)
        for each in ledger(submission.id)
        if each.revoked_at
    }
    if not person.gets_mail:
        since = f" since {ended['email']}" if "email" in ended else ""
        return [f"No email goes to this person{since}: they did not choose it."]
    if not allows(submission.id, REMINDERS):
        since = f" since {ended[REMINDERS]}" if REMINDERS in ended else ""
        return [f"No reminders{since}: they do not want any."]
    return []


def trouble_words(clinic: Clinic, *, now: datetime) -> list[str]:
    """What the head of the queue says about e-mail: mails that did not arrive, or a standstill."""
    count = queries.undelivered_count()
    words = [f"{count} email{'s' if count > 1 else ''} could not be delivered."] if count else []
    return [*words, *stuck_words(clinic, now=now)]


def stuck_words(clinic: Clinic, *, now: datetime) -> list[str]:
    """Since when mails wait although they are due; empty while they leave as they should."""
    since = queries.stuck_since(now)
    if since is None:
        return []
    return [
        f"Emails wait to be sent since {when(since, clinic.tz, now)}. Tell whoever runs the server."
    ]


def _row(line: MailLine, person: Person | None, submission: Submission | None) -> Undelivered:
    if person is None or submission is None:
        return Undelivered(line, "", "", "", "", "")
    return Undelivered(
        line,
        person.name,
        submission.reference,
        url_for("staff.show", submission_id=submission.id),
        person.phone,
        person.phone_href,
    )


def _line(message: MessageState, user: User, clinic: Clinic, now: datetime) -> MailLine:
    icon, text, small = _words(message, clinic, now)
    may_change = user.may(Permission.CONTACT)
    is_alarm = message.name in TO_STAFF and message.state == "queued"
    return MailLine(
        id=message.id,
        name=MESSAGES.get(message.name, message.name),
        icon=icon,
        text=text,
        small=small,
        can_send=may_change and message.can_be_sent_again,
        can_cancel=may_change and message.can_be_cancelled and not is_alarm,
        cancel_label="Do not send" if message.state == "queued" else "Seen to",
        is_settled=message.state == "cancelled",
    )


def _words(message: MessageState, clinic: Clinic, now: datetime) -> tuple[str, str, str]:
    """An icon, what became of the message, and when."""
    name = MESSAGES.get(message.name, message.name)
    at = when(message.sent_at or message.created_at, clinic.tz, now)
    match message.state:
        case "sent":
            return "mail", f"{name}: sent", opening(at)
        case "failed":
            mend = "Check the address." if message.name in TO_STAFF else "Please phone instead."
            return "alert", f"{name}: could not be delivered. {mend}", opening(at)
        case "returned":
            return "alert", f"{name}: came back. Please phone instead.", opening(at)
        case "queued" if message.is_for_later(now):
            return "clock", f"{name}: planned for {when(message.due_at, clinic.tz, now)}", ""
        case "cancelled":
            return "x", f"{name}: not sent, no longer needed", opening(at)
        case _:
            return "clock", f"{name}: waiting to be sent", f"Since {at}"
