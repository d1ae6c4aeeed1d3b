"""Several statements sent to the server as one question.

https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def sent_together(connection: Connection) -> Iterator[None]:
    """Send the statements within without waiting for each one's answer; none may return rows.

    None after the first that fails is done; what it failed with is raised at the end.

    Raises:
        DBAPIError: one of them failed, or the connection was lost.

    """
    driver: Any = connection.connection.driver_connection
    if not psycopg.Pipeline.is_supported():
        yield
        return
    first: DBAPIError | None = None
    try:
        with driver.pipeline():
            try:
                yield
            except DBAPIError as error:
                first = error
    except psycopg.Error as error:
        raise first or DBAPIError.instance(
            "several statements",
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            dialect=connection.dialect,
            connection_invalidated=driver.closed,
        ) from error
    if first is not None:
        raise first
