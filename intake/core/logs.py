"""Logs as JSON lines without personal data.

A line holds the time, the level, our own words, the request's id, its route (never its path) and,
for a fault, the kind of exception and where it arose. Exception texts and request values are left
out: they may hold what a person typed.
"""

import json
import logging
import secrets
import sys
import traceback
from datetime import UTC, datetime

from flask import Flask, g, has_request_context, request

FIELDS = ("status", "milliseconds", "message_id", "count")
"""What a log call may add through `extra`."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line for a record; an exception is told by kind and place, not by its words."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if record.name.startswith("intake") else record.msg,
        }
        line |= _request_facts()
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _fault(record.exc_info[1])
        return json.dumps(line, default=str)


def _request_facts() -> dict[str, object]:
    if not has_request_context():
        return {}
    rule = request.url_rule.rule if request.url_rule else "(no route)"
    return {"request_id": current_request_id(), "method": request.method, "route": rule}


def _fault(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames
    ]
    return {"fault": type(error).__qualname__, "where": places[-12:]}


def current_request_id() -> str:
    """A random id of the current request, or "" outside of requests."""
    if not has_request_context():
        return ""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    request_id: str = g.request_id
    return request_id


def init_logs(app: Flask, level: str) -> None:
    """Send all logs of the process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app.logger.name = "intake"
