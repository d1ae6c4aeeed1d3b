"""Nobody does with their password and psql what is not theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.database.postgresql.attacking import attacked, lay_out
from tests.core.database.postgresql.attacks import ATTACKS, LAWFUL
from tests.core.database.postgresql.peopled_shop import PeopledShop, peopled_shop
from tests.postgresql import PostgresqlServer


@pytest.fixture(scope="module")
def shop(postgresql_server: PostgresqlServer) -> Iterator[PeopledShop]:
    with peopled_shop(postgresql_server) as made:
        yield made


@pytest.fixture(scope="module")
def names(shop: PeopledShop) -> dict[str, str]:
    return lay_out(shop)


def test_no_statement_of_anybody_gets_through(shop: PeopledShop, names: dict[str, str]) -> None:
    outcome = attacked(shop, names)
    assert outcome.through == []
    assert outcome.meaningless == []
    assert sum(outcome.held_by.values()) == len(ATTACKS)


def test_the_same_statements_within_the_rules_go_through(
    shop: PeopledShop, names: dict[str, str]
) -> None:
    outcome = attacked(shop, names, LAWFUL)
    assert len(outcome.through) == len(LAWFUL)
