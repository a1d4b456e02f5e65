import pytest
from sqlalchemy import select, update

from intake.core.db import db, unit_of_work
from intake.core.encryption import UnreadableField
from intake.submissions.models import Submission
from tests import factories


def test_what_a_person_typed_is_nowhere_in_the_row(app):
    draft = factories.fill(factories.begin())
    row = db.session.execute(
        select(Submission.__table__).where(Submission.__table__.c.id == draft.id)
    ).one()
    for word in (b"Dana", b"Whitfield", b"dana@example.org", b"depression"):
        assert all(word not in value for value in row if isinstance(value, bytes))
        assert all(word.decode() not in str(value) for value in row if isinstance(value, str))


def test_a_value_moved_to_another_row_does_not_open(app):
    one, other = factories.fill(factories.begin()), factories.begin()
    with unit_of_work():
        db.session.execute(
            update(Submission)
            .where(Submission.id == other.id)
            .values(contact_sealed=one.contact_sealed)
        )
    db.session.expire_all()
    with pytest.raises(UnreadableField):
        _ = other.contact


def test_a_value_moved_to_another_column_does_not_open(app):
    draft = factories.fill(factories.begin())
    draft.answers_sealed = draft.contact_sealed
    with pytest.raises(UnreadableField):
        _ = draft.answers
    db.session.rollback()


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_changed_byte_does_not_open(app, place):
    draft = factories.begin()
    sealed = bytearray(draft.contact_sealed)
    sealed[place] ^= 1
    draft.contact_sealed = bytes(sealed)
    with pytest.raises(UnreadableField):
        _ = draft.contact
    db.session.rollback()
