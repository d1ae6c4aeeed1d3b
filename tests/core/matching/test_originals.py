"""Reversals without a reference: whose line they may take back, and what it costs to find out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.board import Board
from core.matching.books import Books
from core.matching.engine import match
from core.matching.fees import DEFAULT_FEES
from core.matching.finding import line_facts
from core.matching.money_out import tie_money_out
from core.matching.names import Agreement, compare
from core.matching.records import MatchKind, OpenLine, PaymentColumns
from tests.core.matching.examples import payment
from tests.core.matching.test_size import calls_of

DAY = date(2026, 3, 2)
PRICE = 5_000
SALE = payment(day=DAY)
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


def of_bank(line_id: int, reference: str, amount_minor: int, text: str, days: int = 0) -> OpenLine:
    """Return a line of a file that has a column for references and none for transaction ids."""
    day = DAY + timedelta(days=days)
    return OpenLine(line_id, day, amount_minor, text=text, reference=reference)


def test_a_reversal_names_its_original_by_the_only_id_the_file_has():
    came = of_bank(1, "FT/26182/A1", 15_000, "TRANSFER ALINE UWASE")
    gone = of_bank(2, "FT/26183/B7", -15_000, "REVERSAL OF FT/26182/A1", days=1)
    (tied,) = match([came, gone], []).matches
    assert (tied.kind, tied.line_ids) == (MatchKind.REVERSAL, (1, 2))
    assert tied.reasons[0] == "the other line's reference FT/26182/A1 stands in the text"


def test_what_a_reversal_takes_back_by_reference_proves_no_payment():
    came = of_bank(1, "FT/26182/A1", 15_000, f"TRANSFER {SALE.invoice_number}")
    gone = of_bank(2, "FT/26183/B7", -15_000, "REVERSAL FT/26182/A1", days=1)
    (held,) = match([came, gone], [SALE]).matches
    assert (held.kind, held.line_ids) == (MatchKind.REVERSAL, (1, 2))


def test_a_charge_with_the_reference_of_a_transfer_takes_nothing_back():
    came = of_bank(1, "FT26182A1B2C", 15_000, f"TRANSFER {SALE.invoice_number}")
    charge = of_bank(2, "FT26182A1B2C", -100, "CHARGE")
    (proved,) = match([came, charge], [SALE]).matches
    assert (proved.kind, proved.line_ids) == (MatchKind.ONE_TO_ONE, (1,))


def test_a_reference_of_several_lines_names_none_of_them():
    came = [of_bank(each, "TERMINAL 40017", 15_000, "CARD SALE") for each in (1, 2)]
    gone = of_bank(3, "FT1", -15_000, "REVERSAL TERMINAL 40017", days=1)
    assert not match([*came, gone], []).matches
