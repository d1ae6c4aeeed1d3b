"""However often the shop is killed, no money is lost and none is taken twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from core.gateways.sandbox import Fault, Kind, Network, Sandbox
from tests.faults import mutants
from tests.faults.driver import Run, Zygote
from tests.faults.judge import NEVER_TAKEN, Finding, Rule
from tests.faults.orders import Life
from tests.faults.sales import NETWORKS, Sale, fault_ending, planned_sales, refunded_sale


def test_no_kill_loses_money_or_takes_it_twice(run: Run) -> None:
    sales = planned_sales(60)
    run.sell_under_kills(sales, kills=15, seed=1)
    verdict = run.settle(sales)
    print(dict(verdict.outcomes))
    assert verdict.findings == ()
    assert run.ends["killed"] == 15
    # The rest of the proof would be worth little if the network had taken hardly anything.
    assert verdict.outcomes[f"payment {NEVER_TAKEN}"] <= 6


def test_a_refund_that_the_network_makes_after_all_is_booked(run: Run) -> None:
    late = fault_ending(Fault.LATE_SUCCESS, refund=True)
    sales = (refunded_sale(1, Network.MTN, late),)
    run.live(sales, longest_s=10)
    verdict = run.judge(sales)
    assert verdict.findings == ()
    assert verdict.outcomes["refund completed"] == 1


@pytest.mark.slow
def test_no_kill_in_a_thousand_sales_loses_money_or_takes_it_twice(
    zygote: Zygote, tmp_path: Path
) -> None:
    started_s = time.monotonic()
    figures, findings = _sell_in_shops(zygote, tmp_path, shops=10)
    print(f"{time.monotonic() - started_s:.0f} s: {dict(sorted(figures.items()))}")
    assert findings == []
    assert figures["sales"] == 1000
    assert figures["killed"] == 300
    assert figures[f"payment {NEVER_TAKEN}"] <= 100


@pytest.mark.slow
def test_two_windows_of_one_shop_take_over_from_each_other(run: Run) -> None:
    sales = planned_sales(60)
    life = Life(str(run.folder), sales)
    chance = random.Random(2)
    with Zygote() as other, ThreadPoolExecutor(1) as beside:
        for turn in range(1, 11):
            here, there = (
                replace(life, sales=sales[: 6 * turn], kill_after_s=chance.uniform(0.2, 2.5))
                for _ in range(2)
            )
            end = beside.submit(other.run, there)
            assert {run.zygote.run(here).how, end.result().how} <= {"killed", "settled"}
    verdict = run.settle(sales)
    print(dict(verdict.outcomes))
    assert verdict.findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ["", mutants.LATE_COMMIT])
def test_a_network_that_takes_its_time_tells_the_designs_apart(
    zygote: Zygote, tmp_path: Path, mutant: str
) -> None:
    # Each request is accepted at once and answered after 0.1 s.
    slow = replace(NETWORKS, slow_answer_s=4)
    sales = tuple(
        Sale(number, network, fault_ending(Fault.SLOW_ANSWER), 1000 + number)
        for number, network in enumerate(list(Network) * 25)
    )
    with Sandbox(slow) as sandbox:
        run = Run(zygote, sandbox, tmp_path / "shop", mutant=mutant)
        run.sell_under_kills(sales, kills=30, seed=3)
        verdict = run.settle(sales)
    broken = Counter(finding.rule.value for finding in verdict.findings)
    print(f"{mutant or 'as it is'}: {dict(verdict.outcomes)}; broken: {dict(broken)}")
    expected = {Rule.CHARGED_TWICE, Rule.TWO_REFERENCES, Rule.UNRECORDED_REQUEST}
    assert verdict.rules == (expected if mutant else set())


def _sell_in_shops(zygote: Zygote, folder: Path, shops: int) -> tuple[Counter[str], list[Finding]]:
    """Sell a hundred sales under thirty kills in each shop; return the figures of them all."""
    figures: Counter[str] = Counter()
    findings: list[Finding] = []
    for shop in range(shops):
        sales = planned_sales(100, first=100 * shop)
        with Sandbox(NETWORKS) as sandbox:
            run = Run(zygote, sandbox, folder / f"shop{shop}")
            run.sell_under_kills(sales, kills=30, seed=shop)
            verdict = run.settle(sales)
            findings += verdict.findings
            figures += verdict.outcomes + run.ends
            for entry in sandbox.ledger():
                way = "charges" if entry.kind is Kind.PAYMENT else "sent back"
                figures[f"{way} at the networks"] += entry.times_charged
                figures[f"requests of {entry.kind}s"] += entry.posts
        figures["sales"] += len(sales)
    figures["charged twice"] = sum(f.rule is Rule.CHARGED_TWICE for f in findings)
    return figures, findings
