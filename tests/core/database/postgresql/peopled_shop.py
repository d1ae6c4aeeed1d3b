"""A shop on a server with a login for everybody, and something of everything to attack."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from sqlalchemy.engine import make_url

from core.database import schema
from core.database.engine import open_engine
from core.database.postgresql.logins import Logins, connect, login_address
from core.database.postgresql.roles.names import ShopRoles, roles_of_database
from core.database.unit_of_work import Database
from core.model.payments import PaymentMethod
from core.model.providers import AirtelMoneyProvider
from core.permissions import Actor, Role
from core.services.payments.rules import RecordPayment
from core.services.payments.service import PaymentService
from core.services.refunds.service import RefundService, RequestRefund
from core.services.tills import TillService
from tests.postgresql import PostgresqlServer

PASSWORD = "a long password"
SECRET = "CIPHERTEXT-OF-AIRTEL"
PEOPLE = {
    "aline": Role.CASHIER,
    "kofi": Role.CASHIER,
    "clara": Role.CLERK,
    "mary": Role.MANAGER,
    "musa": Role.MANAGER,
    "ann": Role.ADMIN,
}


@dataclass
class PeopledShop:
    """A shop, its server, and the ways in."""

    server: PostgresqlServer
    database: str
    roles: ShopRoles
    opened: dict[str, Database] = field(default_factory=dict)
    payment_id: str = ""
    refund_id: str = ""

    @property
    def owner_url(self) -> str:
        return self.server.url(self.database)

    def url(self, login: str, password: str = PASSWORD) -> str:
        return login_address(self.owner_url, login, password, self.roles)

    def opened_by(self, login: str) -> Database:
        """Return the shop as one login opens it, the same each time: connections are few."""
        return self._opened(self.url(login))

    def owned(self) -> Database:
        return self._opened(self.owner_url)

    def _opened(self, url: str) -> Database:
        if url not in self.opened:
            self.opened[url] = Database(url)
        return self.opened[url]

    def actor(self, name: str) -> Actor:
        with psycopg.connect(self.owner_url) as connection:
            row = connection.execute(
                'SELECT id FROM sanduku."user" WHERE name = %s', (name,)
            ).fetchone()
        assert row is not None
        return Actor(row[0], name, PEOPLE[name], desk="desk 1")

    def connect(self, login: str, password: str = PASSWORD) -> psycopg.Connection:
        connection = connect(make_url(self.url(login, password)))
        connection.autocommit = True
        return connection

    def as_owner(self, *statements: str) -> None:
        self.server.execute(*statements, database=self.database)

    def close(self) -> None:
        for each in self.opened.values():
            each.close()


@contextmanager
def peopled_shop(server: PostgresqlServer) -> Iterator[PeopledShop]:
    """Yield a shop with everybody's login, which goes away afterwards."""
    name = f"people_{uuid.uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name}")
    engine = open_engine(server.url(name))
    schema.set_up(engine)
    engine.dispose()
    shop = PeopledShop(server, name, roles_of_database(name))
    try:
        _fill(shop)
        yield shop
    finally:
        shop.close()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _fill(shop: PeopledShop) -> None:
    logins = Logins(shop.owned())
    logins.make_service(PASSWORD)
    for name, role in PEOPLE.items():
        logins.make(None, name, name, role, PASSWORD)
    cashier, aline = shop.actor("aline"), shop.opened_by("aline")
    TillService(shop.opened_by("kofi")).open(shop.actor("kofi"), 5_000)
    TillService(aline).open(cashier, 5_000)
    payments = PaymentService(aline)
    cash = payments.record(
        cashier,
        RecordPayment(
            key="cash",
            method=PaymentMethod.CASH,
            amount_minor=12_000,
            tendered_minor=12_000,
            complete_now=True,
        ),
    )
    payments.record(
        cashier,
        RecordPayment(
            key="momo",
            method=PaymentMethod.MTN_MOBILE_MONEY,
            amount_minor=7_000,
            phone_number="0788123456",
        ),
    )
    shop.payment_id = cash.payment_id
    refund = RefundService(aline).request(
        cashier, RequestRefund("r", cash.payment_id, 5_000, "broken")
    )
    shop.refund_id = refund.refund_id
    with shop.opened_by("ann").write(shop.actor("ann")) as unit:
        unit.session.add(
            AirtelMoneyProvider(
                name="Airtel",
                client_secret_encrypted=SECRET,
                created_at=unit.now,
                updated_at=unit.now,
            )
        )
        unit.audit("provider:saved", "provider", "airtel")
        unit.commit()
