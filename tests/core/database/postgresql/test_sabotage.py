"""The run of attacks notices each guard that is taken away, or a second layer holds."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from core.database.guards import guards
from core.database.postgresql.guards import create_guard
from core.database.postgresql.roles.protect import protect
from tests.core.database.postgresql.attacking import attacked, lay_out
from tests.core.database.postgresql.attacks import ATTACKS, OF_EVERYBODY
from tests.core.database.postgresql.peopled_shop import PeopledShop, peopled_shop
from tests.core.database.postgresql.sabotages import SABOTAGES, Sabotage
from tests.postgresql import PostgresqlServer

_ATTACKS = [each for each in ATTACKS if each.who == "aline" or each.statement not in OF_EVERYBODY]


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server) as made:
        yield made


@pytest.fixture(scope="module")
def names(shop: PeopledShop) -> dict[str, str]:
    return lay_out(shop)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda each: each.what)
def test_a_guard_taken_away_is_noticed_or_a_second_layer_holds(
    shop: PeopledShop, names: dict[str, str], sabotage: Sabotage
) -> None:
    _run(shop, names, sabotage.what)
    try:
        outcome = attacked(shop, names, _ATTACKS)
    finally:
        _mend(shop, names, sabotage)
    if sabotage.second:
        assert outcome.through == []
    else:
        assert outcome.through


def test_after_all_of_it_nothing_gets_through(shop: PeopledShop, names: dict[str, str]) -> None:
    assert attacked(shop, names, _ATTACKS).through == []


def _run(shop: PeopledShop, names: dict[str, str], statement: str) -> None:
    shop.as_owner(f"SET search_path = sanduku; {statement.format(**names)}")


def _mend(shop: PeopledShop, names: dict[str, str], sabotage: Sabotage) -> None:
    if sabotage.undo:
        _run(shop, names, sabotage.undo)
    with psycopg.connect(shop.owner_url, autocommit=True) as owner:
        rows = owner.execute("SELECT tgname FROM pg_trigger").fetchall()
    there = {row[0] for row in rows}
    for name, guard in guards().items():
        if name not in there:
            _run(shop, names, f"DROP FUNCTION {name}()")
            for statement in create_guard(guard):
                shop.as_owner(statement)
    with shop.owned().engine.begin() as connection:
        protect(connection)
