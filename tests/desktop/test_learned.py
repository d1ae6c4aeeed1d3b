"""``sanduku learned``: what decisions taught, listed and forgotten by command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.app import Configuration, open_shop
from tests.desktop.conftest import CHEAP, NOW, PASSWORD, Typed

AsRole = Callable[..., Typed]


@pytest.fixture
def taught(as_role: AsRole, shop: Path, tmp_path: Path) -> None:
    """Let the clerk set a bank's charge aside."""
    file = tmp_path / "bank.csv"
    file.write_text(
        "Date,Reference,Description,Amount\n2026-01-15,CHG1,MONTHLY CHARGE,-500\n", "utf-8"
    )
    found = as_role("clerk", "reconcile", file, "--provider", "BANK", "--json").document
    with open_shop(Configuration(data_dir=shop, clock=lambda: NOW, password_cost=CHEAP)) as app:
        clerk = app.users.sign_in("clerk", PASSWORD, "desk")
        (line,) = app.reconciliation_lists.open_lines(clerk, found["reconciliation_id"], limit=2)
        app.reconciliations.ignore(clerk, line.line_id, reason="Bank charge")


@pytest.mark.usefixtures("taught")
def test_what_was_learned_is_listed_and_forgotten(as_role: AsRole) -> None:
    (lesson,) = as_role("clerk", "learned", "list", "--json").document
    assert lesson == {
        "lesson": lesson["lesson"],
        "kind": "wording",
        "provider": "BANK",
        "statement": None,
        "mark": None,
        "shown": "MONTHLY CHARGE",
        "meaning": "Bank charge",
        "fee": None,
        "currency": None,
        "times": 1,
        "last_by": "clerk",
        "last_at": "2026-01-16T10:30:00Z",
    }
    assert "MONTHLY CHARGE" in as_role("clerk", "learned", "list", "--search", "monthly").out
    assert as_role("clerk", "learned", "list", "--kind", "payer", "--json").document == []

    gone = as_role("clerk", "learned", "forget", lesson["lesson"], "--json")
    assert gone.document == {"lessons": [lesson["lesson"]], "forgotten": 1}
    assert as_role("clerk", "learned", "list", "--json").document == []


@pytest.mark.usefixtures("taught")
@pytest.mark.parametrize("lesson", ["12", "price:1", "wording:999", "wording:x", "fee:nothing"])
def test_an_unknown_lesson_is_refused_and_nothing_is_forgotten(
    as_role: AsRole, lesson: str
) -> None:
    known = as_role("clerk", "learned", "list", "--json").document[0]["lesson"]
    refused = as_role("clerk", "learned", "forget", known, lesson)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("Nothing was forgotten.")
    assert len(as_role("clerk", "learned", "list", "--json").document) == 1


@pytest.mark.usefixtures("taught")
def test_a_cashier_neither_sees_nor_forgets_what_was_learned(as_role: AsRole) -> None:
    for words in (("list",), ("forget", "wording:1")):
        assert as_role("cashier", "learned", *words).code == 1
