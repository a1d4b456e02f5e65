"""What each role may do. The one table of permissions; views name permissions, never roles."""

from collections.abc import Iterable
from enum import Enum


class Permission(Enum):
    """One thing a member of staff may be allowed to do."""

    OWN_ACCOUNT = "look after their own account"
    SEE_FIGURES = "see counted figures"
    SEE_QUEUE = "see the queue and the contact part of submissions"
    SEE_ANSWERS = "see screening and health answers with their scores"
    BREAK_GLASS = "open the answers of one request in an emergency, which others are told of"
    CONTACT = "contact people and write notes"
    MERGE = "merge two requests of one person, and separate them"
    CLOSE_FLAG = "close an urgent flag after assessing somebody's safety"
    BOOK = "schedule, move and cancel appointments"
    MANAGE_USERS = "invite, change and disable users"
    MANAGE_SETTINGS = "change the clinic's settings"
    SEE_AUDIT = "read the audit log"
    EXPORT = "download lists of requests"
    ERASE = "delete what is kept about a person, or hold it for good reason"


ROLES = ("front_desk", "clinician", "administrator", "auditor")

_EVERYBODY = frozenset({Permission.OWN_ACCOUNT, Permission.SEE_FIGURES})
_FRONT_DESK = _EVERYBODY | {
    *(Permission.SEE_QUEUE, Permission.CONTACT, Permission.MERGE, Permission.BOOK)
}

ROLE_PERMISSIONS = {
    "front_desk": _FRONT_DESK | {Permission.BREAK_GLASS},
    "clinician": _FRONT_DESK | {Permission.SEE_ANSWERS, Permission.CLOSE_FLAG, Permission.EXPORT},
    "administrator": _FRONT_DESK
    | {
        Permission.BREAK_GLASS,
        Permission.MANAGE_USERS,
        Permission.MANAGE_SETTINGS,
        Permission.SEE_AUDIT,
        Permission.EXPORT,
        Permission.ERASE,
    },
    "auditor": _EVERYBODY | {Permission.SEE_AUDIT},
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything the roles allow together; an unknown role allows nothing."""
    return frozenset().union(*(ROLE_PERMISSIONS.get(role, frozenset()) for role in roles))
