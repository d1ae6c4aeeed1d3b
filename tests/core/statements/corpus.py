"""A folder of real and invented statement files, and a judge of what a reader makes of each.

The folder is not part of the project. Its ``expected.json`` says, per file, what must come out;
what it leaves null is not known and is not compared.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from core.errors import UnreadableFileError
from core.statements.json_form import to_json_document
from core.statements.statement import StatementFile

_DEFAULT = Path(__file__).resolve().parents[4] / "shared" / "statements"
CORPUS = Path(os.environ.get("SANDUKU_STATEMENT_CORPUS") or _DEFAULT)

_COUNTED = r"row|line|entr|transaction|pending|failed|not counted|left out|missing"
_DAY = r"date|\bday\b|month|YYMMDD|\d{4}-\d{2}-\d{2}"
TELLING = {
    "transactions": _COUNTED,
    "sum_credits": rf"{_COUNTED}|amount|balance|sum\b|total|fee",
    "sum_debits": rf"{_COUNTED}|amount|balance|sum\b|total|fee",
    "fees": r"fee|charge|balance",
    "currency": r"currenc|(?-i:\b(?:in|marked|as) [A-Z]{3}\b)",
    "opening_balance": r"balance",
    "closing_balance": r"balance",
    "date_from": _DAY,
    "date_to": _DAY,
}
"""A difference counts as told only by a problem that is about it; any other excuses nothing."""

_FOLLOW_FROM_ROWS = ("sum_credits", "sum_debits", "date_from", "date_to")
"""Where it is told that rows were not counted, these differ as a matter of course."""


class Verdict(StrEnum):
    RIGHT = "right"
    TOLD = "wrong, told"
    SILENT = "silently wrong"
    REFUSED = "refused"
    CRASHED = "crashed"
    DISPUTED = "disputed"
    NO_ORACLE = "no oracle"


@dataclass(frozen=True, slots=True)
class Judged:
    file: str
    format: str
    kind: str
    verdict: Verdict
    must_reject: bool
    note: str = ""


Read = Callable[[Path], StatementFile]


def entries() -> dict[str, dict]:
    return json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))


def judged(name: str, entry: dict, read: Read, disputed: dict[str, str]) -> Judged:
    """Read one file and say what became of it."""
    expected = entry.get("expected") or {}
    must_reject = bool(entry.get("must_reject") or expected.get("reject"))
    verdict, note = _verdict(name, entry, expected, must_reject, read)
    if name in disputed and verdict in (Verdict.TOLD, Verdict.SILENT, Verdict.REFUSED):
        verdict, note = Verdict.DISPUTED, f"{disputed[name]} | {note}"
    return Judged(name, entry["format"], entry["kind"], verdict, must_reject, note)


def _verdict(
    name: str, entry: dict, expected: dict, must_reject: bool, read: Read
) -> tuple[Verdict, str]:
    try:
        found = read(CORPUS / name)
    except UnreadableFileError as error:
        return Verdict.REFUSED, error.message
    except Exception as error:
        return Verdict.CRASHED, repr(error)
    if must_reject:
        return Verdict.SILENT, "must be refused, and was read"
    told = " | ".join(problem.message for problem in found.problems)
    if not _has_oracle(entry, expected):
        return Verdict.NO_ORACLE, f"{len(found.lines)} lines {told}"
    differences = list(_differences(found, expected))
    if not differences:
        return Verdict.RIGHT, told
    texts = "; ".join(text for _field, text in differences)
    if found.date_order_unsure:
        told += " | day and month cannot be told apart in the dates"
    fields = {field for field, _text in differences}
    if "transactions" in fields and _tells(told, "transactions"):
        fields.difference_update(_FOLLOW_FROM_ROWS)
    is_told = all(_tells(told, field) for field in fields)
    return Verdict.TOLD if is_told else Verdict.SILENT, f"{texts} || {told}"


def _tells(told: str, field: str) -> bool:
    """A sentence about the currency names amounts, and excuses no other field."""
    return any(
        re.search(TELLING[field], message, re.IGNORECASE)
        for message in told.split(" | ")
        if field == "currency" or "currency" not in message
    )


def _has_oracle(entry: dict, expected: dict) -> bool:
    """Some tables were "expected" by a program that does not know their layout: no lines at all."""
    if entry["format"] in ("csv", "xlsx"):
        return bool(expected.get("transactions"))
    return "transactions" in expected


def _differences(found: StatementFile, expected: dict) -> Iterator[tuple[str, str]]:
    """Compare what the command line prints with what must come out.

    Of several statements in a file, the opening balance is the first's, the closing the last's.
    """
    statements = to_json_document(found)["statements"]
    lines = [line for statement in statements for line in statement["lines"]]
    amounts = [Decimal(line["amount"]) for line in lines]
    days = [line["date"] for line in lines]
    seen = {
        "transactions": len(lines),
        "sum_credits": sum((a for a in amounts if a > 0), Decimal(0)),
        "sum_debits": -sum((a for a in amounts if a < 0), Decimal(0)),
        "fees": sum((Decimal(line["fee"]) for line in lines), Decimal(0)),
        "currency": {line["currency"] for line in lines} | {s["currency"] for s in statements},
        "opening_balance": statements[0]["opening_balance"] if statements else None,
        "closing_balance": statements[-1]["closing_balance"] if statements else None,
        "date_from": min(days, default=None),
        "date_to": max(days, default=None),
    }
    for field, value in seen.items():
        wanted = expected.get(field)
        if wanted is not None and not _same(field, value, wanted):
            shown = "+".join(sorted(value)) if isinstance(value, set) else value
            yield field, f"{field} {shown} ≠ {wanted}"


def _same(field: str, value: object, wanted: object) -> bool:
    if field == "currency":
        codes = wanted if isinstance(wanted, list) else [str(wanted)]
        return value == {code.upper() for code in codes}
    if field.startswith("date") or value is None:
        return value == wanted
    return Decimal(str(value)) == Decimal(str(wanted))
