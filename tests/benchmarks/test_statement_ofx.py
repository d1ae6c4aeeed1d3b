"""Reading OFX beside ofxtools, on the same file: time, and the most memory each takes."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.statements.ofx.reader import OfxReader
from core.statements.sources import Source
from tests.benchmarks.conftest import ratio_line
from tests.core.statements.writers.ofx import Dialect, sample_statements, write

TRANSACTIONS = 50_000


def _content() -> bytes:
    (statement, _) = sample_statements(TRANSACTIONS)
    lines = tuple(
        line._replace(
            date=statement.lines[number % 300].date,
            value_date=statement.lines[number % 300].value_date,
            description=f"Payment of invoice INV-{number:06d}",
        )
        for number, line in enumerate(statement.lines)
    )
    return write((replace(statement, lines=lines),), Dialect())


def _ours(content: bytes) -> int:
    return len(OfxReader().read(Source("large.ofx", content, ""), None, "RWF").lines)


def _theirs(content: bytes) -> int:
    from ofxtools.Parser import OFXTree  # noqa: PLC0415 - only benchmarks have it

    tree = OFXTree()
    tree.parse(io.BytesIO(content))
    return len(tree.convert().statements[0].transactions)


def _seconds(read: Callable[[bytes], int], content: bytes) -> float:
    """Return the processor's seconds: what else the machine does must not count."""
    started = time.process_time()
    assert read(content) == TRANSACTIONS
    return time.process_time() - started


def _peak_mb(read: Callable[[bytes], int], content: bytes) -> float:
    tracemalloc.start()
    read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1_000_000


def test_fifty_thousand_transactions() -> None:
    pytest.importorskip("ofxtools")
    content = _content()
    ours = sorted(_seconds(_ours, content) for _ in range(3))[1]
    theirs = _seconds(_theirs, content)
    print("\n" + ratio_line(f"OFX, {TRANSACTIONS} transactions", [ours], [theirs], "ofxtools"))
    print(
        f"{theirs / ours:.1f} times ofxtools, {TRANSACTIONS / ours:,.0f} transactions/s;"
        f" peak {_peak_mb(_ours, content):.0f} MB over a file of {len(content) / 1e6:.0f} MB"
    )
