"""A backup of a server's shop by an earlier version comes back whole, as a shop of this version."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from core.database.audit_chains import verify_chains
from core.database.consistency import check
from core.database.postgresql import dumps
from core.database.postgresql.logins import Logins
from core.database.postgresql.roles.names import roles_of_database
from core.database.schema import NEWEST_REVISION, current_revision
from core.model.payments import PaymentMethod
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from tests.core.database.earlier_shops import KEPT_DUMPS, unpack_dump
from tests.core.database.postgresql.peopled_shop import PASSWORD, PEOPLE, SECRET, PeopledShop
from tests.postgresql import PostgresqlServer

_ROWS = (
    "SELECT (SELECT string_agg(payment_method || ' ' || amount_minor || ' ' || status, ', '"
    " ORDER BY id) FROM sanduku.payment),"
    " (SELECT count(*) FROM sanduku.audit_entry),"
    " (SELECT string_agg(status || ' ' || refund_amount_minor, ', ') FROM sanduku.refund_request),"
    " (SELECT content FROM sanduku.sealed_secret)"
)


@pytest.mark.parametrize("revision", KEPT_DUMPS)
def test_a_backup_of_an_earlier_version_comes_back_and_people_work_on(
    postgresql_server: PostgresqlServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    revision: str,
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql_server.tools}{os.pathsep}{os.environ['PATH']}")
    saved = tmp_path / "shop.dump"
    unpack_dump(revision, saved)
    name = f"earlier_{uuid.uuid4().hex[:12]}"
    postgresql_server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    shop = PeopledShop(postgresql_server, name, roles_of_database(name))
    try:
        restored = dumps.restore(shop.owner_url, saved)
        assert sorted(restored.without_password) == sorted([*PEOPLE, "sanduku"])
        engine = shop.owned().engine
        assert current_revision(engine) == NEWEST_REVISION
        assert check(engine) == ()
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(_ROWS).one()
        paid = "cash 12000 completed, mtn_mobile_money 7000 pending"
        assert tuple(rows) == (paid, 15, "requested 5000", SECRET)
        logins = Logins(shop.owned())
        for person in PEOPLE:
            logins.set_password(None, person, PASSWORD)
            logins.enable(None, person)
        sale = RecordPayment(
            key="after", method=PaymentMethod.CASH, amount_minor=500, tendered_minor=500
        )
        PaymentService(shop.opened_by("aline")).record(shop.actor("aline"), sale)
        assert check(engine) == ()
        with shop.opened_by("mary").read() as session:
            assert verify_chains(session)[1] == []
    finally:
        shop.close()
        postgresql_server.execute(f"DROP DATABASE {name} WITH (FORCE)")
