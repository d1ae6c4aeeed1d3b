"""Bad input at each door: one clear line, the right exit code, and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.conftest import PASSWORD, Typed

AsRole = Callable[..., Typed]
COLLECT = ("payments", "collect", "--method", "cash", "--reference", "R")


def payments(as_role: AsRole) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = as_role("manager", "payments", "list", "--json").document
    return listed


@pytest.mark.parametrize("amount", ["-5", "1e9", "12,5", "0", "", "ten", "1.5", "１.５", "9" * 30])
def test_an_unusable_amount_is_one_sentence_and_no_payment(as_role: AsRole, amount: str) -> None:
    typed = as_role("cashier", *COLLECT, "--amount", amount)
    assert (typed.code, typed.out) == (1, "")
    assert typed.err.count("\n") == 1
    assert typed.err.endswith("(--amount)\n")
    assert payments(as_role) == []


def test_grouped_digits_are_whole_francs(as_role: AsRole) -> None:
    typed = as_role("cashier", *COLLECT, "--amount", "1.500", "--json")
    assert typed.document["amount"] == "1500"


def test_too_little_cash_names_the_option(as_role: AsRole) -> None:
    typed = as_role("cashier", *COLLECT, "--amount", "1000", "--tendered", "500")
    assert typed.code == 1
    assert typed.err.endswith("too little. (--tendered)\n")
    assert as_role("cashier", *COLLECT, "--amount", "5", "--tendered", "x").err.endswith(
        "(--tendered)\n"
    )
    assert payments(as_role) == []


@pytest.mark.parametrize(
    "words",
    [
        ("payments", "collect", "--method", "barter", "--amount", "5", "--reference", "R"),
        ("payments", "list", "--status", "lost"),
        ("payments", "list", "--from", "16/01/2026"),
        ("payments", "list", "--limit", "0"),
        ("payments", "resolve", "--wait", "-1"),
        ("payments",),
        ("reports", "horoscope"),
        ("reconcile", "x.csv", "--provider", "VISA"),
        ("providers", "set", "mtn"),
        ("users", "add", "x", "--role", "owner"),
        ("--nonsense",),
    ],
)
def test_wrong_usage_ends_with_two(as_role: AsRole, words: tuple[str, ...]) -> None:
    typed = as_role("manager", *words)
    assert typed.code == 2
    assert typed.out == ""
    assert typed.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("payments", "complete", "no-such"), "There is no payment no-such"),
        (("refunds", "request", "no-such", "--amount", "5", "--reason", "x"), "no payment no-such"),
        (("refunds", "approve", "no-such"), "There is no refund no-such"),
        (("invoices", "pdf", "no-such"), "There is no payment no-such"),
    ],
)
def test_what_does_not_exist_is_named(
    as_role: AsRole, words: tuple[str, ...], sentence: str
) -> None:
    typed = as_role("manager", *words)
    assert (typed.code, typed.out) == (1, "")
    assert sentence in typed.err


def test_a_wrong_password_opens_nothing(
    as_role: AsRole, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    payments(as_role)
    monkeypatch.setenv("SANDUKU_PASSWORD", "guess")
    typed = type_in("payments", "list")
    assert (typed.code, typed.out) == (1, "")
    assert typed.err == "You are not signed in. The name or the password is wrong.\n"


def test_nobody_is_asked_where_nobody_sits(shop: Path, type_in: Callable[..., Typed]) -> None:
    typed = type_in("payments", "list", "--data-dir", shop)
    assert typed.code == 1
    assert "Set SANDUKU_USER and SANDUKU_PASSWORD" in typed.err


def test_a_mistyped_folder_makes_no_shop(tmp_path: Path, type_in: Callable[..., Typed]) -> None:
    typed = type_in("--data-dir", tmp_path / "shpo", "payments", "list")
    assert typed.code == 1
    assert "There is no shop at" in typed.err
    assert not (tmp_path / "shpo").exists()


def test_the_shop_is_chosen_before_or_after_the_command(
    shop: Path, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDUKU_USER", "clerk")
    monkeypatch.setenv("SANDUKU_PASSWORD", PASSWORD)
    monkeypatch.setenv("SANDUKU_DATABASE", "sqlite:////nowhere/sanduku.db")
    url = f"sqlite:///{(shop / 'sanduku.db').as_posix()}"
    for words in (
        ("--data-dir", shop, "payments", "list", "--json"),
        ("payments", "--data-dir", shop, "list", "--json"),
        ("payments", "list", "--json", "--data-dir", shop),
        ("payments", "list", "--json", "--database", url),
    ):
        assert type_in(*words).document == [], words
    assert type_in("payments", "list").code == 1


@pytest.mark.parametrize(
    "url", ["postgresql://ada:secret@host", "sqlite://", "sqlite:///:memory:", "not a url"]
)
def test_an_address_of_no_file_is_refused(type_in: Callable[..., Typed], url: str) -> None:
    typed = type_in("--database", url, "payments", "list")
    assert typed.code == 1
    assert "sqlite:///FILE" in typed.err
    assert "secret" not in typed.err


def test_a_database_of_another_name_keeps_its_papers_apart(
    tmp_path: Path, type_in: Callable[..., Typed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDUKU_NEW_PASSWORD", PASSWORD)
    url = f"sqlite:///{(tmp_path / 'kigali.db').as_posix()}"
    assert type_in("--database", url, "users", "add", "ada", "--role", "admin").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kigali.db", "kigali.db.files"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"[{]", b'{"a": 1'])
def test_an_unreadable_file_of_payments_changes_nothing(
    as_role: AsRole, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "payments.json"
    file.write_bytes(content)
    typed = as_role("clerk", "payments", "import", file)
    assert (typed.code, typed.out) == (1, "")
    assert "payments.json" in typed.err
    assert payments(as_role) == []


def test_refused_rows_are_named_and_the_others_go_in(as_role: AsRole, tmp_path: Path) -> None:
    good = {
        "payment_method": "cash",
        "amount": "15000.00",
        "status": "completed",
        "payment_id": "a1b2c3d4-e5f6-4a5b-8c9d-e0f1a2b3c4d5",
    }
    file = tmp_path / "payments.json"
    file.write_text(json.dumps([good, good | {"payment_id": None, "amount": "-3"}]), "utf-8")
    typed = as_role("clerk", "payments", "import", file)
    assert typed.code == 0
    assert typed.out == "1 new, 0 known, 1 refused\n"
    assert typed.err.startswith("payments.json, 2: ")
    again = as_role("clerk", "payments", "import", file, "--json")
    assert (again.document["new"], again.document["known"]) == (0, 1)
    (refused,) = again.document["refused"]
    assert refused["position"] == 2
    assert len(payments(as_role)) == 1


def test_a_file_of_refused_rows_only_has_failed(as_role: AsRole, tmp_path: Path) -> None:
    file = tmp_path / "payments.jsonl"
    file.write_text('{"payment_method": "cash", "amount": "x", "status": "pending"}\n', "utf-8")
    typed = as_role("clerk", "payments", "import", file)
    assert (typed.code, typed.out) == (1, "0 new, 0 known, 1 refused\n")


def test_a_statement_is_looked_into_without_any_shop(
    tmp_path: Path, type_in: Callable[..., Typed]
) -> None:
    file = tmp_path / "s.csv"
    file.write_text(
        "Date,Description,Debit,Credit,Balance\n16/01/2026,Sale,,500,500\n", encoding="utf-8"
    )
    document = type_in("statements", "read", file, "--json").document
    (line,) = document["statements"][0]["lines"]
    assert (line["line"], line["date"], line["amount"]) == (2, "2026-01-16", "500")
    assert "500" in type_in("statements", "read", file).out
    missing = type_in("statements", "read", tmp_path / "none.csv", "--json")
    assert (missing.code, missing.out) == (1, "")
    assert not (tmp_path / "default").exists()


def test_text_from_outside_cannot_move_the_cursor(as_role: AsRole) -> None:
    typed = as_role(
        "cashier", "payments", "collect", "--method", "cash", "--amount", "5",
        "--reference", "R\x1b[2J\u202eevil\nx", "--customer", "\x1b]0;title\x07",
    )  # fmt: skip
    assert typed.code == 0
    listed = as_role("cashier", "payments", "list").out
    assert "\x1b" not in listed
    assert "\u202e" not in listed
    assert len(listed.splitlines()) == 3


def test_a_cashier_sees_no_admin_work(as_role: AsRole, tmp_path: Path) -> None:
    for words in (
        ("users", "list"),
        ("providers", "set", "mtn", "currency=RWF"),
        ("payments", "import", tmp_path / "x"),
        ("reconcile", tmp_path / "x", "--provider", "MTN"),
    ):
        typed = as_role("cashier", *words)
        assert (typed.code, typed.out) == (1, ""), words
        assert typed.err.startswith("Nothing was changed. A cashier may not"), words


def test_cash_on_delivery_with_too_little_cash_names_the_option(as_role: AsRole) -> None:
    typed = as_role(
        "cashier", "payments", "collect", "--method", "cash_on_delivery", "--amount", "1000",
        "--tendered", "500", "--reference", "R",
    )  # fmt: skip
    assert typed.code == 1
    assert typed.err.endswith("too little. (--tendered)\n")
    assert payments(as_role) == []


def test_a_currency_that_does_not_exist_names_the_option(as_role: AsRole) -> None:
    typed = as_role("cashier", *COLLECT, "--amount", "15", "--currency", "RFW")
    assert (typed.code, typed.err) == (
        1,
        "“RFW” is not a currency code such as RWF. (--currency)\n",
    )


def test_limits_and_days_beyond_all_measure_are_no_bug(as_role: AsRole) -> None:
    assert as_role("clerk", "payments", "list", "--limit", "9" * 20).code == 2
    for words in (("--from", "0001-01-01"), ("--to", "9999-12-31")):
        assert as_role("clerk", "payments", "list", *words, "--json").document == []


def test_a_problem_of_a_statement_says_its_place_once(as_role: AsRole, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    file.write_text(
        "Date,Description,Debit,Credit,Balance\n"
        "16/01/2026,Sale,,500,500\n16/01/2026,Sale,,600,1200\n17/01/2026,Sale,,100,1300\n",
        encoding="utf-8",
    )
    message = "Row 3: the balance does not follow from the row before it."
    problems = as_role("clerk", "statements", "read", file, "--json").document["problems"]
    assert problems == [{"line": 3, "message": message}]
    assert as_role("clerk", "statements", "read", file).err == f"s.csv: {message}\n"
    found = as_role("clerk", "reconcile", file, "--provider", "BANK")
    assert found.err == f"s.csv: {message}\n"
