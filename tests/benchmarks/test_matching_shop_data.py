"""The labelled shop that other reconcilers were measured on: right, wrong and lines per second.

The data lie beside the project (`../shared/reference/shop_data.py`), not in it; without them this
is skipped. Peers at 5 000 lines: 32 to 124 lines a second at usable precision, no batch found and
no reversal tied.
"""

from __future__ import annotations

import importlib.util
import time
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.matching.engine import match
from core.matching.records import MatchingResult, OpenLine, OpenPayment

SHOP_DATA = Path(__file__).parents[3] / "shared" / "reference" / "shop_data.py"


@pytest.fixture(scope="module")
def shop_data() -> ModuleType:
    if not SHOP_DATA.exists():
        pytest.skip(f"no {SHOP_DATA.name} beside the project")
    spec = importlib.util.spec_from_file_location("shop_data", SHOP_DATA)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _open_payments(payments: list[dict[str, Any]]) -> list[OpenPayment]:
    return [
        OpenPayment(
            payment_id=each["id"],
            day=date.fromisoformat(each["date"]),
            amount_minor=each["amount"],
            invoice_number=each["ref"],
            phone=f"+{each['phone']}",
            customer_name=each["payer"],
        )
        for each in payments
    ]


def _open_lines(lines: list[dict[str, Any]]) -> list[OpenLine]:
    return [
        OpenLine(
            line_id=number,
            day=date.fromisoformat(each["date"]),
            amount_minor=each["amount"],
            text=each["desc"],
            transaction_id=each["txn"],
            counterparty=each["payer"],
        )
        for number, each in enumerate(lines)
    ]


def _tied(lines: list[dict[str, Any]], result: MatchingResult) -> dict[str, list[str]]:
    """Return the payments that each line's money came from; money out comes from none."""
    return {
        lines[line_id]["id"]: list(proposal.payment_ids)
        for proposal in result.matches
        for line_id in proposal.line_ids
        if lines[line_id]["amount"] > 0
    }


@pytest.mark.benchmark
@pytest.mark.parametrize("number", [1000, 5000])
def test_shop_data_is_matched_without_a_wrong_line(number: int, shop_data: ModuleType) -> None:
    payments, lines, truth = shop_data.gen(number)
    open_lines, open_payments = _open_lines(lines), _open_payments(payments)
    started = time.process_time()
    result = match(open_lines, open_payments)
    lines_per_second = number / (time.process_time() - started)
    figures = shop_data.score(_tied(lines, result), lines, truth)
    reversals = sum(each.kind == "reversal" for each in result.matches)
    print(
        f"\n{number} lines, {lines_per_second:,.0f} a second of processor time,"
        f" {reversals} reversals tied"
    )
    print(figures)
    assert figures["wrong"] == 0
    assert figures["right"] > 0.965 * figures["matchable"]
    assert reversals == sum(each["cls"] == "reversal" for each in lines)
