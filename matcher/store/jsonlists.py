"""Queries on the texts of a list that a column holds as JSON.

The JSON as it is stored cannot be searched: Chinese characters stand escaped in it.
"""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

_ITEMS_OF = {"sqlite": "json_each", "postgresql": "json_array_elements_text"}


def listed_in(session: Session, column: InstrumentedAttribute[list[str]]) -> ColumnElement[Any]:
    """The texts of a list; in a query on its table, a row for each."""
    function = getattr(func, _ITEMS_OF[session.get_bind().dialect.name])
    item: ColumnElement[Any] = function(column).table_valued("value", joins_implicitly=True).c.value
    return item


def any_contains(
    session: Session, column: InstrumentedAttribute[list[str]], text: str
) -> ColumnElement[bool]:
    """Whether one of the texts of a list contains this."""
    item = listed_in(session, column)
    return (
        select(item)
        .where(item.icontains(text, autoescape=True))
        .correlate(column.parent.local_table)
        .exists()
    )


def any_equals(
    session: Session, column: InstrumentedAttribute[list[str]], texts: list[str]
) -> ColumnElement[bool]:
    """Whether one of the texts of a list is one of these."""
    item = listed_in(session, column)
    return select(item).where(item.in_(texts)).correlate(column.parent.local_table).exists()
