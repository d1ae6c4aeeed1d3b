"""Reversals without a reference: whose line they may take back, and what it costs to find out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.board import Board
from core.matching.books import Books, PaymentColumns
from core.matching.engine import match
from core.matching.facts import line_facts
from core.matching.fees import DEFAULT_FEES
from core.matching.money_out import tie_money_out
from core.matching.names import Agreement, compare
from core.matching.records import OpenLine
from tests.core.matching.test_size import calls_of

DAY = date(2026, 3, 2)
PRICE = 5_000
GIVEN = ("UWASE", "UWSAE", "UWASEE", "KEZA", "A", "NIYONZIMA", "NIYONZINA")
FAMILY = ("ALINE", "ALLINE", "JEAN", "A", "J", "UWASE", "")

names = st.builds("{} {}".format, st.sampled_from(GIVEN), st.sampled_from(FAMILY))
phones = st.sampled_from(("", "", "", "0788000001", "0788000002"))


def brought(key: int, payer: str, phone: str, days: int) -> OpenLine:
    return OpenLine(
        key, DAY + timedelta(days), PRICE, text="Deposit", counterparty=payer, phone=phone
    )


def taken(key: int, payer: str, phone: str, days: int, *, in_text: bool = False) -> OpenLine:
    return OpenLine(
        key,
        DAY + timedelta(days),
        -PRICE,
        text=f"REVERSAL {payer}" if in_text else "REVERSAL",
        counterparty="" if in_text else payer,
        phone=phone,
    )


def tied(lines: list[OpenLine]) -> dict[int, set[int]]:
    books = Books(PaymentColumns())
    board = Board(line_facts(lines, books.identifiers), books, DEFAULT_FEES)
    tie_money_out(board)
    return {line_id: {*found} for line_id, found in board.reversals_of_line.items()}


@given(
    st.lists(st.tuples(names, phones, st.integers(0, 40)), max_size=8),
    st.lists(st.tuples(names, phones, st.integers(0, 40), st.booleans()), max_size=6),
)
def test_the_index_finds_the_lines_that_a_look_at_every_pair_finds(came, went):
    originals = [brought(key, *each) for key, each in enumerate(came)]
    reversals = [taken(100 + key, *each[:3], in_text=each[3]) for key, each in enumerate(went)]
    lines = [*originals, *reversals]
    facts = line_facts(lines, Books(PaymentColumns()).identifiers)
    wanted: dict[int, set[int]] = {}
    for line in (facts[each.line_id] for each in reversals):
        same_money = [
            facts[each.line_id] for each in originals if 0 <= (line.line.day - each.day).days <= 30
        ]
        same_payer = [
            each
            for each in same_money
            if line.phones.full & each.phones.full
            or compare(each.counterparty, line.counterparty, line.text_words) is Agreement.AGREES
        ]
        for each in same_payer or (same_money if len(same_money) == 1 else []):
            wanted.setdefault(each.line_id, set()).add(line.line_id)
    assert tied(lines) == wanted


@pytest.mark.parametrize("payers", [1, 12, None])
@pytest.mark.parametrize("phone", ["", "0788000001"])
def test_reversals_of_one_price_cost_what_each_costs_and_no_pairs(payers: int | None, phone: str):
    def payer(key: int) -> str:
        return f"UWASE {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[key % (payers or 26)] * (2 + key // 26 % 9)}"

    def cost(number: int) -> int:
        came = [brought(key, payer(key), phone, key % 9) for key in range(number)]
        went = [taken(number + key, payer(key), phone, key % 9) for key in range(number)]
        return calls_of(lambda: match([*came, *went], []))

    assert cost(800) <= 2.5 * 4 * cost(200)
