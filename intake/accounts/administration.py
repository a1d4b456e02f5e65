"""What an administrator does to accounts: names, roles, switching off, signing out.

Whoever loses a right or an account loses it at once: all sessions end, in the same transaction.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from intake.accounts.models import StaffSession, User
from intake.accounts.permissions import Permission, permissions_of
from intake.accounts.service import change_roles, disable
from intake.audit import log
from intake.core.db import db
from intake.core.remember import forget

KEPT = (Permission.MANAGE_USERS, Permission.CLOSE_FLAG)
"""What somebody must always be able to do. Without the first nobody could be let in, without the
second an urgent flag would stay open for ever: every clinic asks about danger (`plan`)."""


class LastHolder(Exception):
    """Without this one nobody could do something that somebody must be able to do."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


class UserChanged(Exception):
    """Somebody else has changed the same user since the page was drawn."""


def version_of(user: User) -> str:
    """What tells one state of a user's name and roles from another."""
    state = json.dumps([user.name, sorted(user.role_names)])
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def change_user(
    user: User, name: str, roles: Sequence[str], *, seen: str, actor: str, now: datetime
) -> None:
    """Give a user another name or other roles; with other roles their sessions end.

    Raises UserChanged, LastHolder or UnknownRole.
    """
    everybody = _locked()
    if version_of(user) != seen:
        raise UserChanged
    if set(roles) != set(user.role_names):
        _demand_others(everybody, user, left=permissions_of(roles))
        change_roles(user, roles, actor=actor, now=now)
    if name != user.name:
        detail = f"{user.name} -> {name}"
        user.name = name
        db.session.flush()
        forget()
        log.record("user renamed", actor=actor, now=now, subject_id=user.id, detail=detail)


def switch_off(user: User, *, actor: str, now: datetime) -> None:
    """Shut a user out at once. Raises LastHolder."""
    everybody = _locked()
    if user.active:
        _demand_others(everybody, user, left=())
        disable(user, actor=actor, now=now)


def switch_on(user: User, *, actor: str, now: datetime) -> None:
    """Let a user in again, with the password they had."""
    _locked()
    if not user.active:
        user.active = True
        db.session.flush()
        log.record("user enabled", actor=actor, now=now, subject_id=user.id)


def sign_out(user: User, id_hash: str, *, actor: str, now: datetime, but: str | None = None) -> int:
    """End one session of a user, or for "all" all `but` one. Returns how many there were."""
    ended = delete(StaffSession).where(StaffSession.user_id == user.id)
    if id_hash != "all":
        ended = ended.where(StaffSession.id_hash == id_hash)
    elif but is not None:
        ended = ended.where(StaffSession.id_hash != but)
    count = len(db.session.scalars(ended.returning(StaffSession.id_hash)).all())
    if count:
        detail = f"{count} session{'s' if count > 1 else ''}"
        by_whom = "elsewhere" if actor == user.actor else "by administrator"
        log.record(f"signed out {by_whom}", actor=actor, now=now, subject_id=user.id, detail=detail)
    return count


def _locked() -> list[User]:
    """All users, kept for this transaction: two administrators cannot remove each other at once."""
    return list(db.session.scalars(select(User).order_by(User.id).with_for_update()))


def _demand_others(everybody: Sequence[User], user: User, *, left: Collection[Permission]) -> None:
    """Refuse to lose what nobody else who can sign in may do. `left` is what the user keeps.

    An invitation that nobody has followed yet is no colleague. Only where nobody has a password,
    as in the example clinic, people sign in without one.
    """
    are_asked = any(each.password for each in everybody)
    present = [each for each in everybody if each.active and (each.password or not are_asked)]
    for permission in KEPT:
        holders = [each for each in present if each.may(permission)]
        if permission not in left and holders == [user]:
            raise LastHolder(permission)
