"""A mail server for development: keeps every mail as a file and sends none on.

Run it with `python -m intake.development.catcher PORT FOLDER`. It listens on this machine only.
"""

import asyncio
import ipaddress
import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from intake.core.instance import OTHERS

HOST = "127.0.0.1"
LARGEST_MAIL = 4 * 1024 * 1024


class Catcher:
    """Writes each mail to a folder, where it is on the disk before the sender is told so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802  named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail of this conversation."""
        self.keep(envelope.original_content or b"")
        return "250 Kept"

    def keep(self, mail: bytes) -> Path:
        """Write one mail under a name of its own; half a mail is never seen under it."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        path = self.folder / f"{moment}-{next(self.numbers)}.eml"
        unfinished = path.with_suffix(".part")
        with unfinished.open("xb") as file:
            file.write(mail)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        _sync_folder(self.folder)
        return path


def main(host: str, port: int, folder: Path) -> None:
    """Catch mails until the process is stopped; raises ValueError for an outside address."""
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError("the mail catcher listens on this machine only")
    os.umask(OTHERS)
    asyncio.run(_serve(host, port, Catcher(folder)))


async def _serve(host: str, port: int, catcher: Catcher) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=LARGEST_MAIL, hostname="localhost"), host, port
    )
    await server.serve_forever()


def _sync_folder(folder: Path) -> None:
    """A new name lasts through a power cut only when its folder is written too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if __name__ == "__main__":
    main(HOST, int(sys.argv[1]), Path(sys.argv[2]))
