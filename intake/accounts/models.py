"""Users of the staff site, what they prove who they are with, their sessions and one-time links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column

from intake.accounts.permissions import Permission, permissions_of
from intake.core.db import Base, UTCDateTime
from intake.core.encryption import EncryptedJSON
from intake.core.tokens import new_id, new_token


class User(Base, kw_only=True):
    """A member of staff."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role_names: Mapped[list[str]] = mapped_column(MutableList.as_mutable(JSON))
    password: Mapped[str | None] = mapped_column(String(255), default=None, repr=False)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, default_factory=new_token, repr=False
    )
    """Changes with the password; sessions made before then end."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything this user may do."""
        return permissions_of(self.role_names)

    def may(self, permission: Permission) -> bool:
        """Whether this user has the permission."""
        return permission in self.permissions

    @property
    def actor(self) -> str:
        """How the audit log names this user."""
        return f"user:{self.id}"


class StaffSession(Base, kw_only=True):
    """A signed-in browser. Only the hash of its id is stored; deleting the row signs it out."""

    __tablename__ = "staff_sessions"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """What Flask keeps in a session, serialized and signed by Flask's own serializer."""
    second_factor: Mapped[str | None] = mapped_column(String(20), default=None)
    """What was shown besides the password. None: only the password yet, which opens no page."""


class AuthenticatorApp(Base, kw_only=True):
    """The app on a user's phone that shows six digits, new ones every half minute (RFC 6238)."""

    __tablename__ = "authenticator_apps"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    secret_sealed: Mapped[bytes | None] = mapped_column(default=None, repr=False)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_counter: Mapped[int]
    """The half minute of the last code that was taken. Each code is taken once."""

    secret = EncryptedJSON()


class Passkey(Base, kw_only=True):
    """A key in a phone, computer or security key; we hold the half that is no secret."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    credential_data: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """Its public key, as the device has described it (attested credential data)."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often it says it was used; one that counts back has been copied."""
    name: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class RecoveryCode(Base, kw_only=True):
    """A printed code that stands in once for a lost phone."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "label"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(4))
    """Its first four letters, which say whose hash to compare. The rest is the secret."""
    code_hash: Mapped[str] = mapped_column(String(255), repr=False)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)


class SignInLink(Base, kw_only=True):
    """A link that works once: an invitation, a new password, or a sign-in in development."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(12))
    """`invitation` and `password` lead to choosing one, `sign_in` signs in (development only)."""
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
