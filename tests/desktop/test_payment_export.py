"""``sanduku payments export``: every payment that fits, in a file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from tests.desktop.conftest import Typed

AsRole = Callable[..., Typed]


def collect(as_role: AsRole, amount: str, *more: str) -> None:
    as_role("cashier", "payments", "collect", "--method", "cash", "--amount", amount,
            "--reference", "R", *more)  # fmt: skip


def test_payments_that_fit_are_written_as_csv(as_role: AsRole, tmp_path: Path) -> None:
    collect(as_role, "1500")
    collect(as_role, "2500", "--complete")
    file = tmp_path / "out.csv"
    told = as_role("clerk", "payments", "export", file, "--status", "completed", "--json")
    assert told.document == {"file": str(file), "count": 1}
    with file.open(encoding="utf-8-sig", newline="") as read:
        (row,) = csv.DictReader(read)
    assert (row["amount"], row["currency"], row["status"]) == ("2500", "RWF", "completed")


def test_a_format_that_is_none_is_refused_before_anything_is_written(
    as_role: AsRole, tmp_path: Path
) -> None:
    told = as_role("clerk", "payments", "export", tmp_path / "out.txt")
    assert told.code == 2
    assert "--format" in told.err
    assert not (tmp_path / "out.txt").exists()
