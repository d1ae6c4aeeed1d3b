"""Reads files in a process of their own and says what that cost.

``python -m tests.core.statements.measured FILE...`` is that process.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import UnreadableFileError
from core.statements.reading import read_statement

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Measured:
    """The refusal, or "" and how many lines were read; what it cost.

    The CPU time of the first file has the start of the process in it; the memory is the most so
    far, of this file and those before it.
    """

    refusal: str
    lines: int
    cpu_s: float
    peak_bytes: int


def measured(path: Path) -> Measured:
    """Read a file apart; whatever is no refusal fails here."""
    (cost,) = all_measured([path])
    return cost


def all_measured(paths: Sequence[Path]) -> list[Measured]:
    """Read files apart, one after the other in one process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.statements.measured", *map(str, paths)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [Measured(**json.loads(line)) for line in done.stdout.splitlines()]


def peak_bytes() -> int:
    """Return the most memory this process ever had; ``ru_maxrss`` may be its parent's."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        import resource  # noqa: PLC0415 - not on every system

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def _main(path: Path, began_s: float) -> None:
    refusal, lines = "", 0
    try:
        lines = len(read_statement(path).lines)
    except UnreadableFileError as error:
        refusal = error.message
    found = {"refusal": refusal, "lines": lines}
    cpu_s = time.process_time() - began_s
    print(json.dumps({**found, "cpu_s": cpu_s, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    sys.modules["numpy"] = None  # as where statements are read apart
    began_s = 0.0
    for name in sys.argv[1:]:
        _main(Path(name), began_s)
        began_s = time.process_time()
