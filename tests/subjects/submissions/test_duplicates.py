"""Other requests that may be of the same person."""

from flask import Flask

from intake.submissions.duplicates import possible_duplicates
from intake.submissions.models import Submission
from tests import factories

ELSEWHERE = {"phone": "773 555 0142", "phone_e164": "+17735550142", "email": "other@example.org"}


def found(submission: Submission) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.submission.reference, each.why) for each in possible_duplicates(submission)]


def test_each_is_found_by_what_it_has_in_common(app: Flask) -> None:
    dana, twice = factories.sent(), factories.sent()
    family = factories.sent(given_name="Robin", dob="2001-01-02", email="robin@example.org")
    unsent = factories.fill(factories.begin(), given_name="Dána", **ELSEWHERE)
    factories.sent(dob="1999-09-09", **ELSEWHERE)  # has nothing in common with her but the name
    assert found(dana)[0] == (twice.reference, ("phone", "email", "birthday"))
    assert sorted(found(dana)[1:]) == sorted(
        [(family.reference, ("phone",)), (unsent.reference, ("birthday",))]
    )


def test_whoever_gave_nothing_yet_is_like_nobody(app: Flask) -> None:
    factories.begin()
    assert found(factories.begin()) == []
