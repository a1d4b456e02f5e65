"""One person's way through the form over HTTP: explored once, then replayed."""

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

from benchmarks.page import Field, read_fields

START, FIRST_FORM = "/", "/request/start"
MOST_PAGES = 30
ANSWERS = {
    "conditions": "chronic_pain",
    "age18": "yes",
    "given_name": "Ana",
    "family_name": "Example",
    "dob_month": "3",
    "dob_day": "27",
    "dob_year": "1985",
    "phone": "312 555 0142",
    "email": "ana@example.com",
    "state": "IL",
}
"""An adult with one condition; other questions get "no", "none" or the first answer offered."""
BROWSER = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-US,en;q=0.9",
    "Sec-Fetch-Site": "same-origin",
}
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
FREE_TIME = re.compile(rb'name="slot"[^>]*value="([0-9][^"]+)"')


class WrongTurn(Exception):
    """The site did not answer as it should; figures of such a run mean nothing."""


@dataclass
class Step:
    """One page: its size in bytes, its questions, and what is sent back (None: no form)."""

    path: str
    size: int
    fields: list[Field]
    body: list[tuple[str, str]] | None


@dataclass
class Answer:
    """One request; statements and durable commits are known where `counting` serves."""

    page: str
    seconds: float
    statements: int
    commits: int


class Visitor:
    """One browser with a connection and cookies of its own."""

    def __init__(self, port: int) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self.answers: list[Answer] = []

    def get(self, path: str) -> bytes:
        """The page at this address, which must be there."""
        response, html = self._ask("GET", path)
        if response.status != 200:
            raise WrongTurn(f"GET {path}: {response.status} {response.getheader('Location', '')}")
        return html

    def post(self, path: str, body: list[tuple[str, str]]) -> str:
        """Send a form; the address of the page that follows."""
        extra = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        response, _html = self._ask("POST", path, urlencode(body), extra)
        if response.status != 303:
            raise WrongTurn(f"POST {path}: {response.status}, so an answer was refused")
        return response.getheader("Location", "")

    def _ask(
        self, method: str, path: str, body: str | None = None, extra: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = BROWSER | (extra or {}) | ({"Cookie": cookies} if cookies else {})
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        counts = [int(response.getheader(name, "0")) for name in ("X-Statements", "X-Commits")]
        self.answers.append(Answer(f"{method} {path}", seconds, *counts))
        return response, content


def explore(port: int) -> list[Step]:
    """Walk our way as a person would, and note what is asked and what to send back."""
    visitor, path = Visitor(port), FIRST_FORM
    steps = [Step(START, len(visitor.get(START)), [], None)]
    while len(steps) < MOST_PAGES:
        html = visitor.get(path)
        fields = read_fields(html)
        if fields is None:
            return [*steps, Step(path, len(html), [], None)]
        body = [(field.name, _answer(field)) for field in fields]
        steps.append(Step(path, len(html), fields, body))
        path = visitor.post(path, _filled(body, html))
    raise WrongTurn(f"no end after {MOST_PAGES} pages")


def replay(port: int, steps: list[Step]) -> list[Answer]:
    """Walk the same way again as somebody new."""
    visitor = Visitor(port)
    for place, step in enumerate(steps, start=1):
        html = visitor.get(step.path)
        if step.body is not None:
            following = visitor.post(step.path, _filled(step.body, html))
            if following != steps[place].path:
                raise WrongTurn(f"POST {step.path} led to {following}")
    return visitor.answers


def _answer(field: Field) -> str:
    offered = [value for value, _label in field.options]
    wanted = ANSWERS.get(field.name, "")
    return next(
        (each for each in (wanted, "no", "none") if each in offered), (offered or [wanted])[0]
    )


def _filled(body: list[tuple[str, str]], html: bytes) -> list[tuple[str, str]]:
    """The body with what only this page can tell: its token, and a time that is still free."""
    token, free = TOKEN.search(html), FREE_TIME.search(html)
    known = {"slot": free[1].decode()} if free else {}
    filled = [(name, known.get(name, value)) for name, value in body]
    return [*filled, ("csrf_token", token[1].decode())] if token else filled
