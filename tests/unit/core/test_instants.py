from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from intake.core.db import UTCDateTime

WRITE = UTCDateTime().bind_processor(sqlite.dialect())
READ = UTCDateTime().result_processor(sqlite.dialect(), None)


@pytest.mark.parametrize("microsecond", [0, 7, 999_999])
def test_an_instant_is_written_as_sqlalchemy_would_and_read_back(microsecond):
    local = datetime(2026, 11, 1, 1, 30, 5, microsecond, ZoneInfo("America/Chicago"), fold=1)
    plain = local.astimezone(UTC).replace(tzinfo=None)
    of_the_dialect = sqlite.dialect().type_descriptor(DateTime()).bind_processor(sqlite.dialect())
    assert WRITE(local) == of_the_dialect(plain)
    assert READ(WRITE(local)) == local.astimezone(UTC)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        WRITE(datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None))
