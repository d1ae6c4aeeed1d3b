"""MT940: 50 000 movements read here and by the mt-940 library, side by side."""

from __future__ import annotations

import hashlib
import time
import tracemalloc
from collections.abc import Callable

import pytest

from core.statements.mt940.reader import Mt940Reader
from core.statements.sources import Source
from tests.benchmarks.conftest import ratio_line

mt940 = pytest.importorskip("mt940")

MOVEMENTS = 50_000
ROUNDS = 5


def _text() -> str:
    """Return one statement of a German bank, the form with the most to take apart."""
    lines = [":20:STARTUMS", ":25:50880050/0194787400888", ":28C:4/1", ":60F:C260101EUR1000,00"]
    for number in range(MOVEMENTS):
        day = f"{1 + number * 12 // MOVEMENTS:02d}{1 + number % 28:02d}"
        mark = "C" if number % 2 else "D"
        reason = f"?20EREF+RE-2026-{number:06d}?21SVWZ+Rechnung {number:06d} vo?22m 12.03.2026"
        payer = f"?30GENODEF1PFK\r\n?31DE8937040044{number:010d}?32Kunde Nummer {number}"
        lines.append(f":61:26{day}{day}{mark}R12,50NTRFNONREF//BK{number:010d}")
        lines.append(f":86:166?00GUTSCHRIFT?109251{reason}{payer}")
    lines += [":62F:C261231EUR1000,00", "-", ""]
    return "\r\n".join(lines)


def _seconds(read: Callable[[], int]) -> float:
    started = time.perf_counter()
    assert read() == MOVEMENTS
    return time.perf_counter() - started


def _peak_mb(read: Callable[[], int]) -> float:
    tracemalloc.start()
    read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def test_fifty_thousand_movements() -> None:
    text = _text()
    content = text.encode()
    source = Source("year.sta", content, hashlib.sha256(content).hexdigest())

    def ours() -> int:
        assert Mt940Reader().accepts(source)
        return len(Mt940Reader().read(source, None, "RWF").lines)

    def library() -> int:
        return len(mt940.parse(text))

    both = [(_seconds(ours), _seconds(library)) for _ in range(ROUNDS)]
    print("\n" + ratio_line("MT940, 50 000 movements", *zip(*both, strict=True), "mt-940"))
    faster = [theirs / mine for mine, theirs in both]
    print(f"mt-940's time is {min(faster):.2f}–{max(faster):.2f} times ours")
    print(
        f"peak memory: {_peak_mb(ours):.0f} MB, mt-940 {_peak_mb(library):.0f} MB,"
        f" for a file of {len(content) / 1e6:.0f} MB"
    )
