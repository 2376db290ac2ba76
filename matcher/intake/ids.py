"""Stable ids for records that come without one: the same content gives the same id again."""

from hashlib import blake2b

from matcher.records import PartnerKind


def need_id(enterprise: str, title: str, problem: str) -> str:
    """Id of a need from its enterprise and what it says."""
    return "N" + _digest(enterprise, title, problem)


def partner_id(kind: PartnerKind, name: str, affiliation: str) -> str:
    """Id of a partner: one of that kind and name in that place."""
    return "P" + _digest(kind.value, name, affiliation)


def enterprise_id(name: str, credit_code: str = "") -> str:
    """Id of an enterprise: its credit code, or one made from its name."""
    return credit_code or "E" + _digest(name)


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=5).hexdigest()
