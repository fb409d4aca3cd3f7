"""What Alembic runs first: it hands the migrations the caller's transaction. It opens no database by itself."""

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # true of SQLite, too, since we begin the transactions ourselves
)
with context.begin_transaction():
    context.run_migrations()
