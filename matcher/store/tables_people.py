"""Tables of people and their traces."""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.tables import BIG, Base


class AccountRow(Base):
    """Somebody who signs in; accounts are never removed, only made inactive."""

    __tablename__ = "accounts"

    username: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    county: Mapped[str] = mapped_column(String(50))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool]
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    last_login: Mapped[datetime | None]


class LoginFailureRow(Base):
    """A refused login, for throttling."""

    __tablename__ = "login_failures"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    username: Mapped[str] = mapped_column(String(40), index=True)
    address: Mapped[str] = mapped_column(String(60), index=True)


class ApiKeyRow(Base):
    """A program's key; of the secret only the hash is kept."""

    __tablename__ = "api_keys"

    prefix: Mapped[str] = mapped_column(String(16), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    county: Mapped[str] = mapped_column(String(50))
    scope: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used: Mapped[datetime | None]


class SubmissionLinkRow(Base):
    """The link by which a county's enterprises send in needs; of its token the hash is kept."""

    __tablename__ = "submission_links"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    county: Mapped[str] = mapped_column(String(50))
    label: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    uses: Mapped[int]


class AuditRow(Base):
    """A line of the audit log. Triggers of the database refuse to change or remove one."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_record", "subject", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BIG, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(String(64), index=True)
    actor_name: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(30), index=True)
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    county: Mapped[str] = mapped_column(String(50), index=True)
    summary: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]]
