"""What is worked out for all lines or payments at once is what each alone would give."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.matching.board import Board
from core.matching.books import Books
from core.matching.facts import LineFacts, PaymentFacts
from core.matching.fees import DEFAULT_FEES
from core.matching.finding import line_facts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import Field, fields_of, stands_alone
from core.matching.parallel import in_parallel
from core.matching.phone_index import PhoneIndex
from core.matching.phones import national_number
from core.matching.records import OpenLine, OpenPayment, PaymentColumns
from core.matching.rivals import Rivals
from core.matching.words import line_words

DAY = date(2026, 3, 2)
SHAPE = re.compile(r"(?:INV)\d{3,}")
TEXT = st.text(st.sampled_from("aOo0é \n-97INV12")) | st.sampled_from(
    ["PAYINV100005", "INV 1000", "fromINV123 to", "O1O2O", "78812345", "7881234"]
)


def nothing() -> None:
    """Do nothing."""


def words_alone(line: OpenLine, shortest: int, longest: int) -> set[str]:
    """Cut the words out of one line, text by text."""
    fields: tuple[Field, ...] = fields_of(line)
    found = {
        word
        for field in fields
        for word in field.runs(shortest, longest)
        if sum(letter.isdigit() for letter in word) >= 3
    } | {word for field in fields for word in SHAPE.findall(field.folded)}
    return {word for word in found if stands_alone(word)}


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=6))
def test_words_of_many_lines_at_once_are_those_of_each(texts: list[tuple[str, str, str]]):
    index = IdentifierIndex(((), (), (), ()), (), {})
    lines = [
        OpenLine(number, DAY, 1, text=text, reference=reference, transaction_id=own)
        for number, (text, reference, own) in enumerate(texts)
    ]
    facts = [LineFacts(line, [], index) for line in lines]
    words = line_words(facts, (5, 11), SHAPE, nothing)
    found: list[set[str]] = [set() for _ in lines]
    for row, line in enumerate(words.lines.tolist()):
        assert words.text(row) not in found[line]
        found[line].add(words.text(row))
    assert found == [words_alone(line, 5, 11) for line in lines]


PHONES = st.lists(st.sampled_from(["", "+250788000001", "+250788000002", "0788000003", "+1555"]))


@given(PHONES, st.sets(st.sampled_from(["788000001", "788000003", "799999999", "٧88000001", "7"])))
def test_phones_sought_at_once_are_found_at_every_place(phones: list[str], wanted: set[str]):
    index, asked = PhoneIndex(phones), sorted(wanted)
    places, which = index.of(asked)
    found = {
        (place, asked[each]) for place, each in zip(places.tolist(), which.tolist(), strict=True)
    }
    nationals = [national_number(each) for each in phones]
    assert found == {(place, each) for place, each in enumerate(nationals) if each in wanted}
    assert [index.national(place) for place in range(len(phones))] == nationals


def rivals_of(payments: list[OpenPayment], lines: list[OpenLine]) -> tuple[set[str], set[str]]:
    """Return what phones and what names alone leave for the first line."""
    books = Books(PaymentColumns.of(payments))
    board = Board(line_facts(lines, books.identifiers), books, DEFAULT_FEES)
    likely, perhaps = Rivals(board, 10, list(board.money_in())).found()
    by_mark = {books.id_at(place) for line, place in likely if line == 0}
    return by_mark, {books.id_at(place) for line, place in perhaps if line == 0}


def paid(number: int, day: date, method: str = "card", phone: str = "") -> OpenPayment:
    return OpenPayment(
        f"p{number:04d}", day, 5_000, method=method, phone=phone, customer_name="Uwase Aline"
    )


def test_of_a_payers_many_payments_only_the_latest_are_handed_on():
    payments = [paid(number, DAY) for number in range(300)]
    line = OpenLine(1, DAY, 5_000, text="Payment received", counterparty="UWASE ALINE")
    assert rivals_of(payments, [line]) == (set(), {f"p{number:04d}" for number in range(292, 300)})


def test_payments_behind_many_that_are_too_old_or_too_late_are_found():
    early = [paid(number, DAY - timedelta(9)) for number in range(3)]
    settled = [paid(number, DAY) for number in range(100, 300)]
    columns = PaymentColumns.of([*early, *settled])
    columns.reconciled.update(range(3, 203))
    books = Books(columns)
    line = OpenLine(1, DAY, 5_000, text="Payment received", counterparty="UWASE ALINE")
    board = Board(line_facts([line], books.identifiers), books, DEFAULT_FEES)
    _, perhaps = Rivals(board, 10, list(board.money_in())).found()
    assert [place for _, place in perhaps] == [0, 1, 2]


def test_a_phone_tells_before_a_name_does():
    payments = [paid(1, DAY, phone="+250788000001"), paid(2, DAY)]
    line = OpenLine(1, DAY, 5_000, text="from 0788000001", counterparty="UWASE ALINE")
    assert rivals_of(payments, [line]) == ({"p0001"}, {"p0002"})


IDENTIFIER = st.sampled_from(["", "12", " INV-1001 ", "inv 1001", "INV-1OO1", "ORD-77", "0"])


@given(st.tuples(IDENTIFIER, IDENTIFIER, IDENTIFIER, IDENTIFIER))
def test_a_payment_is_called_by_the_weakest_of_its_identifiers(written: tuple[str, ...]):
    transaction, reference, invoice, order = written
    payment = OpenPayment(
        "p1",
        DAY,
        5_000,
        transaction_id=transaction,
        reference=reference,
        invoice_number=invoice,
        order_number=order,
    )
    facts: PaymentFacts = Books(PaymentColumns.of([payment]))["p1"]
    known = facts.identifiers
    assert facts.called == (known[-1].written if known else "p1")


def test_portions_come_back_in_their_order_and_an_error_leaves_no_thread():
    assert list(in_parallel(lambda each: each * 2, range(50))) == [2 * each for each in range(50)]

    def fail(each: int) -> int:
        if each == 3:
            raise ValueError(each)
        return each

    with pytest.raises(ValueError, match="3"):
        list(in_parallel(fail, range(50)))
    assert not [each for each in threading.enumerate() if each.name.startswith("matching")]
