"""However often and wherever renewal runs and is killed, each period is charged once."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from core.gateways.sandbox import Sandbox
from tests.faults import renewal_mutants
from tests.faults.subscribers import FIRST_DAY, RenewalRuns, subscribers

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="a life is killed with SIGKILL and born by fork"
)


def test_each_period_is_charged_once_under_kills_in_two_processes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    runs = RenewalRuns(tmp_path / "shop", sandbox, subscribers(60, mobile_every=6))
    for seed, days in enumerate((0, 2, 29)):
        day = FIRST_DAY + timedelta(days=days)
        runs.renew_under_kills(day, kills=3, longest_s=0.25, seed=seed)
        assert runs.findings(day) == []
    print(f"{runs.charges()} charges, {dict(runs.ends)}")
    assert runs.ends["killed"] > 8
    assert runs.ends.keys() == {"killed", "code 0"}


@pytest.mark.slow
def test_ten_thousand_subscriptions_are_each_charged_once_for_each_period(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    runs = RenewalRuns(tmp_path / "shop", sandbox, subscribers(10_000, mobile_every=10))
    for seed, days in enumerate((0, 3, 7)):
        day = FIRST_DAY + timedelta(days=days)
        started_s = time.monotonic()
        runs.renew_under_kills(day, kills=30, longest_s=4, seed=seed)
        print(f"day {days}: {time.monotonic() - started_s:.0f} s, {runs.charges()} charges in all")
        assert runs.findings(day) == []
    print(dict(runs.ends))
    assert runs.ends["killed"] >= 100
    assert runs.ends.keys() == {"killed", "code 0"}


@pytest.mark.parametrize(
    ("mutant", "told"),
    [
        (renewal_mutants.PERIOD_APART, "was never charged"),
        (renewal_mutants.CHECK_THEN_INSERT, "begun 2 times"),
    ],
)
def test_the_judge_sees_a_renewal_that_is_not_one_transaction_or_not_unique(
    sandbox: Sandbox, tmp_path: Path, mutant: str, told: str
) -> None:
    who = subscribers(40, mobile_every=100, daily_every=1)
    runs = RenewalRuns(tmp_path / "shop", sandbox, who, mutant=mutant)
    for seed in range(12):
        day = FIRST_DAY + timedelta(days=seed)
        runs.renew_under_kills(day, kills=3, longest_s=0.2, seed=seed)
        if any(told in finding for finding in runs.findings(day)):
            return
    pytest.fail("the judge never saw it")
