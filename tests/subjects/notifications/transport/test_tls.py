"""Only a mail server that proves its name gets a mail."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from intake.notifications.faults import Retry
from tests.smtp_servers import mail_server
from tests.subjects.notifications.transport.mails import a_mail, send

SendTo = Callable[..., None]


class TestTls:
    def test_a_known_server_gets_the_mail(
        self, send_to: SendTo, tls: ssl.SSLContext, known: None
    ) -> None:
        with mail_server(tls=tls) as (inbox, port):
            send_to(port, host="localhost", security="starttls")
            send(a_mail())
            assert len(inbox.raw) == 1

    def test_an_unknown_certificate_gets_nothing(
        self, send_to: SendTo, tls: ssl.SSLContext
    ) -> None:
        with mail_server(tls=tls) as (inbox, port):
            send_to(port, host="localhost", security="starttls")
            with pytest.raises(Retry, match=r"^certificate$"):
                send(a_mail())
            assert inbox.raw == []

    def test_a_certificate_for_another_name_gets_nothing(
        self, send_to: SendTo, tls: ssl.SSLContext, known: None
    ) -> None:
        with mail_server(tls=tls) as (inbox, port):
            send_to(port, host="127.0.0.1", security="starttls")
            with pytest.raises(Retry, match=r"^certificate$"):
                send(a_mail())
            assert inbox.raw == []

    def test_a_server_without_starttls_gets_nothing(self, send_to: SendTo) -> None:
        with mail_server() as (inbox, port):
            send_to(port, security="starttls")
            with pytest.raises(Retry, match=r"^not-offered$"):
                send(a_mail())
            assert inbox.raw == []

    def test_tls_from_the_first_byte_is_checked_too(self, send_to: SendTo) -> None:
        with mail_server() as (inbox, port):
            send_to(port, security="tls")
            with pytest.raises(Retry, match=r"^tls$"):
                send(a_mail())
            assert inbox.raw == []

    @pytest.fixture
    def tls(self, tmp_path: Path) -> ssl.SSLContext:
        _write_certificate(tmp_path)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
        return context

    @pytest.fixture
    def known(self, tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
