"""US states and time zones as people know them."""

from zoneinfo import ZoneInfo

from intake.core.i18n import lazy_gettext as _l
from intake.core.i18n import zone_text

US_STATES = (
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"),
    ("CA", "California"), ("CO", "Colorado"), ("CT", "Connecticut"), ("DE", "Delaware"),
    ("DC", "District of Columbia"), ("FL", "Florida"), ("GA", "Georgia"), ("HI", "Hawaii"),
    ("ID", "Idaho"), ("IL", "Illinois"), ("IN", "Indiana"), ("IA", "Iowa"), ("KS", "Kansas"),
    ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"),
    ("MO", "Missouri"), ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"),
    ("NH", "New Hampshire"), ("NJ", "New Jersey"), ("NM", "New Mexico"), ("NY", "New York"),
    ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"), ("OK", "Oklahoma"),
    ("OR", "Oregon"), ("PA", "Pennsylvania"), ("PR", "Puerto Rico"), ("RI", "Rhode Island"),
    ("SC", "South Carolina"), ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"),
    ("UT", "Utah"), ("VT", "Vermont"), ("VA", "Virginia"), ("WA", "Washington"),
    ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
    ("other", _l("Somewhere else")),
)  # fmt: skip

TIME_ZONES = (
    ("America/New_York", _l("Eastern Time (New York)")),
    ("America/Chicago", _l("Central Time (Chicago)")),
    ("America/Denver", _l("Mountain Time (Denver)")),
    ("America/Phoenix", _l("Arizona Time (Phoenix)")),
    ("America/Los_Angeles", _l("Pacific Time (Los Angeles)")),
    ("America/Anchorage", _l("Alaska Time (Anchorage)")),
    ("Pacific/Honolulu", _l("Hawaii Time (Honolulu)")),
    ("America/Puerto_Rico", _l("Atlantic Time (Puerto Rico)")),
)
_PLACES = dict(TIME_ZONES)


def zone_and_place(zone: ZoneInfo, language: str) -> str:
    """A zone by its everyday name, with a place that has it: "Central Time (Chicago)"."""
    _zone, _, place = str(_PLACES.get(zone.key, "")).partition("(")
    return zone_text(zone, language) + (f" ({place}" if place else "")
