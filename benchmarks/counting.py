"""Our application with the SQL statements of each request in its answer's headers."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from sqlalchemy import Engine, event

from wsgi import app as product

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""Not counted as statements; a BEGIN IMMEDIATE is counted as a durable commit."""

seen: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    seen.append(statement)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as the product does; requests must come one at a time."""
    seen.clear()

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        statements = sum(not each.startswith(CONTROL) for each in seen)
        headers.append(("X-Statements", str(statements)))
        headers.append(("X-Commits", str(seen.count("BEGIN IMMEDIATE"))))
        return start_response(status, headers, *rest)

    return product(environ, start)
