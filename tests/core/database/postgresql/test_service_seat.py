"""One service serves a shop on a server: the seat is one program's, and free when it is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from core.app import App, open_shop
from core.database.engine import open_engine
from core.database.postgresql.service_seat import ServiceSeat
from desktop.shop import server_configuration
from tests.postgresql import PostgresqlServer


@pytest.fixture
def engine(postgresql_server: PostgresqlServer) -> Iterator[Engine]:
    with postgresql_server.fresh_shop() as url:
        made = open_engine(url)
        yield made
        made.dispose()


def test_a_second_service_waits_until_the_first_is_gone(engine: Engine) -> None:
    with ServiceSeat(engine) as second:
        with ServiceSeat(engine) as first:
            assert first.take()
            assert not second.take()
            assert first.is_held()
        # The server notices a moment after the connection is closed.
        assert _wait_for(second.take)


def test_a_service_whose_connection_died_knows_that_the_seat_is_another_s(
    engine: Engine, postgresql_server: PostgresqlServer
) -> None:
    with ServiceSeat(engine) as lost, ServiceSeat(engine) as other:
        assert lost.take()
        postgresql_server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            f" AND database = (SELECT oid FROM pg_database WHERE datname = '{engine.url.database}')"
        )
        assert not lost.is_held()
        assert _wait_for(other.take)


def _wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not (there := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return there


def test_a_desk_of_a_shared_shop_leaves_networks_papers_and_mail_to_the_service(
    postgresql_server: PostgresqlServer, tmp_path
) -> None:
    with postgresql_server.fresh_shop() as url:
        configuration = server_configuration(url, tmp_path)
        assert configuration is not None
        with open_shop(configuration) as app:
            app.start_background()
            assert not _is_at_work(app)


def _is_at_work(app: App) -> bool:
    return app.outbox._thread is not None or any(
        name in app.__dict__ for name in ("gateway_worker", "mail_sender", "renewal_clock")
    )
