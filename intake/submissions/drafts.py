"""Drafts: unfinished submissions, saved after every page and found again by a secret token."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, select, update
from sqlalchemy.orm import make_transient_to_detached

from intake.audit import log
from intake.clinic.clinic import Clinic
from intake.core.db import db, unwatched
from intake.core.tokens import new_reference, new_token, token_hash
from intake.screening.catalog import load_catalog
from intake.screening.level import Level
from intake.screening.plan import HISTORY, gate_mark
from intake.submissions import consents, search
from intake.submissions.assessment import conditions_of, plan_of
from intake.submissions.flags import PATIENT, assess_and_alarm
from intake.submissions.given import with_answers
from intake.submissions.models import Submission

SHORT_WAY = "short_way"
UNFINISHED = "unfinished"
"""Where contact keeps what was typed on pages about the person that are not finished, by page."""

# Made once: building this statement took half of its time, and every page asks it.
TABLE = Submission.metadata.tables[Submission.__tablename__]
BY_COOKIE = select(TABLE).where(TABLE.c.cookie_hash == bindparam("cookie_hash"))
BY_COOKIE_LOCKED = BY_COOKIE.with_for_update()
WITH_REFERENCE = select(TABLE.c.id).where(TABLE.c.reference == bindparam("reference"))
ADD = TABLE.insert()
WRITTEN = tuple(column.name for column in TABLE.columns if column.name not in ("id", "version"))


def begin(
    start: Mapping[str, Any], clinic: Clinic, *, language: str, now: datetime
) -> tuple[Submission, str]:
    """Create a draft from the first page. Returns it with the secret for the browser's cookie."""
    return _begin({"start": dict(start)}, clinic, language=language, now=now)


def begin_unfinished(
    start: Mapping[str, Any], clinic: Clinic, *, language: str, now: datetime
) -> tuple[Submission, str]:
    """Create one from a first page that is not finished; returned in the same way."""
    return _begin({UNFINISHED: {"start": dict(start)}}, clinic, language=language, now=now)


def _begin(
    contact: dict[str, Any], clinic: Clinic, *, language: str, now: datetime
) -> tuple[Submission, str]:
    token = new_token()
    draft = Submission(
        reference=_free_reference(),
        cookie_hash=token_hash(token),
        language=language,
        created_at=now,
        updated_at=now,
        waiting_since=now,
        expires_at=_expiry(clinic, now),
    )
    draft.contact = contact
    values = {each.name: getattr(draft, each.name) for each in TABLE.columns}
    db.session.execute(ADD, values)  # a flush of the session takes three times as long
    make_transient_to_detached(draft)
    db.session.add(draft)
    log.record("draft begun", actor=PATIENT, now=now, subject_id=draft.id)
    return draft, token


def _free_reference() -> str:
    """A reference nobody has. Should two find the same one at once, the database refuses one."""
    while True:
        reference = new_reference()
        if db.session.scalar(WITH_REFERENCE, {"reference": reference}) is None:
            return reference


def by_cookie(token: str | None, *, now: datetime) -> Submission | None:
    """The draft or sent submission of this browser, or None if unknown or expired."""
    return _found(BY_COOKIE, token, now)


@contextmanager
def changing(token: str | None, *, now: datetime) -> Iterator[Submission | None]:
    """The same to change it, in the current unit of work: what the block changes is written at
    its end. The row is locked, so that two tabs take turns.

    One ready statement writes the row, not the session's own bookkeeping: docs/adr/0011.
    """
    found = _found(BY_COOKIE_LOCKED, token, now)
    if found is None:
        yield None
        return
    before = _values(found)
    yield found
    changed = {name: value for name, value in _values(found).items() if value != before[name]}
    if changed:
        values = {f"new_{name}": value for name, value in changed.items()}
        db.session.execute(_write(tuple(changed)), {**values, "this": found.id})


def _values(draft: Submission) -> dict[str, object]:
    return {name: getattr(draft, name) for name in WRITTEN}


@lru_cache(maxsize=256)
def _write(names: tuple[str, ...]) -> Update:
    """The statement that writes these columns."""
    row = update(TABLE).where(TABLE.c.id == bindparam("this"))
    return row.values(
        version=TABLE.c.version + 1, **{name: bindparam(f"new_{name}") for name in names}
    )


def _found(query: Select[Any], token: str | None, now: datetime) -> Submission | None:
    if not token:
        return None
    row = db.session.execute(query, {"cookie_hash": token_hash(token)}).first()
    if row is None:
        return None
    found = unwatched(Submission, row)
    return None if _has_expired(found, now) else found


def save_start(
    draft: Submission, values: Mapping[str, Any], clinic: Clinic, *, now: datetime
) -> None:
    """Save the first page; the long way then applies."""
    draft.contact = {**(draft.contact or {}), SHORT_WAY: False}
    _save_contact(draft, "start", values, clinic, now)
    if draft.answers:  # other conditions can call for other questions
        assess_and_alarm(draft, clinic, now=now)


def speak(draft: Submission, language: str) -> None:
    """Note the language the person reads now; what we mail them later is written in it."""
    if draft.language != language:
        draft.language = language


def take_short_way(draft: Submission) -> None:
    """Ask only what is needed for a call; the draft is sent after the safety page."""
    draft.contact = {**(draft.contact or {}), SHORT_WAY: True}


def is_short_way(draft: Submission) -> bool:
    """Whether the person asked to be called instead of filling in everything."""
    return bool((draft.contact or {}).get(SHORT_WAY))


def save_contact(
    draft: Submission, values: Mapping[str, Any], clinic: Clinic, *, now: datetime
) -> None:
    """Save how to reach the person, with the time and text version of their consent."""
    consent = {"consented_at": now.isoformat(), "notice": clinic.notice_version}
    before = (draft.contact or {}).get("contact", {})
    _save_contact(draft, "contact", {**values, **consent}, clinic, now)
    consents.note_change(draft, before, {**values, **consent}, now=now)
    search.index_contact(draft, before, values)


def save_times(
    draft: Submission, values: Mapping[str, Any], clinic: Clinic, *, now: datetime
) -> None:
    """Save when the person can talk. A chosen slot is held by `scheduling.service.hold`."""
    _save_contact(draft, "times", values, clinic, now)


def keep_unfinished(
    draft: Submission, step: str, values: Mapping[str, Any], clinic: Clinic, *, now: datetime
) -> None:
    """Keep what was typed on a page about the person that is not finished, to show it again.

    Nothing else reads it: it counts once the page is finished.
    """
    before = (draft.contact or {}).get(UNFINISHED, {})
    kept = {**before, step: dict(values)}
    draft.contact = {**(draft.contact or {}), UNFINISHED: kept}
    _touch(draft, clinic, now)


def keep_typed(
    draft: Submission, step: str, values: Mapping[str, Any], clinic: Clinic, *, now: datetime
) -> None:
    """Keep what was typed on a page that is shown anew at once.

    A page that was finished stays so unless something else was typed.
    """
    known = typed(draft, step)
    if any(known.get(name) != value for name, value in values.items()):
        keep_unfinished(draft, step, values, clinic, now=now)


def typed(draft: Submission, step: str) -> dict[str, Any]:
    """What to show on a page about the person: what was saved, and typed since."""
    return {**(draft.contact or {}).get(step, {}), **unfinished(draft, step)}


def unfinished(draft: Submission, step: str) -> dict[str, Any]:
    """What was typed on a page about the person since it was saved."""
    rest: dict[str, Any] = (draft.contact or {}).get(UNFINISHED, {}).get(step, {})
    return rest


def save_answers(
    draft: Submission,
    instrument_id: str,
    answers: Mapping[str, object] | None,
    clinic: Clinic,
    *,
    now: datetime,
    left_blank: Collection[str] = (),
) -> Level:
    """Save one instrument's answers (None when it was skipped) and act on them at once.

    `left_blank` names pages of further questions that the person chose not to answer, and pages
    they left before the end.

    For every new danger, staff on call are alerted in the same transaction, whether or not the
    person goes on; also when the request was sent already. Raises AnswerError for answers the
    instrument does not allow.
    """
    stored = dict(draft.answers or {})
    asked_before = stored.get(instrument_id, {}).keys()
    skipped = set(stored.get("skipped", []))
    if answers is None:
        stored.pop(instrument_id, None)
        skipped.add(instrument_id)
    else:
        given = _clean(draft, instrument_id, answers)
        stored = with_answers(stored, instrument_id, given, now=now)
        # A first page that is saved anew may lead to further questions again.
        skipped = {key for key in skipped if key.split("/")[0] != instrument_id}
        skipped |= {*left_blank, *_marks(draft, clinic, instrument_id)}
    draft.answers = {**stored, "skipped": sorted(skipped)}
    _touch(draft, clinic, now)
    answered = stored.get(instrument_id, {}).keys()
    # A further page of the instrument brings new questions; else the same were answered again.
    said = (answered - asked_before) or answered
    return assess_and_alarm(draft, clinic, now=now, said={f"{instrument_id}.{q}" for q in said})


def has_expired(*, now: datetime) -> ColumnElement[bool]:
    """Which drafts nobody came back to; those that raised a flag stay."""
    is_expired = and_(Submission.status == "draft", Submission.expires_at <= now)
    return and_(is_expired, Submission.level_rank < Level.URGENT.rank)


def _clean(
    draft: Submission, instrument_id: str, answers: Mapping[str, object]
) -> dict[str, object]:
    known = {"conditions": conditions_of(draft)} if instrument_id == HISTORY else {}
    return load_catalog()[instrument_id].clean({**answers, **known})


def _marks(draft: Submission, clinic: Clinic, instrument_id: str) -> list[str]:
    """The mark of an instrument that is asked behind its gate."""
    asked = plan_of(draft, clinic).screening
    return [gate_mark(each.id) for each in asked if each.gated and each.id == instrument_id]


def _save_contact(
    draft: Submission, step: str, values: Mapping[str, Any], clinic: Clinic, now: datetime
) -> None:
    contact = {**(draft.contact or {}), step: dict(values)}
    if step in contact.get(UNFINISHED, {}):
        rest = {key: each for key, each in contact[UNFINISHED].items() if key != step}
        contact[UNFINISHED] = rest
    draft.contact = contact
    _touch(draft, clinic, now)


def _touch(draft: Submission, clinic: Clinic, now: datetime) -> None:
    draft.updated_at = now
    if draft.is_draft:
        draft.expires_at = _expiry(clinic, now)


def _expiry(clinic: Clinic, now: datetime) -> datetime:
    return now + timedelta(days=clinic.draft_days)


def _has_expired(found: Submission, now: datetime) -> bool:
    return found.is_draft and found.expires_at is not None and found.expires_at <= now
