"""The time zone of each US state: of most of its people, where it has two."""

_MAIN_ZONES = (
    (
        "America/New_York",
        ("CT", "DC", "DE", "FL", "GA", "IN", "KY", "MA", "MD", "ME", "MI", "NC", "NH", "NJ"),
    ),
    ("America/New_York", ("NY", "OH", "PA", "RI", "SC", "VA", "VT", "WV")),
    (
        "America/Chicago",
        ("AL", "AR", "IA", "IL", "KS", "LA", "MN", "MO", "MS", "ND", "NE", "OK", "SD", "TN"),
    ),
    ("America/Chicago", ("TX", "WI")),
    ("America/Denver", ("CO", "ID", "MT", "NM", "UT", "WY")),
    ("America/Phoenix", ("AZ",)),
    ("America/Los_Angeles", ("CA", "NV", "OR", "WA")),
    ("America/Anchorage", ("AK",)),
    ("Pacific/Honolulu", ("HI",)),
    ("America/Puerto_Rico", ("PR",)),
)
_ZONE_OF = {state: zone for zone, states in _MAIN_ZONES for state in states}


def zone_of(state: str, default: str) -> str:
    """The time zone of somebody who lives in a state, until they choose one."""
    return _ZONE_OF.get(state, default)
