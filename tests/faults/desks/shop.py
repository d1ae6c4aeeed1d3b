"""A shop on a server with a login for each of its desks, and the desks as processes."""

from __future__ import annotations

import multiprocessing
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from core.database import schema
from core.database.engine import open_engine
from core.database.postgresql.logins import Logins, login_address
from core.database.postgresql.roles.names import roles_of_database
from core.database.unit_of_work import Database
from core.permissions import Actor, Role
from tests.faults.desks.desk import DeskOrder, run_desk
from tests.postgresql import PostgresqlServer

PASSWORD = "a long password"
_END_S = 90


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a login."""

    id: int
    name: str
    role: Role


class CrowdedShop(AbstractContextManager["CrowdedShop"]):
    """Made on a server with so many cashiers and managers; goes away afterwards."""

    def __init__(self, server: PostgresqlServer, *, cashiers: int, managers: int) -> None:
        self._server = server
        self._database = f"crowd_{uuid.uuid4().hex[:12]}"
        self.owner_url = server.url(self._database)
        server.execute(f"CREATE DATABASE {self._database}")
        engine = open_engine(self.owner_url)
        schema.set_up(engine)
        engine.dispose()
        roles = [Role.CASHIER] * cashiers + [Role.MANAGER] * managers
        owned = Database(self.owner_url)
        for number, role in enumerate(roles):
            name = f"{role}{number}"
            Logins(owned).make(None, name, name, role, PASSWORD)
        owned.close()
        with psycopg.connect(self.owner_url) as connection:
            rows = connection.execute('SELECT id, name, role FROM sanduku."user" ORDER BY id')
            self.people = tuple(Person(row[0], row[1], Role(row[2])) for row in rows)

    def __exit__(self, *_: object) -> None:
        self._server.execute(f"DROP DATABASE {self._database} WITH (FORCE)")

    def url(self, person: Person, *, port: int | None = None) -> str:
        """Return a person's address: past the network, or through it at ``port``."""
        roles = roles_of_database(self._database)
        direct = login_address(self.owner_url, person.name, PASSWORD, roles)
        if port is None:
            return direct
        through = make_url(direct).set(host="127.0.0.1", port=port, query={})
        return through.render_as_string(hide_password=False)

    def work(
        self,
        folder: Path,
        seconds: float,
        *,
        port: int,
        meanwhile: Callable[[float], None],
        plant: str = "",
        people: Sequence[Person] = (),
    ) -> list[Path]:
        """Let everybody work at a desk for a while; return what they wrote down."""
        # Born of one process that has loaded everything: eight that load it take their time.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.faults.desks.desk"])
        go = folder / "go"
        notes, desks = [], []
        for person in people or self.people:
            notes.append(folder / f"{person.name}.notes")
            order = DeskOrder(
                Actor(person.id, person.name, person.role, desk=person.name),
                self.url(person, port=port),
                notes[-1],
                go,
                seconds,
                plant,
            )
            desks.append(context.Process(target=run_desk, args=(order,), name=person.name))
        try:
            for desk in desks:
                desk.start()
            while not all(path.exists() for path in notes):
                assert not any(desk.exitcode for desk in desks), "a desk did not open"
                time.sleep(0.01)
            go.touch()
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0:
                meanwhile(left)
            for desk in desks:
                desk.join(_END_S)
        finally:
            for desk in desks:
                desk.kill()
        failed = [(desk.name, desk.exitcode) for desk in desks if desk.exitcode]
        assert not failed, failed
        return notes
