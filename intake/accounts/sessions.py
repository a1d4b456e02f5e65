"""Sessions of both sites: a signed cookie for patients, rows in the database for staff.

A signed cookie cannot be taken back: one that was copied before signing out would still work after
it. So a signed-in browser holds a random id, of which only the hash is stored, and everything else
is a row that can be deleted (OWASP ASVS 7.2 and 7.4).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import (
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionInterface,
    SessionMixin,
)
from itsdangerous import BadSignature
from sqlalchemy import ColumnElement, delete, or_, select, update

from intake.accounts.devices import remember_device
from intake.accounts.models import StaffSession, User
from intake.audit import log
from intake.core import clock
from intake.core.db import db, unit_of_work
from intake.core.tokens import new_token, token_hash

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)
"""A session ends after this time without a request, and after this time in any case."""
HALF_WAY = timedelta(minutes=15)
"""How long somebody who has given the password may take over the second factor."""
SEEN_EVERY = timedelta(minutes=1)
"""How often a request is worth a write."""

USER_KEY = "_user_id"
"""Where Flask-Login keeps who is signed in: the user's `fs_uniquifier`."""
CSRF_KEY = "csrf_token"
PROVED_KEY = "proved_at"
"""Where a session keeps when its user last proved who they are; seconds since 1970."""


@dataclass(frozen=True)
class Kept:
    """The row behind a session, as it was when the request began."""

    id_hash: str
    user_key: str
    created_at: datetime
    last_seen_at: datetime
    second_factor: str | None


class StaffVisit(SecureCookieSession):
    """A session of the staff site; `kept` is None until somebody has signed in."""

    kept: Kept | None = None
    is_unattended: bool = False
    """Whether a script asks by itself: that keeps nobody signed in."""
    is_proved_again: bool = False
    """Whether its user has proved anew who they are: the session goes on under another id."""
    given: str | None = None
    """The second factor that was given in this request."""

    @property
    def is_complete(self) -> bool:
        """Whether its user has given a second factor before this request."""
        return self.kept is not None and self.kept.second_factor is not None

    @property
    def completed_before(self) -> Kept | None:
        """The row before this request, if it was complete and of the same user."""
        is_same = self.kept is not None and self.kept.user_key == self.get(USER_KEY)
        return self.kept if is_same and self.is_complete else None

    @property
    def id_hash(self) -> str | None:
        """The hash of its id, once somebody has signed in."""
        return self.kept.id_hash if self.kept is not None else None

    def give(self, second_factor: str) -> None:
        """Let the session of whoever is signed in be complete from the next request on."""
        self.given, self.is_proved_again = second_factor, True


class StaffCookie(SecureCookieSessionInterface):
    """The cookie of the staff site. Before sign-in it is an ordinary signed one."""

    salt = "staff-session"  # a patient's cookie, renamed, is none of ours
    session_class = StaffVisit

    def get_cookie_name(self, app: Flask) -> str:
        """`__Host-staff` where cookies are Secure, as that prefix demands."""
        return "__Host-staff" if self.get_cookie_secure(app) else "staff"

    def dump(self, app: Flask, session: SessionMixin) -> bytes:
        """What is stored of a session."""
        return str(self._serializer(app).dumps(dict(session))).encode()

    def load(self, app: Flask, data: bytes) -> dict[str, Any]:
        """The session that `dump` stored; raises BadSignature."""
        values: dict[str, Any] = self._serializer(app).loads(data.decode())
        return values

    def _serializer(self, app: Flask) -> Any:
        return self.get_signing_serializer(app)


class SiteSessions(SessionInterface):
    """Chooses by path: everything below /staff has its own cookie, all the rest the patient's."""

    def __init__(self, patient: SessionInterface) -> None:
        self.patient = patient
        self.cookie = StaffCookie()

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """The session of a request. One that has ended is an empty one."""
        if not is_staff_path(request.path):
            return self.patient.open_session(app, request)
        value = request.cookies.get(self.cookie.get_cookie_name(app), "")
        if "." not in value:  # a signed value has dots, an id has none
            return self._stored(app, value) or StaffVisit()
        visit = self.cookie.open_session(app, request) or StaffVisit()
        visit.pop(USER_KEY, None)  # only a row can say who somebody is
        return visit

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Begin, keep or end the row behind a staff session, or write the signed cookie."""
        if not isinstance(session, StaffVisit):
            if session is not None:  # it is None when the database failed before the request began
                self.patient.save_session(app, session, response)
            return
        user_key, kept = session.get(USER_KEY), session.kept
        if user_key is None and kept is None:
            self.cookie.save_session(app, session, response)
        elif kept is not None and user_key is None:
            _end(kept)
            self._set_cookie(app, response, "")
            response.headers["Clear-Site-Data"] = '"cache"'  # OWASP ASVS 14.3.1
        elif kept is None or user_key != kept.user_key or session.is_proved_again:
            self._begin(app, session, response)
        else:
            self._keep(app, session, kept)

    def _stored(self, app: Flask, token: str) -> StaffVisit | None:
        row = _live_row(token_hash(token), clock.now()) if token else None
        if row is None:
            return None
        session, user = row
        try:
            visit = StaffVisit(self.cookie.load(app, session.data))
        except BadSignature:
            return None
        if visit.get(USER_KEY) != user.fs_uniquifier:
            return None
        visit.kept = Kept(
            session.id_hash,
            user.fs_uniquifier,
            session.created_at,
            session.last_seen_at,
            session.second_factor,
        )
        return visit

    def _begin(self, app: Flask, session: StaffVisit, response: Response) -> None:
        """A new id for a browser that has just signed in; whatever it had before is dead."""
        now, token, before = clock.now(), new_token(), session.completed_before
        session[PROVED_KEY] = now.timestamp()
        if before is None:  # else other tabs of the same person have forms open
            session.pop(CSRF_KEY, None)
        with unit_of_work():
            row = self._put_row(app, session, token, now)
        self._set_cookie(app, response, token)
        if row.second_factor is not None:
            remember_device(app, response, row.user_id)

    def _put_row(self, app: Flask, session: StaffVisit, token: str, now: datetime) -> StaffSession:
        """The row of the new id. Who proves anew who they are gets no more hours by that."""
        before = session.completed_before
        of_that_key = select(User).where(User.fs_uniquifier == session[USER_KEY])
        user = db.session.scalars(of_that_key).one()
        row = StaffSession(
            id_hash=token_hash(token),
            user_id=user.id,
            created_at=before.created_at if before else now,
            last_seen_at=now,
            data=self.cookie.dump(app, session),
            second_factor=session.given or (before.second_factor if before else None),
        )
        db.session.execute(delete(StaffSession).where(have_ended(now=now)))
        if session.kept is not None:
            _delete_row(session.kept)
        db.session.add(row)
        if before is None:
            _record(user, row.second_factor, now)
        return row

    def _keep(self, app: Flask, session: StaffVisit, kept: Kept) -> None:
        now = clock.now()
        if session.is_unattended:
            return
        if not session.modified and now - kept.last_seen_at < SEEN_EVERY:
            return
        with unit_of_work():
            db.session.execute(
                update(StaffSession)
                .where(StaffSession.id_hash == kept.id_hash)
                .values(last_seen_at=now, data=self.cookie.dump(app, session))
            )

    def _set_cookie(self, app: Flask, response: Response, token: str) -> None:
        """Set the id, or delete the cookie when there is none."""
        response.vary.add("Cookie")
        response.set_cookie(
            self.cookie.get_cookie_name(app),
            token,
            max_age=None if token else 0,
            path="/",
            secure=self.cookie.get_cookie_secure(app),
            httponly=True,
            samesite="Lax",
        )


def time_left(kept: Kept, now: datetime, *, is_attended: bool) -> timedelta:
    """How long a session lasts if nothing more is done; `is_attended`: this request is a sign."""
    seen = now if is_attended else kept.last_seen_at
    return min(seen + IDLE, kept.created_at + ABSOLUTE) - now


def visit_of(session: SessionMixin) -> StaffVisit:
    """The session of a request to the staff site, as what it is."""
    visit = getattr(session, "_get_current_object", lambda: session)()
    assert isinstance(visit, StaffVisit)
    return visit


def ask_unattended(session: SessionMixin) -> None:
    """Let the current request not count as a sign that somebody is there."""
    visit_of(session).is_unattended = True


def is_staff_path(path: str) -> bool:
    """Whether a path belongs to the staff site."""
    return path == "/staff" or path.startswith("/staff/")


def _live_row(id_hash: str, now: datetime) -> tuple[StaffSession, User] | None:
    """The session of that id with its user, unless it has ended or the user is disabled."""
    found = db.session.execute(
        select(StaffSession, User)
        .join(User, User.id == StaffSession.user_id)
        .where(StaffSession.id_hash == id_hash, User.active)
    ).first()
    if found is None or _has_ended(found.StaffSession, now):
        return None
    return found.StaffSession, found.User


def _has_ended(session: StaffSession, now: datetime) -> bool:
    longest = HALF_WAY if session.second_factor is None else ABSOLUTE
    return now - session.last_seen_at >= IDLE or now - session.created_at >= longest


def have_ended(*, now: datetime) -> ColumnElement[bool]:
    """Which sessions are over."""
    return or_(StaffSession.last_seen_at <= now - IDLE, StaffSession.created_at <= now - ABSOLUTE)


def _record(user: User, second_factor: str | None, now: datetime) -> None:
    """Note that somebody has signed in and by what, or is half-way."""
    action = "signed in" if second_factor else "password given"
    log.record(action, actor=user.actor, now=now, subject_id=user.id, detail=second_factor or "")


def _delete_row(kept: Kept) -> None:
    db.session.execute(delete(StaffSession).where(StaffSession.id_hash == kept.id_hash))


def _end(kept: Kept) -> None:
    """Delete the row of a browser that signs out."""
    now = clock.now()
    with unit_of_work():
        _delete_row(kept)
        user = db.session.scalar(select(User).where(User.fs_uniquifier == kept.user_key))
        if user is not None:
            log.record("signed out", actor=user.actor, now=now, subject_id=user.id)
