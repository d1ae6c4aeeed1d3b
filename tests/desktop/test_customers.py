"""Customers and orders by command line: the names scripts rely on, and a whole order's way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]

CUSTOMER = {
    "customer_id", "name", "phone_number", "email", "tin", "language", "address", "notes",
    "retired", "created_at", "last_paid_at", "balances",
}  # fmt: skip
ORDER = {
    "order_number", "customer_id", "customer_name", "total", "paid", "refunded", "under_way",
    "left", "currency", "state", "due_on", "notes", "created_at", "created_by", "cancelled_at",
}  # fmt: skip
STATEMENT = {
    "customer_id", "name", "currency", "from", "to", "opening_balance", "entries",
    "closing_balance", "under_way", "ageing",
}  # fmt: skip


def add_customer(as_role: AsRole) -> str:
    typed = as_role(
        "cashier", "customers", "add", "Café Inzozi", "--phone", "0788 123 456", "--language",
        "fr", "--tin", "101234567", "--json",
    )  # fmt: skip
    assert typed.code == 0, typed.err
    assert typed.document.keys() >= CUSTOMER
    return str(typed.document["customer_id"])


def add_order(as_role: AsRole, customer: str, *words: str) -> dict[str, object]:
    typed = as_role(
        "cashier", "orders", "add", "--customer", customer, "--line", "Igitenge;2;6 000",
        "--line", "Umuceri;1;7000;a", "--line", "Isabune;3;1.000", "--due", "2026-02-01", "--json",
        *words,
    )  # fmt: skip
    assert typed.code == 0, typed.err
    document: dict[str, object] = typed.document
    return document


def collect(as_role: AsRole, order: str, amount: str, *words: str) -> Typed:
    return as_role(
        "cashier", "payments", "collect", "--amount", amount, "--reference", order, "--order",
        order, *words, "--json",
    )  # fmt: skip


def test_an_order_is_paid_in_parts_and_never_more(as_role: AsRole) -> None:
    customer = add_customer(as_role)
    order = add_order(as_role, customer)
    assert order.keys() >= ORDER
    number = str(order["order_number"])
    assert (number, order["total"], order["state"]) == ("ORD-2026-00001", "22000", "open")
    assert collect(as_role, number, "10000", "--method", "cash", "--complete").code == 0
    promised = collect(as_role, number, "8000", "--method", "bank_transfer")
    refused = collect(as_role, number, "5000", "--method", "cash", "--complete")
    assert (refused.code, refused.out) == (1, "")
    assert "has 4\u202f000\u00a0RWF left to pay" in refused.err
    shown = as_role("clerk", "orders", "show", number, "--json").document
    assert (shown["paid"], shown["under_way"], shown["left"]) == ("10000", "8000", "12000")
    assert [line["total"] for line in shown["lines"]] == ["12000", "7000", "3000"]
    assert len(shown["payments"]) == 2
    as_role("cashier", "payments", "complete", promised.document["payment_id"])
    assert collect(as_role, number, "4000", "--method", "cash", "--complete").code == 0
    (paid,) = as_role("clerk", "orders", "list", "--json").document
    assert (paid["state"], paid["left"]) == ("paid", "0")
    assert as_role("clerk", "orders", "list", "--show", "open", "--json").document == []


def test_a_statement_tells_the_account_and_is_a_pdf(as_role: AsRole, tmp_path: Path) -> None:
    customer = add_customer(as_role)
    number = str(add_order(as_role, customer)["order_number"])
    collect(as_role, number, "2000", "--method", "cash", "--complete")
    figures = as_role("clerk", "customers", "statement", customer, "--json").document
    assert set(figures) == STATEMENT
    assert [(e["kind"], e["debit"], e["credit"], e["balance"]) for e in figures["entries"]] == [
        ("order", "22000", "0", "22000"), ("payment", "0", "2000", "20000"),
    ]  # fmt: skip
    assert (figures["closing_balance"], figures["ageing"]["not_due"]) == ("20000", "20000")
    target = tmp_path / "statement.pdf"
    written = as_role("clerk", "customers", "statement", customer, "-o", target)
    assert (written.code, written.out.strip()) == (0, str(target))
    assert target.read_bytes().startswith(b"%PDF-")
    wrong = as_role("clerk", "customers", "statement", customer, "--from", "2026-02-01", "--to",
                    "2026-01-01")  # fmt: skip
    assert wrong.code == 1
    assert "before its first" in wrong.err


def test_customers_are_found_shown_and_merged(as_role: AsRole) -> None:
    customer = add_customer(as_role)
    other = as_role("cashier", "customers", "add", "Inzozi", "--phone", "+250788123456", "--json")
    assert "The same telephone has customer 1, Café Inzozi." in other.err
    number = str(add_order(as_role, customer)["order_number"])
    (found,) = as_role("clerk", "customers", "list", "--search", "788 123", "--owing",
                       "--json").document  # fmt: skip
    assert found["balances"] == [{"currency": "RWF", "amount": "22000"}]
    merged = as_role("clerk", "customers", "merge", customer, "2", "--json")
    assert merged.document["name"] == "Inzozi"
    shown = as_role("clerk", "customers", "show", "2", "--json").document
    assert (shown["merged_names"], shown["open_orders"]) == (["Café Inzozi"], 1)
    assert [event["subject_id"] for event in shown["history"]] == [number]
    for words in (("customers", "list"), ("customers", "show", "2"), ("orders", "list"),
                  ("orders", "show", number)):  # fmt: skip
        typed = as_role("clerk", *words)
        assert typed.code == 0
        assert "Inzozi" in typed.out


def test_an_order_is_cancelled_once(as_role: AsRole) -> None:
    number = str(add_order(as_role, add_customer(as_role), "--number", "A 7")["order_number"])
    done = as_role("cashier", "orders", "cancel", number, "--reason", "changed mind", "--json")
    assert done.document["state"] == "cancelled"
    again = as_role("cashier", "orders", "cancel", number)
    assert (again.code, "cancelled already" in again.err) == (1, True)


@pytest.mark.parametrize("line", ["x", "x;1", "x;0;1", "x;1;-1", "x;1;1;Z", "x;١;5", ";1;5"])
def test_a_line_that_cannot_be_read_is_named(as_role: AsRole, line: str) -> None:
    customer = add_customer(as_role)
    typed = as_role("cashier", "orders", "add", "--customer", customer, "--line", line)
    assert typed.code == 1
    assert typed.err.count("\n") == 1
