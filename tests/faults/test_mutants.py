"""The judge is worth something only if it finds what a wrong program does under the same kills."""

from __future__ import annotations

import pytest

from core.gateways.sandbox import Fault, Network
from tests.faults import mutants
from tests.faults.driver import Run
from tests.faults.judge import Rule
from tests.faults.sales import Sale, fault_ending, refunded_sale

_MOST_KILLS = 20


def test_a_commit_after_the_call_charges_twice_and_the_judge_sees_it(run: Run) -> None:
    run.mutant = mutants.LATE_COMMIT
    slow = fault_ending(Fault.SLOW_ANSWER)
    sales = (Sale(1, Network.MTN, slow, 5000), Sale(2, Network.AIRTEL, slow, 5000))
    broken = {Rule.TWO_REFERENCES, Rule.CHARGED_TWICE, Rule.UNRECORDED_REQUEST}
    for _ in range(_MOST_KILLS):
        run.live(sales, kill_after_s=0.3)
        if broken <= run.judge(sales).rules:
            return
    pytest.fail("the judge never saw it")


@pytest.mark.parametrize(
    ("mutant", "fault", "broken"),
    [
        (mutants.UNKNOWN_IS_FAILED, Fault.RESET_AFTER, {Rule.FAILED_WITHOUT_WORD}),
        (mutants.NEW_REFERENCE, Fault.CUT_BEFORE, {Rule.TWO_REFERENCES, Rule.UNRECORDED_REQUEST}),
        (mutants.ANY_SUCCESS, Fault.OTHER_AMOUNT, {Rule.PAID_BY_NOBODY}),
    ],
)
def test_the_judge_sees_a_mistake_about_payments(
    run: Run, mutant: str, fault: Fault, broken: set[Rule]
) -> None:
    run.mutant = mutant
    sales = (Sale(1, Network.MTN, fault_ending(fault), 5000),)
    run.live(sales)
    assert broken <= run.judge(sales).rules


def test_the_judge_sees_a_lost_refund_sent_again(run: Run) -> None:
    run.mutant = mutants.LOST_IS_NOT_SENT
    ending = fault_ending(Fault.RESET_AFTER, refund=True)
    sales = (refunded_sale(1, Network.AIRTEL, ending),)
    run.live(sales)
    assert Rule.SENT_BACK_TWICE in run.judge(sales).rules
