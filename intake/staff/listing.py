"""A list of requests as a page shows it: rows under headings, and whoever stands above them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from intake.staff.rows import QueueRow


@dataclass(frozen=True)
class Group:
    """Rows under one heading; `count` may be more than this page shows, such as "99+"."""

    label: str
    count: str
    rows: list[QueueRow]


@dataclass(frozen=True)
class Lane:
    """Somebody to call before anything else: what their row would say, and why."""

    row: QueueRow
    text: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list. `heads` are the columns that differ; `later` is a cursor or ""."""

    key: str
    caption: str
    heads: tuple[str, str]
    groups: list[Group]
    later: str
    empty: str
    lanes: Sequence[Lane] = ()
    head: Sequence[UUID] | None = None
    """Who stands first in the whole queue, where this page begins with them."""

    @property
    def shows_holders(self) -> bool:
        """Whether anybody on this page is there to be called, or somebody is about to."""
        rows = (row for group in self.groups for row in group.rows)
        return any(row.held or row.take for row in rows)

    @property
    def shown(self) -> int:
        """How many people are on this page."""
        return len(self.lanes) + sum(len(group.rows) for group in self.groups)
