"""Our own lead-in above the questions of each instrument."""

from intake.core.i18n import lazy_gettext as _l
from intake.screening.catalog import load_catalog

HEADINGS = {
    "asq": _l("Your safety"),
    "phq9": _l("Your mood in the last 2 weeks"),
    "gad7": _l("Worry in the last 2 weeks"),
    "pc_ptsd_5": _l("Stressful experiences"),
    "peg": _l("Your pain in the last week"),
    "pain_profile": _l("More about your pain"),
    "headache_burden": _l("Your headaches"),
    "ketamine_safety_screen": _l("Your health"),
    "history": _l("What have you tried so far?"),
}
FURTHER_HEADINGS = {
    "asq": _l("One more question about your safety"),
    "phq9": _l("More about your mood"),
    "pc_ptsd_5": _l("After what happened"),
    "history": _l("Who treats you now"),
}


def heading(instrument_id: str, *, further: bool = False) -> str:
    """Our own lead-in above an instrument's questions; for a clinic's own one, its title."""
    words = (FURTHER_HEADINGS if further else HEADINGS).get(instrument_id)
    if words is None:
        words = HEADINGS.get(instrument_id, load_catalog()[instrument_id].title)
    return str(words)
