"""Which statements are sent to a database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from matcher.store.database import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, as text; one for many rows is one statement.

    A SQLite transaction begins with a statement of its own, which other databases do not have; it
    is not among them.
    """
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN "):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
