"""How Alembic reaches the database: the connection of `adapters.history.engine`, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
