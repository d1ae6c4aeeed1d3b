"""A shop set up by an earlier version has, once upgraded, all the rights and guards of this one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import schema
from core.database.engine import open_engine
from core.database.postgresql.roles.protect import role_trigger_names
from core.errors import StorageError
from core.services.presence import PresenceService
from tests.core.database.postgresql.peopled_shop import PeopledShop, peopled_shop
from tests.postgresql import PostgresqlServer

_NEXT = f"{int(schema.NEWEST_REVISION) + 1:04}"

_MAKES_A_TABLE = f'''
import sqlalchemy as sa
from alembic import op

revision = "{_NEXT}"
down_revision = "{schema.NEWEST_REVISION}"


def upgrade():
    op.create_table(
        "desk_presence",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("window", sa.Text(), nullable=False, unique=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
    )
'''


@pytest.fixture
def earlier(
    postgresql_server: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PeopledShop]:
    """Yield a shop of a version that knew no presence, under a program that does."""
    with peopled_shop(postgresql_server) as shop:
        shop.as_owner(
            "DROP TABLE sanduku.desk_presence",
            "REVOKE UPDATE (passed_on_by) ON sanduku.refund_request"
            f' FROM "{shop.roles.prefix}:manager"',
            "DROP TRIGGER person_refund_request ON sanduku.refund_request",
        )
        scripts = tmp_path / "migrations"
        shutil.copytree(schema.MIGRATIONS, scripts)
        (scripts / "versions" / f"{_NEXT}_presence.py").write_text(_MAKES_A_TABLE)
        monkeypatch.setattr(schema, "MIGRATIONS", scripts)
        monkeypatch.setattr(schema, "NEWEST_REVISION", _NEXT)
        yield shop


def test_a_table_of_a_later_version_comes_with_its_rights_and_guards(earlier: PeopledShop) -> None:
    engine = open_engine(earlier.owner_url)
    schema.upgrade(engine)
    assert schema.current_revision(engine) == _NEXT
    with engine.connect() as connection:
        made = set(connection.exec_driver_sql("SELECT tgname FROM pg_trigger").scalars())
        may_pass_on = connection.exec_driver_sql(
            f"SELECT has_column_privilege('{earlier.roles.prefix}:manager',"
            " 'sanduku.refund_request', 'passed_on_by', 'UPDATE')"
        ).scalar()
    engine.dispose()
    assert role_trigger_names() <= made
    assert may_pass_on

    aline = earlier.opened_by("aline")
    aline.initiator = "a window"
    PresenceService(aline).come(earlier.actor("aline"))
    assert [each.user_name for each in PresenceService(aline).everyone()] == ["aline"]


def test_only_the_server_s_owner_upgrades_and_others_leave_the_shop_as_it_was(
    earlier: PeopledShop,
) -> None:
    with pytest.raises(StorageError, match="does not allow"):
        schema.upgrade(earlier.opened_by("ann").engine)
    assert schema.current_revision(earlier.owned().engine) != _NEXT
