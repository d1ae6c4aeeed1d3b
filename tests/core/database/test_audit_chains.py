"""The audit trail shows every hand that was laid on it, and where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from core.database import schema
from core.database.audit_chains import ChainHead, verify_chains
from core.database.engine import sqlite_url
from core.database.unit_of_work import Database
from tests.core.database.tampering import (
    AnyTrail,
    write_trail,
)


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A trail of three people without its guards; whatever a test does to it is taken back."""
    path = tmp_path_factory.mktemp("trail") / "sanduku.db"
    shop = Database(sqlite_url(path))
    schema.upgrade(shop.engine)
    write_trail(shop)
    with shop.engine.begin() as connection:
        for name in ("guard_audit_entry_delete", "guard_audit_entry_facts"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        # A table without its unique rule, as somebody makes it who wants a row twice.
        connection.execute(text("CREATE TABLE loose AS SELECT * FROM audit_entry"))
        connection.execute(text("DROP TABLE audit_entry"))
        connection.execute(text("ALTER TABLE loose RENAME TO audit_entry"))
    shop.close()
    engine = create_engine(sqlite_url(path))
    # sqlite3 would else commit behind a CREATE TABLE.
    event.listen(engine, "connect", lambda driver, _: setattr(driver, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with Session(engine, autoflush=False) as session:
        yield session
    engine.dispose()


class TestTrailInAFile(AnyTrail):
    """The trail of a shop in a file."""


def test_an_end_cut_from_among_others_shows_without_any_kept_head(trail: Session) -> None:
    trail.execute(text("DELETE FROM audit_entry WHERE user_name = 'aline' AND sequence > 10"))
    _, breaks = verify_chains(trail)
    trail.rollback()
    assert [each.sentence for each in breaks] == [
        "The trail is broken at row 31: it was taken out.",
        "The trail is broken at row 34: it was taken out.",
    ]


def test_a_chain_that_is_gone_as_a_whole_shows(trail: Session, kept_heads: list[ChainHead]) -> None:
    trail.execute(text("DELETE FROM audit_entry WHERE user_name = 'marie'"))
    _, breaks = verify_chains(trail, kept_heads)
    trail.rollback()
    first = breaks[0].sentence
    assert (
        first
        == "The chain of marie is broken at entry 1: its end was cut off; it had 12 entries once."
    )


def test_a_moment_that_is_none_is_told_not_stumbled_over(trail: Session) -> None:
    trail.execute(text("UPDATE audit_entry SET at = 'never' WHERE id = 5"))
    _, breaks = verify_chains(trail)
    trail.rollback()
    assert [(each.user_name, each.sequence) for each in breaks] == [("claude", 2)]


def test_a_kept_head_of_an_earlier_day_still_fits(
    trail: Session, kept_heads: list[ChainHead]
) -> None:
    row = trail.execute(
        text("SELECT entry_hash FROM audit_entry WHERE user_name = 'aline' AND sequence = 5")
    ).one()
    earlier = ChainHead("aline", 5, row.entry_hash)
    assert verify_chains(trail, [*kept_heads, earlier])[1] == []
