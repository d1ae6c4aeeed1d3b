"""A shop on a server as people work in it: everybody has a login, and no address bears one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from core.app import App, open_shop
from core.clock import Clock, system_clock
from core.database import schema
from core.database.engine import open_engine
from core.database.postgresql.login_names import login_of
from core.database.postgresql.logins import Logins, login_address
from core.database.unit_of_work import Database
from core.permissions import Role
from desktop.shop import ServerConfiguration, for_a_person
from tests.postgresql import PostgresqlServer

PASSWORD = "a long password"
PEOPLE = {
    "ange": Role.ADMIN,
    "aline": Role.CASHIER,
    "kofi": Role.CASHIER,
    "claude": Role.CLERK,
    "marie": Role.MANAGER,
    "Paul Ngabo": Role.MANAGER,
}


@dataclass(frozen=True)
class ServedShop:
    """Where it is, for its owner and for people."""

    server: PostgresqlServer
    database: str

    @property
    def owner_url(self) -> str:
        return self.server.url(self.database)

    def configuration(
        self, folder: Path, desk: str = "desk 1", clock: Clock = system_clock
    ) -> ServerConfiguration:
        own = ServerConfiguration(
            data_dir=folder, desk=desk, clock=clock, use_keyring=False, url=self.owner_url
        )
        opened = for_a_person(own)
        assert isinstance(opened, ServerConfiguration)
        return opened

    def service_configuration(self, folder: Path) -> ServerConfiguration:
        url = login_address(self.owner_url, "service", PASSWORD)
        return ServerConfiguration(data_dir=folder, desk="server", use_keyring=False, url=url)

    @contextmanager
    def opened(
        self, folder: Path, desk: str = "desk 1", clock: Clock = system_clock
    ) -> Iterator[App]:
        with open_shop(self.configuration(folder, desk, clock)) as app:
            yield app

    @contextmanager
    def owned(self) -> Iterator[Database]:
        database = Database(self.owner_url)
        try:
            yield database
        finally:
            database.close()

    def logins_of_connections(self) -> set[str]:
        """Return the login roles that are connected to the shop at this moment, but the owner's."""
        url = make_url(self.owner_url)
        with self.owned() as database, database.read() as session:
            rows = session.connection().exec_driver_sql(
                "SELECT usename FROM pg_stat_activity WHERE datname = current_database()"
            )
            return {str(row[0]).rpartition(".")[2] for row in rows} - {str(url.username)}


@contextmanager
def served_shop(server: PostgresqlServer) -> Iterator[ServedShop]:
    """Yield a shop with everybody's login and the service's, which goes away afterwards."""
    name = f"served_{uuid.uuid4().hex[:12]}"
    server.execute(f"CREATE DATABASE {name}")
    engine = open_engine(server.url(name))
    schema.set_up(engine)
    engine.dispose()
    shop = ServedShop(server, name)
    try:
        with shop.owned() as database:
            logins = Logins(database)
            logins.make_service(PASSWORD)
            for person, role in PEOPLE.items():
                logins.make(None, login_of(person), person, role, PASSWORD)
        yield shop
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
