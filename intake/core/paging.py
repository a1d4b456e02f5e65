"""Pages of long lists: each begins after the last row of the one before, however rows move."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

Row = TypeVar("Row")

HIGHEST_RANK = 5


class Cursor(NamedTuple):
    """The place of a row in a list ordered by rank, instant and id."""

    rank: int
    instant: datetime
    id: UUID

    @property
    def text(self) -> str:
        """The place as a part of an address."""
        return f"{self.rank}-{self.instant:%Y%m%d%H%M%S%f}-{self.id.hex}"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order, and the cursor of the next page, "" on the last one."""

    rows: list[Row]
    later: str


def read_cursor(text: str) -> Cursor | None:
    """The place that `Cursor.text` wrote, or None for anything else: then the list starts anew."""
    rank, _, rest = text.partition("-")
    instant, _, row_id = rest.partition("-")
    try:
        at = datetime.strptime(instant, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
        return Cursor(range(HIGHEST_RANK + 1).index(int(rank)), at, UUID(hex=row_id))
    except ValueError:
        return None
