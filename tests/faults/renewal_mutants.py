"""Mistakes a renewal can make; the judge of renewals must find every one of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from core.model.customers import Subscription
from core.services.subscriptions import charges as subscription_charges
from core.services.subscriptions import renewals
from core.services.subscriptions.facts import facts_of, keep_schedule, schedule_of
from core.services.subscriptions.renewals import RenewalService
from tests.faults.sales import TIMING
from tests.faults.shop import configuration, open_shop

PERIOD_APART = "the period is committed apart from its payment"
CHECK_THEN_INSERT = "checked before the lock, and the database lets it pass"

_UNIQUE = (
    "CONSTRAINT one_per_start UNIQUE (subscription_id, starts_on)",
    "CONSTRAINT uq_subscription_period_reference UNIQUE (reference)",
)


def plant(mutant: str) -> None:
    """Make a mistake part of this process."""
    if mutant == PERIOD_APART:
        _commit_period_first()
    elif mutant == CHECK_THEN_INSERT:
        RenewalService._renew_one = _renew_as_it_was


def weaken(folder: Path, mutant: str) -> None:
    """Take the rules of the database away that would refuse a mistake, from a shop still empty."""
    if mutant != CHECK_THEN_INSERT:
        return
    with open_shop(configuration(folder, TIMING)) as app, app.database.engine.begin() as connection:
        sql = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = 'subscription_period'")
        ).scalar_one()
        weaker = " ".join(sql.split())
        for rule in _UNIQUE:
            weaker = weaker.replace(f", {rule}", "")
        assert not any(rule in weaker for rule in _UNIQUE)
        connection.execute(text("DROP TABLE subscription_period"))
        connection.execute(text(weaker))


def _commit_period_first() -> None:
    charge = subscription_charges._charge

    def changed(unit: Any, subscription: Subscription, *rest: Any) -> Any:
        found = schedule_of(subscription, ()).first()
        assert found is not None
        keep_schedule(subscription, found[1])
        unit.session.commit()
        return charge(unit, subscription, *rest)

    subscription_charges._charge = changed


def _renew_as_it_was(self: Any, actor: Any, run: Any, subscription_id: int) -> Any:
    """Charge what a look before the lock found due, whatever came in between."""
    with self._database.read() as session:
        subscription = session.get_one(Subscription, subscription_id)
        [facts] = facts_of(session, [subscription], self._database.clock())
        decision = run.decide(facts, self._database.clock())
    time.sleep(0.01)
    with self._database.write(actor) as unit:
        subscription = unit.session.get_one(Subscription, subscription_id)
        charged = renewals._carry_out(unit, subscription, facts, decision, run.accounts)
        unit.commit()
        return charged
