"""Accounts, keys, links and the traces they leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from matcher.people.actors import PERMISSIONS, Actor, ActorKind, Permission, Role
from matcher.records import LabelledEnum


class Validity(LabelledEnum):
    """Whether a key or a link still opens anything."""

    VALID = "valid", "有效"
    EXPIRED = "expired", "已过期"
    CLOSED = "closed", "已停用"

    @classmethod
    def term(cls) -> str:
        """Chinese name of the list, for error messages."""
        return "状态"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in (账号).

    `epoch` grows with every change of password, role or state and when the person signs out; it
    ends the sessions begun before.
    """

    username: str
    name: str
    role: Role
    county: str = ""
    active: bool = True
    epoch: int = 0
    created_at: datetime
    last_login: datetime | None = None

    @property
    def version(self) -> str:
        """What it stands at, for whoever changes it: another one after every change."""
        parts = (self.name, self.role.value, self.county, str(self.active))
        return sha256("\0".join(parts).encode()).hexdigest()[:16]

    def actor(self, address: str = "") -> Actor:
        """Who acts when this account does."""
        return Actor(
            kind=ActorKind.ACCOUNT,
            id=self.username,
            name=self.name,
            role=self.role,
            county=self.county,
            permissions=PERMISSIONS[self.role],
            address=address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A program's key (接口密钥), known by its prefix; the secret itself is stored as a hash.

    `scope` narrows what its role allows.
    """

    prefix: str
    name: str
    role: Role
    county: str = ""
    scope: frozenset[Permission] = field(default_factory=frozenset)
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used: datetime | None = None

    def validity(self, now: datetime) -> Validity:
        """Whether it still opens anything at a moment."""
        return _validity(now, self.revoked_at, self.expires_at)

    def actor(self, address: str = "") -> Actor:
        """Who acts when this key is used."""
        return Actor(
            kind=ActorKind.KEY,
            id=self.prefix,
            name=self.name,
            role=self.role,
            county=self.county,
            permissions=PERMISSIONS[self.role] & self.scope,
            address=address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLink:
    """The link by which the enterprises of a county send in needs (填报链接)."""

    id: int
    county: str
    label: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    uses: int = 0

    def validity(self, now: datetime) -> Validity:
        """Whether it still opens anything at a moment."""
        return _validity(now, self.revoked_at, self.expires_at)

    def actor(self, address: str = "") -> Actor:
        """Who acts when a need is sent by this link."""
        return Actor(
            kind=ActorKind.LINK,
            id=str(self.id),
            name=f"{self.county}企业填报",
            role=Role.ENTERPRISE,
            county=self.county,
            permissions=PERMISSIONS[Role.ENTERPRISE],
            address=address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit log (操作记录): who did what to which record, when and from where."""

    id: int
    at: datetime
    actor_kind: ActorKind
    actor_id: str
    actor_name: str
    address: str
    action: str
    subject: str
    subject_id: str
    county: str
    summary: str
    details: Mapping[str, Any]


def _validity(now: datetime, revoked_at: datetime | None, expires_at: datetime | None) -> Validity:
    if revoked_at is not None:
        return Validity.CLOSED
    return Validity.EXPIRED if expires_at is not None and expires_at <= now else Validity.VALID
