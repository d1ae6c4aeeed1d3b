"""Each single check of the guards is there for something: without it an attack gets through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from core.database.postgresql.roles.persons import guard_of
from core.database.postgresql.roles.rules.every import person_rules
from core.database.postgresql.roles.rules.forms import PersonRule
from tests.core.database.postgresql.attacking import attacked, lay_out
from tests.core.database.postgresql.attacks import ATTACKS
from tests.core.database.postgresql.peopled_shop import peopled_shop
from tests.postgresql import PostgresqlServer

HELD_BY_ANOTHER = {
    "desk_presence author": "the row policy",
    "desk_presence 0: Nobody writes in the name of another.": "the row policy",
    "desk_presence 1: Facts once written stay as they are.": "the column grants",
    "till_session 0: Everybody has a till of their own.": "the row policy",
    "saved_filter author": "the row policy",
    "payment name reconciled_by": "the checks of reconciling",
    "refund_request author": "the row policy",
    "refund_request name approved_by": "the checks of deciding",
    "refund_request name passed_on_by": "the check of passing on",
    "refund_request name rejected_by": "the checks of deciding",
    "refund_request 5: An admin decides only what a manager passed on.": "the row policy",
    "refund_request 11: Nothing is paid back that nobody approved.": "the steps of each role",
}
"""What a second layer holds all the same, and which."""


def _without(rule: PersonRule) -> Iterator[tuple[str, PersonRule]]:
    """Yield a rule without each of its parts."""
    if rule.author:
        yield "author", replace(rule, author="")
    if rule.steps is not None:
        yield "steps", replace(rule, steps=None)
    for name in rule.names:
        yield f"name {name}", replace(rule, names=tuple(n for n in rule.names if n != name))
    for name in rule.moments:
        yield f"moment {name}", replace(rule, moments=tuple(n for n in rule.moments if n != name))
    for place, check in enumerate(rule.checks):
        yield (
            f"{place}: {check.sentence}",
            replace(rule, checks=tuple(each for each in rule.checks if each is not check)),
        )


def test_without_any_one_check_an_attack_gets_through(postgresql_server: PostgresqlServer) -> None:
    unnoticed = []
    with peopled_shop(postgresql_server) as shop:
        names = lay_out(shop)
        for rule in person_rules():
            named = re.compile(rf'\b"?{rule.table}"? ')
            attacks = [each for each in ATTACKS if named.search(each.statement)]
            for what, weaker in _without(rule):
                shop.as_owner(*guard_of(weaker))
                weakened = attacked(shop, names, attacks)
                # A row that lacks more than it lies about is then refused for what it lacks.
                if not weakened.through and not weakened.meaningless:
                    unnoticed.append(f"{rule.table} {what}")
            shop.as_owner(*guard_of(rule))
            assert attacked(shop, names, attacks).through == []
    assert sorted(set(unnoticed) ^ set(HELD_BY_ANOTHER)) == []
