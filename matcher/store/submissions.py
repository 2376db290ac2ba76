"""Queries on what came by submission links."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.people import ActorKind
from matcher.store.tables_people import AuditRow


def needs_sent_from(session: Session, address: str, *, since: datetime) -> int:
    """How many needs came by links from one network address, as the audit log tells it.

    Args:
        session: of the store.
        address: network address.
        since: when counting begins.
    """
    query = (
        select(func.count())
        .select_from(AuditRow)
        .where(
            AuditRow.at >= since,
            AuditRow.actor_kind == ActorKind.LINK,
            AuditRow.address == address[:60],
            AuditRow.action == "create",
            AuditRow.subject == "need",
        )
    )
    return session.scalar(query) or 0
