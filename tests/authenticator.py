"""A security key in Python: makes and shows passkeys, as devices do (W3C Web Authentication)."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class SecurityKey:
    """One passkey. A test may spoil what it says."""

    origin: str = "http://localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, questions: str) -> str:
        """The answer to a page that asks for a new passkey."""
        asked = json.loads(questions)
        client = self._client("webauthn.create", asked)
        length = len(self.credential_id).to_bytes(2, "big")
        key = bytes(16) + length + self.credential_id + self._public_key()
        data = self._data(asked["rp"]["id"], self.flags | WITH_KEY) + key
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=client, attestationObject=statement)

    def show(self, questions: str) -> str:
        """The answer to a page that asks for a passkey."""
        asked = json.loads(questions)
        client = self._client("webauthn.get", asked)
        self.count += 1
        data = self._data(asked["rpId"], self.flags)
        signed = data + hashlib.sha256(client).digest()
        signature = self.private.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _data(self, host: str, flags: int) -> bytes:
        used = self.count.to_bytes(4, "big")
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + used

    def _public_key(self) -> bytes:
        point = self.private.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        return cbor.encode({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **response: bytes) -> str:
        credential_id = _base64(self.credential_id)
        return json.dumps(
            {
                "id": credential_id,
                "rawId": credential_id,
                "type": "public-key",
                "response": {name: _base64(value) for name, value in response.items()},
            }
        )


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
