"""What the answers of a mail server mean: whether a mail is tried again, and a code word for it.

Errors leave this package as code words only: a server's answer may quote addresses.
"""

import smtplib
import ssl


class DeliveryError(Exception):
    """A mail was not handed over. The message is a code word, such as "recipient-550"."""


class Retry(DeliveryError):
    """It may work later: the network, a temporary refusal, or a fault in our own set-up."""


class Refused(DeliveryError):
    """The server will never take this mail. `is_of_address`: as there is no such mailbox."""

    def __init__(self, word: str, *, is_of_address: bool = False) -> None:
        super().__init__(word)
        self.is_of_address = is_of_address


def fault_of_mail(error: OSError | smtplib.SMTPException) -> DeliveryError:
    """A final answer to the recipient or the text refuses the mail; all else may pass."""
    word = code_word(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        is_final = word.rpartition("-")[2].startswith("5")
        return Refused(word, is_of_address=_is_unknown(error)) if is_final else Retry(word)
    return Retry(word)


def _is_unknown(error: smtplib.SMTPException) -> bool:
    """Whether a refusal speaks against the address itself (RFC 3463 section 3.2).

    The plain number does not tell: 550 is also the answer of a relay that does not know us.
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    _number, words = next(iter(error.recipients.values()))
    return words.startswith(b"5.1.")


def code_word(error: OSError | smtplib.SMTPException) -> str:
    """Which step failed and the server's number; never its words, which may quote an address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"recipient-{next(iter(error.recipients.values()))[0]}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{_STEPS.get(type(error), 'answer')}-{error.smtp_code}"
    return next((word for kind, word in _FAULTS if isinstance(error, kind)), "network")


_STEPS: dict[type[smtplib.SMTPException], str] = {
    smtplib.SMTPAuthenticationError: "login",
    smtplib.SMTPConnectError: "greeting",
    smtplib.SMTPHeloError: "greeting",
    smtplib.SMTPSenderRefused: "sender",
    smtplib.SMTPDataError: "data",
}
_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPNotSupportedError, "not-offered"),
    (smtplib.SMTPServerDisconnected, "disconnected"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "unreachable"),
)
