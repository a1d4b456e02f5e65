"""Ten printed codes for the day a phone is lost; each works once (OWASP ASVS 6.5.1 and 6.5.2).

Twelve letters of 31 are 59 bits. The first four only find the row; the rest is hashed like a
password, with the least that OWASP's Password Storage Cheat Sheet asks for: a random code needs
no more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import choice

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import ColumnElement, and_, delete, func, select, update

from intake.accounts.models import RecoveryCode, User
from intake.core.db import db
from intake.core.tokens import REFERENCE_ALPHABET

HOW_MANY = 10
GROUPS, LETTERS = 3, 4

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def new_codes() -> list[str]:
    """Ten codes such as K7M4-QDXP-9RTW, no two with the same beginning."""
    found: dict[str, str] = {}
    while len(found) < HOW_MANY:
        code = "-".join(_group() for _ in range(GROUPS))
        found[code[:LETTERS]] = code
    return list(found.values())


def hashes_of(codes: Sequence[str]) -> dict[str, str]:
    """What is stored of codes, by their labels. Takes a while: do it outside of a unit of work."""
    return {_plain(code)[:LETTERS]: hasher.hash(_plain(code)) for code in codes}


def give_codes(user: User, hashes: Mapping[str, str]) -> bool:
    """Give a user new codes; returns whether there were others, which are worth nothing now."""
    had_others = remove_codes(user)
    db.session.add_all(
        RecoveryCode(user_id=user.id, label=label, code_hash=code_hash)
        for label, code_hash in hashes.items()
    )
    db.session.flush()
    return had_others


def remove_codes(user: User) -> bool:
    """Take all codes of a user away. Returns whether there were any."""
    mine = delete(RecoveryCode).where(RecoveryCode.user_id == user.id)
    return bool(db.session.scalars(mine.returning(RecoveryCode.id)).all())


def codes_left(user: User) -> int:
    """How many codes a user has not used yet."""
    return db.session.scalar(select(func.count()).where(_unused_of(user))) or 0


def is_code_of(user: User, typed: str) -> bool:
    """Whether it is an unused code of this user. Takes a while: not in a unit of work."""
    code = _plain(typed)
    query = select(RecoveryCode.code_hash).where(_is(user, code))
    code_hash = db.session.scalar(query)
    try:
        return code_hash is not None and hasher.verify(code_hash, code)
    except VerifyMismatchError:
        return False


def use_up(user: User, typed: str, *, now: datetime) -> bool:
    """Use up a code that is right. Returns False to the second of two at once."""
    used = update(RecoveryCode).where(_is(user, _plain(typed))).values(used_at=now)
    return db.session.execute(used.returning(RecoveryCode.id)).first() is not None


def _group() -> str:
    return "".join(choice(REFERENCE_ALPHABET) for _ in range(LETTERS))


def _plain(typed: str) -> str:
    """A code as it is compared: people type small letters, blanks and dashes as they like."""
    return "".join(letter for letter in typed.upper() if letter in REFERENCE_ALPHABET)


def _is(user: User, code: str) -> ColumnElement[bool]:
    return and_(_unused_of(user), RecoveryCode.label == code[:LETTERS])


def _unused_of(user: User) -> ColumnElement[bool]:
    return and_(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
