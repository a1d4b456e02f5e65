"""The page of one submission: everything a user may see of it, gathered and in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from intake.accounts.models import User
from intake.accounts.permissions import Permission
from intake.accounts.queries import names_of
from intake.clinic.clinic import Clinic
from intake.core.i18n import day_text, time_text, zone_text
from intake.retention.holds import hold_on
from intake.scheduling import asking, queries
from intake.scheduling.bookings import provider_name
from intake.scheduling.models import Appointment
from intake.scheduling.queries import Diary
from intake.scheduling.slots import slot_from
from intake.scheduling.told import place_of
from intake.screening.catalog import load_catalog
from intake.staff.answers import AnswerList, answers_of
from intake.staff.booked import Undo, undo_of
from intake.staff.contact_log import ContactCard, contact_card
from intake.staff.duplicates import Other, others_of
from intake.staff.flag import Flag, flag_of, level_tag
from intake.staff.grid import Grid, booking_grid
from intake.staff.held import Held, held_of
from intake.staff.history import LogLine, history_of
from intake.staff.mails import MailLine, lines_of, why_none
from intake.staff.merged import Merged, merged_with
from intake.staff.past_calls import cancelled_calls, last_change
from intake.staff.person import Fact, Person
from intake.staff.reading import Reading, reading_of
from intake.staff.reasons import Why, explain
from intake.staff.scores import Score, scores_of
from intake.staff.told_apart import Stranger, strangers_of
from intake.staff.words import CHANNELS, STATUSES, Tag, when
from intake.submissions import resume
from intake.submissions.claims import is_claimable
from intake.submissions.drafts import is_short_way
from intake.submissions.emails import patient_address
from intake.submissions.emergency import open_until
from intake.submissions.models import MERGED, Submission
from intake.submissions.queries import notes_of
from intake.submissions.spoken import Script

ROOMY = 65
"""Answers that fit on one printed sheet in letters of a comfortable size."""
LIVE = {"hold": "Chosen, but not sent yet", "pending": "Asked for", "booked": "Booked"}


@dataclass(frozen=True)
class Call:
    """The appointment of a submission. `key` names its slot while somebody must confirm it.

    `asked` says when its patient was asked for another time, if they were.
    """

    state: str
    asked: str
    is_booked: bool
    by_phone: bool
    can_cancel: bool
    day: str
    time: str
    facts: list[Fact]
    key: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How much of what is asked was answered, and whether a link to the rest may be mailed."""

    answered: int
    asked: int
    open: list[str]
    can_mail: bool
    is_over: bool
    """Whether nothing is to be answered any more."""
    was_short: bool
    """Whether everything that was asked is answered, and the rest was left to the call."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """All parts of the page; answers are empty for those who may not see them."""

    submission: Submission
    person: Person
    status: str
    level: Tag
    line: str
    flag: Flag | None
    may_close_flag: bool
    reasons: list[Why]
    facts: list[Fact]
    contact: ContactCard
    opening: Script
    voicemail: Script | None
    call: Call | None
    reading: Reading | None
    cancelled: list[LogLine]
    undo: Undo | None
    held: Held | None
    may_take: bool
    grid: Grid | None
    zone: str
    sees_answers: bool
    opened_until: str
    """Until when the answers are open in an emergency; "" if they are not."""
    may_break_glass: bool
    scores: list[Score]
    answers: list[AnswerList]
    progress: Progress
    notes: list[LogLine]
    messages: list[MailLine]
    why_no_mail: list[str]
    others: list[Other]
    merged: list[Merged]
    strangers: list[Stranger]
    history: list[LogLine]
    erasure_asked: str
    """When the person asked to be deleted; "" if they did not."""
    hold: str
    """Who placed a legal hold, and when; "" if there is none."""

    @property
    def other_reasons(self) -> list[Why]:
        """The reasons that the open flag does not name already."""
        return [why for why in self.reasons if not why.is_safety]

    @property
    def reasons_by_tag(self) -> dict[str, list[str]]:
        """The words of the reasons under their tags, the gravest first."""
        found: dict[str, list[str]] = {}
        for why in self.reasons:
            found.setdefault(why.tag.label, []).append(why.text)
        return found

    @property
    def is_long(self) -> bool:
        """Whether so much was answered that one sheet holds it only in small print."""
        told = sum(not answer.is_quiet for each in self.answers for answer in each.answers)
        return told > ROOMY


def record_of(
    submission: Submission,
    user: User,
    clinic: Clinic,
    *,
    first: date | None,
    sent: UUID | None,
    now: datetime,
) -> Record:
    """The record as this user may see it.

    `first` is the first day of the booking grid, `sent` an entry about the flag just written.
    """
    person = Person(submission)
    may_break_glass = user.may(Permission.BREAK_GLASS) and not user.may(Permission.SEE_ANSWERS)
    opened = open_until(submission.id, user, now=now) if may_break_glass else None
    sees_answers = user.may(Permission.SEE_ANSWERS) or opened is not None
    answers = (submission.answers or {}) if sees_answers else {}
    may_book = user.may(Permission.BOOK) and submission.status != MERGED
    diary = queries.diary(now=now, without=submission.id) if may_book else None
    kept = queries.kept_for(submission.id)
    return Record(
        submission=submission,
        person=person,
        status=STATUSES[submission.status],
        level=level_tag(submission),
        line=_line(submission, person, clinic, now),
        flag=flag_of(submission, clinic, sent=sent, now=now),
        may_close_flag=user.may(Permission.CLOSE_FLAG),
        reasons=explain(submission, clinic, sees_answers=sees_answers, now=now),
        facts=person.facts(clinic, now=now),
        contact=contact_card(submission, person, clinic, call=kept, now=now),
        opening=person.opening_script(user.name, clinic),
        voicemail=person.voicemail_script(user.name, clinic),
        call=_call(kept, person, clinic, diary, now=now),
        reading=reading_of(submission, clinic, now=now) if kept else None,
        cancelled=cancelled_calls(submission, clinic, now=now),
        undo=undo_of(submission, clinic, now=now) if user.may(Permission.BOOK) else None,
        held=held_of(submission, user, clinic, now=now),
        may_take=user.may(Permission.CONTACT) and is_claimable(submission),
        grid=(
            booking_grid(diary, person, clinic, first=first, call=kept, now=now) if diary else None
        ),
        zone=zone_text(clinic.tz, "en"),
        sees_answers=sees_answers,
        opened_until=when(opened, clinic.tz, now) if opened else "",
        may_break_glass=may_break_glass,
        scores=scores_of(answers, tz=clinic.tz, now=now),
        answers=answers_of(answers, tz=clinic.tz, now=now),
        progress=_progress(submission, clinic),
        notes=_notes(submission, clinic, now),
        messages=lines_of(submission.id, user, clinic, now=now),
        why_no_mail=why_none(submission, clinic, now=now),
        others=others_of(submission, clinic, now=now),
        merged=merged_with(submission, clinic, now=now),
        strangers=strangers_of(submission, clinic, now=now),
        history=history_of(submission, clinic, now=now),
        erasure_asked=_day(submission.erasure_asked_at, clinic),
        hold=_hold_words(submission, clinic),
    )


def _day(at: datetime | None, clinic: Clinic) -> str:
    return day_text(at, clinic.tz, "en") if at else ""


def _hold_words(submission: Submission, clinic: Clinic) -> str:
    hold = hold_on([submission.id])
    if hold is None:
        return ""
    name = names_of([hold.author_id]).get(hold.author_id, "")
    return f"{name}, {_day(hold.placed_at, clinic)}"


def _progress(submission: Submission, clinic: Clinic) -> Progress:
    still_open = resume.left_open(submission, clinic)
    is_over = submission.status in resume.OVER
    may_mail = patient_address(submission) is not None and not is_over
    answered, asked = resume.answered_of(submission, clinic), resume.asked_of(submission, clinic)
    return Progress(
        answered=answered,
        asked=asked,
        is_over=is_over,
        was_short=is_short_way(submission) and 0 < answered == asked,
        open=[load_catalog()[each.id].title for each in still_open],
        can_mail=may_mail and bool(still_open or submission.is_draft),
    )


def _line(submission: Submission, person: Person, clinic: Clinic, now: datetime) -> str:
    if submission.sent_at is None:
        sent = f"begun {when(submission.created_at, clinic.tz, now)}, not sent yet"
    else:
        sent = f"sent {when(submission.sent_at, clinic.tz, now)}"
    return f"{submission.reference} · {person.conditions} · {sent}"


def _call(
    kept: Appointment | None,
    person: Person,
    clinic: Clinic,
    diary: Diary | None,
    *,
    now: datetime,
) -> Call | None:
    if kept is None:
        return None
    slot = slot_from(kept.provider_id, kept.starts_at, diary.type.rules) if diary else None
    asked = asking.asked_at(kept)
    return Call(
        state=LIVE[kept.status],
        asked=_asked_words(asked, clinic) if asked else "",
        is_booked=kept.status == "booked",
        by_phone=kept.channel == "phone" and kept.is_live,
        can_cancel=diary is not None and kept.is_live,
        day=day_text(kept.starts_at, clinic.tz, "en"),
        time=f"{time_text(kept.starts_at, clinic.tz, 'en')} {zone_text(clinic.tz, 'en')}",
        facts=_call_facts(kept, person, clinic, now),
        key=queries.slot_key(slot) if slot and kept.status == "pending" else "",
    )


def _asked_words(asked: datetime, clinic: Clinic) -> str:
    return f"Asked to choose another time on {day_text(asked, clinic.tz, 'en')}."


def _call_facts(kept: Appointment, person: Person, clinic: Clinic, now: datetime) -> list[Fact]:
    minutes = (kept.ends_at - kept.starts_at) // timedelta(minutes=1)
    facts = [
        ("How", CHANNELS.get(kept.channel, kept.channel)),
        ("Length", f"{minutes} minutes"),
        ("With", provider_name(kept.provider_id)),
    ]
    if place := place_of(kept):
        facts.append(("Where", place))
    zone = person.zone(clinic)
    if zone != clinic.tz:
        their_time = f"{time_text(kept.starts_at, zone, 'en')} {zone_text(zone, 'en')}"
        facts.append(("Their time", their_time))
    if changed := last_change(kept, clinic, now=now):
        facts.append(("Booked or changed", changed))
    return facts


def _notes(submission: Submission, clinic: Clinic, now: datetime) -> list[LogLine]:
    notes = notes_of(submission.id)
    names = names_of(note.author_id for note in notes)
    return [
        (
            "note",
            note.body,
            f"{names.get(note.author_id, '')}, {when(note.created_at, clinic.tz, now)}",
        )
        for note in notes
    ]
