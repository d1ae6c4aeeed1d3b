"""``sanduku statements read``: what a script and a person at a terminal get of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.app import Configuration, open_shop
from core.permissions import Role
from core.statements.profile import ColumnProfile
from core.statements.profile import Role as Column
from tests.desktop.conftest import CHEAP, NOW, PASSWORD, Typed

TypeIn = Callable[..., Typed]

AMBIGUOUS = "Date,Description,Amount\n03/04/2026,Sale,500\n05/04/2026,Fee,-20\n"
ODD = "When,What,How much\n16/01/2026,Sale,500\n17/01/2026,Fee,-20\n"


@pytest.fixture
def statement(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        path = tmp_path / "s.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def _days(typed: Typed) -> list[str]:
    return [line["date"] for line in typed.document["statements"][0]["lines"]]


def test_the_order_of_day_and_month_can_be_said(
    type_in: TypeIn, statement: Callable[[str], Path]
) -> None:
    file = statement(AMBIGUOUS)
    assert _days(type_in("statements", "read", file, "--date-order", "dmy", "--json")) == [
        "2026-04-03",
        "2026-04-05",
    ]
    assert _days(type_in("statements", "read", file, "--date-order", "mdy", "--json")) == [
        "2026-03-04",
        "2026-05-04",
    ]
    assert type_in("statements", "read", file, "--date-order", "mid").code == 2


def test_a_built_in_profile_needs_no_shop(
    type_in: TypeIn, statement: Callable[[str], Path], tmp_path: Path
) -> None:
    file = statement("Date,Description,Debit,Credit,Balance\n16/01/2026,Sale,,500,500\n")
    typed = type_in("statements", "read", file, "--profile", "equity")
    assert typed.code == 0
    assert "Equity" in typed.out
    assert not (tmp_path / "default").exists()


def test_a_profile_saved_in_the_shop_is_found_there(
    type_in: TypeIn, statement: Callable[[str], Path], shop: Path
) -> None:
    profile = ColumnProfile(
        name="Equity",
        columns=(
            (Column.DATE, ("When",)),
            (Column.DESCRIPTION, ("What",)),
            (Column.AMOUNT, ("How much",)),
        ),
    )
    configuration = Configuration(data_dir=shop, clock=lambda: NOW, password_cost=CHEAP)
    with open_shop(configuration) as app:
        clerk = app.users.sign_in(Role.CLERK.value, PASSWORD, "desk")
        app.statements.save_profile(clerk, profile)
    typed = type_in(
        "statements", "read", statement(ODD), "--profile", "Equity", "--data-dir", shop, "--json"
    )
    assert _days(typed) == ["2026-01-16", "2026-01-17"]


def test_an_unknown_profile_is_told_with_those_there_are(
    type_in: TypeIn, statement: Callable[[str], Path]
) -> None:
    typed = type_in("statements", "read", statement(AMBIGUOUS), "--profile", "Equitty", "--json")
    assert (typed.code, typed.out) == (1, "")
    assert "“Equity”" in typed.err
    assert typed.err.endswith("(--profile)\n")
    assert typed.err.count("\n") == 1


def test_a_wrong_currency_names_its_option_from_the_other_process(
    type_in: TypeIn, statement: Callable[[str], Path]
) -> None:
    typed = type_in("statements", "read", statement(AMBIGUOUS), "--currency", "rw", "--json")
    assert (typed.code, typed.out) == (1, "")
    assert typed.err == "“rw” is not a currency code such as RWF. (--currency)\n"


@pytest.mark.parametrize("content", [b"", bytes(3000), b"\x89PNG\r\n", b"PK\x03\x04xl/workbook"])
def test_a_refusal_is_one_clear_line(type_in: TypeIn, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "s.csv"
    file.write_bytes(content)
    typed = type_in("statements", "read", file, "--json")
    assert (typed.code, typed.out) == (1, "")
    assert typed.err.count("\n") == 1
    assert "s.csv" in typed.err


def test_a_person_sees_for_every_account_whether_its_balances_hold(
    type_in: TypeIn, statement: Callable[[str], Path]
) -> None:
    rows = "16/01/2026,Sale,,500,1 500\n17/01/2026,Fee,20,,1 480\n"
    holding = type_in(
        "statements", "read", statement(f"Date,Description,Debit,Credit,Balance\n{rows}")
    )
    assert "opening 1\u202f000 + movements 480 = closing 1\u202f480 holds" in holding.out
    unknown = type_in("statements", "read", statement(AMBIGUOUS), "--date-order", "dmy")
    assert "cannot be checked" in unknown.out
