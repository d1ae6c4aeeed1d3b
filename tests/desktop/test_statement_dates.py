"""Dates that may be read two ways are never guessed at the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]


@pytest.fixture
def unclear(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    rows = ("Date,Description,Amount", "03/04/2026,A,500", "03/02/2026,B,700", "03/05/2026,C,900")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_unclear_dates_are_refused_with_the_way_to_answer(as_role: AsRole, unclear: Path) -> None:
    refused = as_role("clerk", "reconcile", unclear, "--provider", "BANK", "--json")
    assert refused.code == 1
    assert "03/04/2026 may be 3 April 2026 or 4 March 2026" in refused.err
    assert "--date-order dmy" in refused.err
    assert refused.out == ""

    words = ("reconcile", unclear, "--provider", "BANK", "--json")
    taken = as_role("clerk", *words, "--date-order", "mdy")
    assert taken.code == 0
    assert taken.document["statement_period_start"] == "2026-03-02"
    assert as_role("clerk", *words).document == taken.document


def test_an_answer_is_remembered_for_the_next_file_of_the_account(
    as_role: AsRole, unclear: Path
) -> None:
    as_role("clerk", "reconcile", unclear, "--provider", "BANK", "--date-order", "mdy")
    later = unclear.with_name("later.csv")
    later.write_text(unclear.read_text(encoding="utf-8").replace("03/", "06/"), encoding="utf-8")
    taken = as_role("clerk", "reconcile", later, "--provider", "BANK", "--json")
    assert taken.document["statement_period_start"] == "2026-06-02"


def test_the_report_says_what_was_here_already(as_role: AsRole, tmp_path: Path) -> None:
    first, longer = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = ["Date,Description,Amount", "2026-07-01,A,500", "2026-07-02,B,700"]
    first.write_text("\n".join(rows) + "\n", encoding="utf-8")
    longer.write_text("\n".join([*rows, "2026-07-03,C,900"]) + "\n", encoding="utf-8")
    as_role("clerk", "reconcile", first, "--provider", "BANK")
    told = as_role("clerk", "reconcile", longer, "--provider", "BANK")
    assert "3 lines: 2 already here, 1 new" in told.out
