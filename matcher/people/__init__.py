"""Who works with the library, what each may do, and how they prove who they are."""

from matcher.people.actors import Actor, ActorKind, Permission, Role, actor_of_program
from matcher.people.records import Account, ApiKey, AuditEntry, SubmissionLink, Validity

__all__ = [
    "Account",
    "Actor",
    "ActorKind",
    "ApiKey",
    "AuditEntry",
    "Permission",
    "Role",
    "SubmissionLink",
    "Validity",
    "actor_of_program",
]
