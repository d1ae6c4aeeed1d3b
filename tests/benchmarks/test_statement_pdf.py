"""A PDF statement read whole, beside pdfplumber's bare ``extract_words`` over the same pages."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import pytest

from core.statements.pdf.reader import PdfReader
from core.statements.sources import Source
from tests.benchmarks.conftest import ratio_line
from tests.core.statements.writers.pdf import Look, sample, write

pdfplumber = pytest.importorskip("pdfplumber")

ROUNDS = 3
TRANSACTIONS = 900
MANY_TRANSACTIONS = 50_000

_PEAK = """
import sys
from pathlib import Path
from core.statements.pdf.reader import PdfReader
from core.statements.sources import Source
name = sys.argv[1]
source = Source("a.pdf", open(name, "rb").read(), "")
if sys.argv[2] == "ours":
    PdfReader().read(source, None, "RWF")
else:
    import pdfplumber
    with pdfplumber.open(name) as document:
        for page in document.pages:
            page.extract_words()
            page.close()
peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def _ours(content: bytes) -> float:
    started = time.perf_counter()
    file = PdfReader().read(Source("a.pdf", content, ""), None, "RWF")
    elapsed = time.perf_counter() - started
    assert len(file.lines) == TRANSACTIONS
    return elapsed


def _floor(content: bytes) -> float:
    started = time.perf_counter()
    with pdfplumber.open(io.BytesIO(content)) as document:
        for page in document.pages:
            page.extract_words()
            page.close()
    return time.perf_counter() - started


def _peak_mb(path: str, which: str) -> str:
    command = [sys.executable, "-c", _PEAK, path, which]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_reading_beside_extracting_words(tmp_path) -> None:
    content = write([sample(count=TRANSACTIONS)], look=Look())
    path = tmp_path / "statement.pdf"
    path.write_bytes(content)
    with pdfplumber.open(path) as document:
        pages = len(document.pages)
    ours, floor = [], []
    for _ in range(ROUNDS):
        ours.append(_ours(content))
        floor.append(_floor(content))
    best = min(ours)
    print()
    print(ratio_line(f"PDF, {pages} pages", ours, floor, "pdfplumber extract_words"))
    print(f"  {pages / best:.0f} pages/s, {TRANSACTIONS / best:.0f} transactions/s")
    print(
        f"  peak memory {_peak_mb(str(path), 'ours')} MB,"
        f" pdfplumber {_peak_mb(str(path), 'pdfplumber')} MB"
    )


def test_fifty_thousand_transactions(tmp_path) -> None:
    look = Look(landscape=True, padding=1, numbered=False)
    content = write([sample(count=MANY_TRANSACTIONS)], look=look)
    path = tmp_path / "statement.pdf"
    path.write_bytes(content)
    started = time.perf_counter()
    file = PdfReader().read(Source("a.pdf", content, ""), None, "RWF")
    elapsed = time.perf_counter() - started
    assert len(file.lines) == MANY_TRANSACTIONS
    print(
        f"\nPDF, {MANY_TRANSACTIONS} transactions: {elapsed:.1f} s,"
        f" {MANY_TRANSACTIONS / elapsed:.0f} transactions/s, peak {_peak_mb(str(path), 'ours')} MB"
    )
