"""The patient's session: a signed cookie, as in Flask, with a signer that is made once."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class SignedCookies(SecureCookieSessionInterface):
    """Flask makes the signer anew for every request, twice where a cookie is set."""

    signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer of the application's key, which never changes while it runs."""
        if self.signer is None:
            self.signer = super().get_signing_serializer(app)
        return self.signer
