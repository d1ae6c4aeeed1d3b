"""Hundreds of transfers at once by the shop's import: recorded one by one each takes a commit."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from core.app import App
from core.permissions import Actor

COLUMNS = (
    "payment_id", "payment_method", "amount", "status", "transaction_id", "created_at", "paid_at",
)  # fmt: skip


def receive_transfers(
    shop: App, clerk: Actor, folder: Path, transfers: Iterable[tuple[str, int]], at: datetime
) -> None:
    """Take in completed bank transfers of transaction id and amount, received at a moment."""
    moment = at.astimezone(UTC).isoformat()
    file = folder / "transfers.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        rows = [
            ("", "bank_transfer", amount, "completed", transaction_id, moment, moment)
            for transaction_id, amount in transfers
        ]
        writer.writerows(rows)
    report = shop.imports.import_file(clerk, file)
    assert report.new == len(rows), report
