"""The table of permissions."""

import pytest

from intake.accounts.permissions import ROLE_PERMISSIONS, ROLES, Permission, permissions_of

P = Permission

EXPECTED = {
    "front_desk": {
        *(P.OWN_ACCOUNT, P.SEE_FIGURES, P.SEE_QUEUE, P.CONTACT, P.MERGE, P.BOOK),
        P.BREAK_GLASS,
    },
    "clinician": {
        *(P.OWN_ACCOUNT, P.SEE_FIGURES, P.SEE_QUEUE, P.CONTACT, P.MERGE, P.BOOK),
        *(P.SEE_ANSWERS, P.CLOSE_FLAG, P.EXPORT),
    },
    "administrator": {
        *(P.OWN_ACCOUNT, P.SEE_FIGURES, P.SEE_QUEUE, P.CONTACT, P.MERGE, P.BOOK),
        *(P.MANAGE_USERS, P.MANAGE_SETTINGS, P.SEE_AUDIT, P.EXPORT, P.ERASE),
        P.BREAK_GLASS,
    },
    "auditor": {P.OWN_ACCOUNT, P.SEE_FIGURES, P.SEE_AUDIT},
}


@pytest.mark.parametrize("role", EXPECTED)
def test_each_role_may_do_exactly_this(role: str) -> None:
    assert permissions_of([role]) == EXPECTED[role]


def test_the_table_names_every_role_and_no_other() -> None:
    assert set(ROLES) == set(ROLE_PERMISSIONS) == set(EXPECTED)


def test_roles_add_up() -> None:
    assert permissions_of(["clinician", "auditor"]) == EXPECTED["clinician"] | EXPECTED["auditor"]


@pytest.mark.parametrize("roles", [[], ["surgeon"], ["Clinician"], [""]])
def test_an_unknown_role_allows_nothing(roles: list[str]) -> None:
    assert permissions_of(roles) == frozenset()


def test_somebody_holds_every_permission() -> None:
    assert permissions_of(ROLES) == set(Permission)
