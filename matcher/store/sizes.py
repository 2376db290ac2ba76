"""How much the store holds."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matcher.records import Side
from matcher.store.tables import NeedRow, PartnerRow


def count_owners(session: Session, side: Side) -> int:
    """Number of partners, or of needs."""
    row = PartnerRow if side is Side.PARTNER else NeedRow
    return session.scalar(select(func.count()).select_from(row)) or 0
