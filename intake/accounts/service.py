"""Changing users and their links. Passwords arrive here already hashed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from intake.accounts import emails
from intake.accounts.models import SignInLink, StaffSession, User
from intake.accounts.permissions import ROLES
from intake.accounts.queries import user_by_email
from intake.audit import log
from intake.core.db import db
from intake.core.tokens import new_token, token_hash
from intake.core.urls import staff_url
from intake.notifications.outbox import Sender

INVITATION, PASSWORD, SIGN_IN = "invitation", "password", "sign_in"
"""Purposes of links."""
LIFETIMES = {
    INVITATION: timedelta(hours=24),
    PASSWORD: timedelta(minutes=30),  # OWASP ASVS 6.4.3
    SIGN_IN: timedelta(minutes=15),
}

VISITOR = "visitor"
"""The actor of a failed sign-in: nobody knows who it was."""


class EmailTaken(Exception):
    """Another user has this address."""


class UnknownRole(ValueError):
    """A role that is not in the table of permissions; the message names it."""


class LinkUnusable(Exception):
    """The link is unknown, was used, has expired, or its user is disabled."""


def create_user(email: str, name: str, *, roles: Sequence[str], actor: str, now: datetime) -> User:
    """Add a user who has no password yet. Raises EmailTaken or UnknownRole."""
    user = User(email=email.strip().lower(), name=name.strip(), role_names=_known(roles))
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise EmailTaken from error
    detail = "roles " + ", ".join(user.role_names)
    log.record("user created", actor=actor, now=now, subject_id=user.id, detail=detail)
    return user


def invite(
    email: str,
    name: str,
    *,
    roles: Sequence[str],
    clinic: Sender,
    actor: str,
    now: datetime,
) -> User:
    """Add a user and mail them a link to choose a password. Raises EmailTaken or UnknownRole."""
    user = create_user(email, name, roles=roles, actor=actor, now=now)
    invite_again(user, clinic, actor=actor, now=now)
    return user


def invite_again(user: User, clinic: Sender, *, actor: str, now: datetime) -> None:
    """Mail whoever has no password yet a fresh link to choose one. Name and roles stay."""
    link = _new_link(user, INVITATION, now)
    hours = int(LIFETIMES[INVITATION] / timedelta(hours=1))
    emails.invitation(user, link, hours=hours, clinic=clinic, now=now)
    log.record("user invited", actor=actor, now=now, subject_id=user.id)


def forgot_password(email: str, clinic: Sender, *, actor: str, now: datetime) -> bool:
    """Mail a user a link to choose a new password. Returns whether there is such a user.

    A question about an unknown address is recorded without it.
    """
    user = user_by_email(email)
    known = user is not None and user.active
    log.record(
        "new password asked for",
        actor=actor,
        now=now,
        subject_id=user.id if user else None,
        detail="" if known else "disabled user" if user else "unknown address",
    )
    if user is None or not user.active:
        return False
    minutes = LIFETIMES[PASSWORD] // timedelta(minutes=1)
    link = _new_link(user, PASSWORD, now)
    emails.new_password(user, link, minutes=minutes, clinic=clinic, now=now)
    return True


def sign_in_link(user: User, *, now: datetime) -> str:
    """The address that signs this user in once. For development: the page refuses it elsewhere."""
    return _new_link(user, SIGN_IN, now)


def use_link(token: str, purpose: str, *, now: datetime) -> User:
    """Use a link up and return its user; raises LinkUnusable, also to the second of two at once."""
    user_id = db.session.scalar(
        update(SignInLink)
        .where(SignInLink.token_hash == token_hash(token), SignInLink.purpose == purpose)
        .where(SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.user_id)
    )
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not user.active:
        raise LinkUnusable
    log.record(f"{purpose} link used", actor=user.actor, now=now, subject_id=user.id)
    return user


def set_password(user: User, password_hash: str, *, clinic: Sender, now: datetime) -> None:
    """Give a user a password. Sessions and links from before end; a change is told by mail."""
    if user.password is not None:
        emails.password_changed(user, clinic=clinic, now=now)
    user.password = password_hash
    end_access(user)
    log.record("password set", actor=user.actor, now=now, subject_id=user.id)


def change_roles(user: User, roles: Sequence[str], *, actor: str, now: datetime) -> None:
    """Give a user other roles; open sessions end. Raises UnknownRole."""
    before, user.role_names = user.role_names, _known(roles)
    end_access(user)
    detail = f"roles {', '.join(before)} -> {', '.join(roles)}"
    log.record("roles changed", actor=actor, now=now, subject_id=user.id, detail=detail)


def disable(user: User, *, actor: str, now: datetime) -> None:
    """Shut a user out at once."""
    user.active = False
    end_access(user)
    log.record("user disabled", actor=actor, now=now, subject_id=user.id)


def end_access(user: User) -> None:
    """End all sessions and unused links of a user."""
    user.fs_uniquifier = new_token()
    db.session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))
    db.session.execute(
        delete(SignInLink).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))
    )
    db.session.flush()


def record_failed_sign_in(user: User | None, *, now: datetime) -> None:
    """Note a sign-in that failed; an unknown address is not written down."""
    detail = "" if user else "unknown address"
    subject = user.id if user else None
    log.record("sign-in failed", actor=VISITOR, now=now, subject_id=subject, detail=detail)


def _new_link(user: User, purpose: str, now: datetime) -> str:
    token = new_token()
    db.session.add(
        SignInLink(
            token_hash=token_hash(token),
            user_id=user.id,
            purpose=purpose,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    db.session.flush()
    return staff_url(f"/staff/link/{token}")


def _known(roles: Sequence[str]) -> list[str]:
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise UnknownRole(", ".join(unknown) or "no role")
    return list(roles)
