"""On a server too the audit trail shows every hand that was laid on it: even its owner's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database.unit_of_work import Database
from tests.core.database.tampering import (
    AnyTrail,
    write_trail,
)
from tests.postgresql import PostgresqlServer

_UNRULED = """
DO $$ DECLARE rule record; BEGIN
  FOR rule IN SELECT conname FROM pg_constraint WHERE conrelid = 'sanduku.audit_entry'::regclass
    AND contype IN ('p', 'u')
  LOOP EXECUTE 'ALTER TABLE sanduku.audit_entry DROP CONSTRAINT ' || rule.conname; END LOOP;
END $$"""


@pytest.fixture(scope="module")
def trail(postgresql_server: PostgresqlServer) -> Iterator[Session]:
    """A trail of three people in the hands of the server's owner, who switched all guards off."""
    with postgresql_server.fresh_shop() as url:
        shop = Database(url)
        write_trail(shop)
        with shop.engine.begin() as connection:
            connection.execute(text(_UNRULED))
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        with Session(shop.engine, autoflush=False) as session:
            yield session
        shop.close()


class TestTrailOnAServer(AnyTrail):
    """The trail of a shop in a server."""
