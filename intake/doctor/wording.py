"""Whether a clinician has signed off what is asked and decided in words of our own."""

from intake.doctor.finding import Finding, note, ok
from intake.screening.catalog import Catalog
from intake.screening.instrument import Wording


def sign_off(catalog: Catalog) -> Finding:
    """A note with the questions and rules that no licensed clinician has reviewed."""
    own = [each for each in catalog.values() if each.wording is Wording.OWN]
    open_ = [each.title for each in own if each.reviewed is None]
    if catalog.rules.reviewed is None:
        open_.append("triage rules")
    if not open_:
        return ok("wording", "a clinician has signed off all questions and rules of our own")
    words = f"no clinician has signed off: {', '.join(open_)}"
    return note("wording", words, "See “Clinical sign-off” in docs/operator.md.")
