"""Parts of a record that can be kept apart, such as what was said about alcohol and drugs."""

from intake.screening.catalog import load_catalog
from intake.submissions.models import Submission


def has_segment(submission: Submission, segment: str) -> bool:
    """Whether a person answered something that belongs to a segment."""
    given = submission.answers or {}
    return any(
        item.segment == segment and item.id in (given.get(name) or {})
        for name, instrument in load_catalog().items()
        for item in instrument.items
    )
