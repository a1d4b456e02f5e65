"""The browser of `tests.browse`, over a real connection to a running server."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.browse import Browser, Page

CUT_OFF = (OSError, HTTPException)
"""What a request raises when the server dies before it has answered."""


@dataclass
class Answer:
    """What a server answered, under the names that `Browser` reads."""

    status_code: int
    headers: HTTPMessage
    data: bytes

    @property
    def mimetype(self) -> str:
        return self.headers.get_content_type()


class Connection:
    """Sends single requests as a web browser does, and keeps the cookies."""

    def __init__(self, address: str, *, timeout: float = 20) -> None:
        self.address = address
        self.timeout = timeout
        self.cookies: dict[str, str] = {}

    def open(
        self,
        path: str,
        *,
        method: str = "GET",
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; raises one of CUT_OFF when the server dies before it has answered."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if data is not None:
            body = urlencode(data, doseq=True)
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=self.timeout)
        try:
            connection.request(method, path, body, {**sent, **(headers or {})})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        return answer


class RemoteBrowser(Browser):
    """`Browser` for a server in another process; a server that dies raises one of CUT_OFF."""

    def __init__(self, address: str) -> None:
        self.client = Connection(address)
        self.page: Page | None = None
        self.token = ""

    def _open(self, method: str, path: str, **options: Any) -> Answer:
        return self.client.open(path, method=method, **options)
