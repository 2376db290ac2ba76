"""The few statements that databases spell differently."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def upsert(session: Session, table: type[DeclarativeBase]) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what to do on a conflict."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
