"""A desk of a module's shop on a server, and the network between them that can fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.database.unit_of_work import Database
from tests.faults.desks.flaky_network import FlakyNetwork
from tests.faults.desks.shop import CrowdedShop
from tests.postgresql import PostgresqlServer


@pytest.fixture
def network(postgresql_server: PostgresqlServer) -> Iterator[FlakyNetwork]:
    with FlakyNetwork(postgresql_server.socket) as made:
        yield made


@pytest.fixture
def desk(shop: CrowdedShop, network: FlakyNetwork) -> Iterator[Database]:
    opened = Database(shop.url(shop.people[0], port=network.port))
    yield opened
    opened.close()
