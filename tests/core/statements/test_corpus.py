"""Reads a folder of real and invented statement files and compares with what must come out.

The folder is not part of the project; where it is absent these tests are skipped. It holds an
``expected.json`` that says, per file, how many transactions there are and what they add up to.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import UnreadableFileError
from core.money import exponent
from core.statements.reading import read_statement
from core.statements.statement import StatementFile

_DEFAULT = Path(__file__).resolve().parents[4] / "shared" / "statements"
CORPUS = Path(os.environ.get("SANDUKU_STATEMENT_CORPUS") or _DEFAULT)

pytestmark = pytest.mark.skipif(
    not (CORPUS / "expected.json").is_file(), reason="no statement corpus on this machine"
)

FOLDERS = ("csv/", "xlsx/")
WANTED_RIGHT = 0.70


@dataclass(frozen=True, slots=True)
class Verdict:
    file: str
    kind: str
    note: str = ""


def _entries() -> dict[str, dict]:
    document = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
    return {name: entry for name, entry in document.items() if name.startswith(FOLDERS)}


def _rejected(entry: dict) -> bool:
    expected = entry.get("expected") or {}
    return bool(entry.get("must_reject") or expected.get("reject"))


def _judge(name: str, expected: dict) -> Verdict:
    if not expected.get("transactions"):
        return Verdict(name, "no oracle", "the oracle did not know this layout")
    try:
        found = read_statement(CORPUS / name)
    except UnreadableFileError as error:
        return Verdict(name, "refused", error.message)
    differences = list(_differences(found, expected))
    if not differences:
        return Verdict(name, "right")
    if _proved(found):
        return Verdict(name, "proved", f"every balance follows, but: {'; '.join(differences)}")
    told = f" | told: {found.problems[0].message}" if found.problems else ""
    return Verdict(name, "wrong, told" if told else "wrong", "; ".join(differences) + told)


def _proved(found: StatementFile) -> bool:
    """The file's own running balance agrees with every line: the oracle counts differently."""
    balanced = all(line.balance_minor is not None for line in found.lines)
    broken = any("balance" in problem.message for problem in found.problems)
    return balanced and not broken and len(found.lines) > 2


def _major(amount_minor: int, currency: str) -> Decimal:
    return Decimal(amount_minor).scaleb(-exponent(currency))


def _differences(found: StatementFile, expected: dict):
    lines = found.lines
    amounts = [_major(line.amount_minor, line.currency) for line in lines]
    seen = {
        "transactions": len(lines),
        "sum_credits": sum((a for a in amounts if a > 0), Decimal(0)),
        "sum_debits": -sum((a for a in amounts if a < 0), Decimal(0)),
        "date_from": min((line.date.isoformat() for line in lines), default=None),
        "date_to": max((line.date.isoformat() for line in lines), default=None),
        "currency": found.statements[0].currency,
    }
    if len(found.statements) == 1:
        statement = found.statements[0]
        for field in ("opening_balance", "closing_balance"):
            minor = getattr(statement, f"{field}_minor")
            seen[field] = None if minor is None else _major(minor, statement.currency)
    for field, value in seen.items():
        wanted = expected.get(field)
        if wanted is None:
            continue
        same = value == Decimal(wanted) if isinstance(value, Decimal) else str(value) == str(wanted)
        if not same:
            yield f"{field} {value} ≠ {wanted}"


def test_the_corpus_is_read_right_and_hardly_ever_silently_wrong() -> None:
    verdicts = [
        _judge(name, entry["expected"])
        for name, entry in _entries().items()
        if entry["kind"] == "statement" and not _rejected(entry)
    ]
    counts = Counter(verdict.kind for verdict in verdicts)
    judged = len(verdicts) - counts["no oracle"]
    print()
    for verdict in verdicts:
        if verdict.kind != "right":
            print(f"{verdict.kind:12} {verdict.file}\n{'':13}{verdict.note}")
    for kind, count in counts.most_common():
        print(f"{kind:12} {count:4}")
    print(f"right: {counts['right']}/{judged} = {counts['right'] / judged:.1%}")
    assert counts["right"] >= WANTED_RIGHT * judged
    assert counts["wrong"] <= 0.02 * judged


def test_what_must_be_rejected_is_refused() -> None:
    names = [name for name, entry in _entries().items() if _rejected(entry)]
    assert names
    for name in names:
        with pytest.raises(UnreadableFileError) as caught:
            read_statement(CORPUS / name)
        assert Path(name).name in caught.value.message
