"""Reads broken statement files by the thousand in a process of its own, and watches it.

``python -m tests.faults.statement_mutations FORMAT SEED FIRST COUNT ROOM PLANTED`` is that process.
It says on stdout which case it begins and what came of it, one JSON line each; if it dies, the
case it had begun killed it, and another process goes on behind that case.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import json
import pickle
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from core.errors import KnownError, UnreadableFileError
from core.money import MAX_MINOR
from core.statements.json_form import to_json_document
from core.statements.reading import preview_table, read_statement
from core.statements.statement import StatementFile
from tests.core.statements.measured import peak_bytes
from tests.core.statements.seeds import seeds
from tests.faults.broken_bytes import broken
from tests.faults.reader_mistakes import plant

ROOT = Path(__file__).resolve().parents[2]
LONGEST_CPU_S = 5.0
LONGEST_CLOCK_S = 60.0
"""A case that waits for nothing uses no CPU; the clock is generous, as the machine may be busy."""

PLANTED_CPU_S = 1.0
"""A loop put in on purpose has no end, which shows sooner."""

MOST_BYTES = 200 * 1024 * 1024
_ADDRESS_BYTES = 1536 * 1024 * 1024
_FILES_A_PROCESS = 1_000
_PREVIEW_EVERY = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What must not happen, and in which case, to be repeated."""

    case: int
    what: str
    note: str


@dataclass(slots=True)
class Report:
    """What became of the broken files of one format."""

    format: str
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    peak_bytes: int = 0
    longest_cpu_s: float = 0.0
    longest_case: int = 0

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.outcomes.items()))
        return (
            f"{self.format:6} {counts}; {len(self.findings)} findings,"
            f" at most {self.peak_bytes / 1e6:.0f} MB and {self.longest_cpu_s:.1f} s CPU"
            f" (case {self.longest_case})"
        )


def run(
    format_name: str, seed: int, count: int, *, planted: str = "", enough_findings: int = 25
) -> Report:
    """Read ``count`` broken files, going on behind each that ends the process."""
    report = Report(format_name)
    first = 0
    while first < count and len(report.findings) < enough_findings:
        room = enough_findings - len(report.findings)
        words = (format_name, str(seed), str(first), str(count), str(room), planted)
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.statement_mutations", *words],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = [json.loads(line) for line in done.stdout.splitlines()]
        for each in said:
            if "outcome" in each:
                report.outcomes[each["outcome"]] += 1
                report.peak_bytes = max(report.peak_bytes, each["peak_bytes"])
                if each["cpu_s"] > report.longest_cpu_s:
                    report.longest_cpu_s, report.longest_case = each["cpu_s"], each["case"]
                if each["finding"]:
                    report.findings.append(Finding(each["case"], *each["finding"]))
        last = said[-1] if said else {}
        if not said or "begun" in last:
            case = last.get("begun", first)
            report.outcomes["ended the process"] += 1
            report.findings.append(Finding(case, _death(done), done.stderr[-3000:]))
            first = case + 1
        else:
            first = last["case"] + 1
    return report


def _death(done: subprocess.CompletedProcess[str]) -> str:
    is_hang = done.returncode == -signal.SIGPROF or "Timeout (" in done.stderr
    return "hang" if is_hang else f"death {done.returncode}"


def content_of(samples: Sequence[bytes], format_name: str, seed: int, case: int) -> bytes:
    """Return the file of a case; the same arguments always give the same bytes."""
    return broken(samples, Random(f"{format_name}:{seed}:{case}"))


def main(format_name: str, seed: int, first: int, count: int, room: int, planted: str) -> None:
    """Read cases ``first`` to ``count``, saying each.

    Ends early once memory was swallowed, there is no room for more findings, or many files were
    read: parsers keep what they saw, and the product reads one file in a process.
    """
    plant(planted)
    sys.modules["numpy"] = None  # as where statements are read apart
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_BYTES, _ADDRESS_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.register(signal.SIGPROF, chain=True)
    samples = seeds(format_name)
    longest_cpu_s = PLANTED_CPU_S if planted else LONGEST_CPU_S
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.dat"
        for case in range(first, count):
            _say(begun=case)
            path.write_bytes(content_of(samples, format_name, seed, case))
            started_s = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, longest_cpu_s)
            faulthandler.dump_traceback_later(LONGEST_CLOCK_S, exit=True)
            outcome, finding = _read(path, case)
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
            peak = peak_bytes()
            if peak > MOST_BYTES:
                finding = finding or ("memory", f"{peak // 1_000_000} MB")
            cpu_s = time.process_time() - started_s
            _say(case=case, outcome=outcome, finding=finding, peak_bytes=peak, cpu_s=cpu_s)
            room -= finding is not None
            if peak > MOST_BYTES or not room or case - first + 1 >= _FILES_A_PROCESS:
                return


def _say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _read(path: Path, case: int) -> tuple[str, tuple[str, str] | None]:
    try:
        if case % _PREVIEW_EVERY == 0:
            with suppress(UnreadableFileError):
                preview_table(path)
        file = read_statement(path)
    except KnownError as error:
        if not isinstance(error, UnreadableFileError):
            return "failed", ("exception", f"not an UnreadableFileError: {error!r}")
        if "\n" in error.message or path.name not in error.message:
            return "refused", ("sentence", error.message)
        return "refused", None
    except BaseException:
        return "failed", ("exception", traceback.format_exc()[-3000:])
    flaw = malformed(file)
    return "read", ("malformed", flaw) if flaw else None


def malformed(file: StatementFile) -> str:
    """Return what is wrong with the form of a file that was read, or ""."""
    try:
        json.dumps(to_json_document(file), ensure_ascii=False).encode("utf-8")
        pickle.dumps(file)
    except (ValueError, TypeError, AttributeError) as error:
        return f"cannot be printed: {error!r}"
    for problem in file.problems:
        if not problem.message or "\n" in problem.message:
            return f"problem {problem.message!r}"
    for statement in file.statements:
        if not re.fullmatch(r"[A-Z]{3}", statement.currency):
            return f"currency {statement.currency!r}"
        for amount in (statement.opening_balance_minor, statement.closing_balance_minor):
            if not (amount is None or _is_amount(amount)):
                return f"balance {amount!r}"
        for day in (statement.period_start, statement.period_end):
            if not (day is None or _is_day(day)):
                return f"period {day!r}"
        for line in statement.lines:
            if (
                not _is_day(line.date)
                or not (line.value_date is None or _is_day(line.value_date))
                or not _is_amount(line.amount_minor)
                or not (line.balance_minor is None or _is_amount(line.balance_minor))
                or not (_is_amount(line.fee_minor) and line.fee_minor >= 0)
                or type(line.line) is not int
                or not re.fullmatch(r"[A-Z]{3}", line.currency)
            ):
                return f"line {line!r}"[:500]
    return ""


def _is_amount(amount: object) -> bool:
    return type(amount) is int and -MAX_MINOR <= amount <= MAX_MINOR


def _is_day(day: object) -> bool:
    return type(day) is dt.date


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0], *(int(word) for word in words[1:5]), planted=words[5])
