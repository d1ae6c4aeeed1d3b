"""Two desks, each a process of its own on one shop's file, never spend the same points twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.database.consistency import check
from core.database.unit_of_work import Database
from tests.core.services.loyalty_shop import LoyaltyShop

ROUNDS = 40
THERE, EACH = 100, 3


def race(database: Database, folder: Path, *flags: str) -> tuple[list[dict[str, int]], str]:
    """Let two desks spend 3 points at a time from 100 until none can; return what each did."""
    LoyaltyShop(database).sell(THERE * 10_000)
    go = folder / "go"
    desks = [
        subprocess.Popen(
            [
                sys.executable, "-m", "tests.core.services.points_desk",
                database.url, name, str(ROUNDS), str(go), *flags,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]  # fmt: skip
    go.touch()
    told = [desk.communicate(timeout=120) for desk in desks]
    errors = "".join(error for _, error in told)
    return [json.loads(out) for out, _ in told if out], errors


def test_two_desks_never_spend_the_same_points(database: Database, tmp_path: Path) -> None:
    done, errors = race(database, tmp_path)

    assert errors == ""
    made = sum(each["made"] for each in done)
    assert made == THERE // EACH
    assert made + sum(each["refused"] for each in done) == 2 * ROUNDS
    shop = LoyaltyShop(database)
    assert shop.points() == THERE - made * EACH
    assert [row[0] for row in shop.moved()].count("spent") == made
    assert check(database.engine) == ()


def test_a_desk_that_checks_before_it_locks_is_found_and_stopped_by_the_database(
    database: Database, tmp_path: Path
) -> None:
    _, errors = race(database, tmp_path, "--check-then-write")

    assert "IntegrityError" in errors, "the planted mistake was not noticed"
    assert "balance_not_negative" in errors
    assert LoyaltyShop(database).points() >= 0
    assert check(database.engine) == ()


@pytest.mark.slow
@pytest.mark.parametrize("_again", range(20))
def test_two_desks_race_again_and_again(database: Database, tmp_path: Path, _again: int) -> None:
    test_two_desks_never_spend_the_same_points(database, tmp_path)
