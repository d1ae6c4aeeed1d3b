"""Runs all pending migrations in one transaction: a kill leaves the old shop or the new one."""

from alembic import context

import core.model  # noqa: F401 - makes every mapped class known
from core.database.engine import is_server
from core.model.base import Base

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    if is_server(connection):
        # Two programs that upgrade at once: the second waits, and finds it done.
        from core.database.postgresql.locks import be_alone

        be_alone(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
        # SQLite can roll back its DDL; alembic assumes that it cannot.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_server(connection):
            # New tables come with no rights, and rules may have changed.
            from core.database.postgresql.roles.protect import protect

            # What a revision wrote is judged now: a table under judgement cannot be altered.
            connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
            protect(connection)
    connection.commit()
