"""Alembic's entry: migrations run on the connection that the program hands over."""

from alembic import context

from matcher.store import tables_casework, tables_monthly, tables_people  # noqa: F401 - they register their tables
from matcher.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
