"""What zones are called: by a name that is true all year."""

from zoneinfo import ZoneInfo

import pytest

from intake.core.i18n import zone_text


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/Chicago", "Central Time"),
        ("America/Denver", "Mountain Time"),
        ("America/Phoenix", "Mountain Standard Time"),
        ("Pacific/Honolulu", "Hawaii-Aleutian Standard Time"),
    ],
)
def test_a_zone_whose_clocks_never_change_is_told_from_its_neighbors(zone: str, name: str) -> None:
    assert zone_text(ZoneInfo(zone), "en") == name
