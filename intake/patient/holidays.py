"""Federal holidays by the names under which closures are stored, to say them in any language."""

from intake.core.i18n import lazy_gettext as _l

HOLIDAYS = {
    "New Year's Day": _l("New Year's Day"),
    "Martin Luther King Jr. Day": _l("Martin Luther King Jr. Day"),
    "Washington's Birthday": _l("Washington's Birthday"),
    "Memorial Day": _l("Memorial Day"),
    "Juneteenth National Independence Day": _l("Juneteenth National Independence Day"),
    "Independence Day": _l("Independence Day"),
    "Labor Day": _l("Labor Day"),
    "Columbus Day": _l("Columbus Day"),
    "Veterans Day": _l("Veterans Day"),
    "Thanksgiving Day": _l("Thanksgiving Day"),
    "Christmas Day": _l("Christmas Day"),
}


def holiday_text(label: str) -> str:
    """A closure's reason in the reader's language; a clinic's own words stay as they are."""
    return str(HOLIDAYS.get(label.removesuffix(" (observed)"), label))
