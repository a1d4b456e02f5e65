"""Real mail servers for tests: one that keeps mails, and one that fails in a chosen way."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

UNCOUNTED = "numbers-of-the-day@example.com"
"""Who gets the mails that leave by the hour of the day: no inbox keeps them."""


class Inbox:
    """What a server has received: mails, whom they were for, and how many connections it took."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.senders: list[str] = []
        self.peers: set[Any] = set()
        self.greeted_as: set[str] = set()

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        if UNCOUNTED in envelope.rcpt_tos:
            return "250 Kept"
        self.raw.append(envelope.original_content)
        self.recipients.append(envelope.rcpt_tos)
        self.senders.append(envelope.mail_from)
        self.peers.add(session.peer)
        self.greeted_as.add(session.host_name)
        return "250 Kept"


class _OnFreePort(Controller):
    """A controller that learns which port it was given before it tries it."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> Iterator[tuple[Inbox, int]]:
    """A working server on a free port, with STARTTLS and a login if wanted."""

    def check(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = login == (data.login.decode(), data.password.decode())
        return AuthResult(success=right, handled=False)

    inbox = Inbox()
    controller = _OnFreePort(
        inbox,
        hostname="127.0.0.1",
        port=0,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=check if login else None,
        auth_required=login is not None,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


class FaultyServer(socketserver.ThreadingTCPServer):
    """Fails as `mode` says; "" works. The mode may change while it runs.

    `greet-421`, `mail-550`, `rcpt-450`, `data-554` answer a step with a number;
    `drop-before-data` and `drop-after-data` cut the line; `hang-greeting` and `hang-data` go quiet;
    `garbage` answers with what is no SMTP.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, mode: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.mode = mode
        self.taken: list[bytes] = []
        self.conversations = 0
        self.closing = threading.Event()


class _Conversation(socketserver.StreamRequestHandler):
    server: FaultyServer

    def handle(self) -> None:
        self.server.conversations += 1
        if not self.step("greet", "220 test"):
            return
        for line in self.rfile:
            verb = line[:4].decode("ascii", "replace").lower()
            if verb == "quit":
                self.say("221 bye")
                return
            if not (self.data() if verb == "data" else self.step(verb, "250 ok")):
                return

    def data(self) -> bool:
        if self.server.mode == "drop-before-data":
            return False
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if not any(UNCOUNTED.encode() in line for line in lines):
            self.server.taken.append(b"".join(lines))
        if self.server.mode == "drop-after-data":
            return False
        return self.step("data", "250 kept")

    def step(self, name: str, answer: str) -> bool:
        fault, _, detail = self.server.mode.partition("-")
        if fault == "garbage":
            answer = "hello there"
        elif fault == name:
            answer = f"{detail} patient@example.com is not welcome"
        elif (fault, detail) in (("hang", "greeting"), ("hang", name)):
            self.server.closing.wait(30)
            return False
        self.say(answer)
        return True

    def say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


@contextmanager
def faulty_server(mode: str, port: int = 0) -> Iterator[FaultyServer]:
    """A server that fails as `mode` says, on a free port unless one is given."""
    with FaultyServer(mode, port) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
