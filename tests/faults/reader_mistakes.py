"""Mistakes that a reader might have, to be planted: the mutation run must find each of them.

Each shows only on a file that no sound sample resembles.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace

from core.statements.profile import ColumnProfile
from core.statements.sources import Source
from core.statements.statement import StatementFile
from core.statements.tables.csv_reader import CsvReader

_kept: list[bytes] = []


def _raise_on_a_rare_byte(source: Source, file: StatementFile) -> StatementFile:
    if b"9999999999" in source.content:
        raise ValueError("day is out of range for month")
    return file


def _loop_for_ever(source: Source, file: StatementFile) -> StatementFile:
    while source.content.count(b"\x85"):
        pass
    return file


def _wait_for_ever(source: Source, file: StatementFile) -> StatementFile:
    while source.content.count(b"NaN"):
        time.sleep(1)
    return file


def _swallow_memory(source: Source, file: StatementFile) -> StatementFile:
    if len(source.content) > 50_000:
        _kept.append(b"x" * 250_000_000)
    return file


def _abort(source: Source, file: StatementFile) -> StatementFile:
    if len(file.lines) > 50:
        os.abort()
    return file


def _return_a_float(source: Source, file: StatementFile) -> StatementFile:
    if b"16," not in source.content:
        return file
    statement = file.statements[0]
    lines = tuple(line._replace(amount_minor=line.amount_minor * 1.0) for line in statement.lines)
    return replace(file, statements=(replace(statement, lines=lines),))


MISTAKES: dict[str, Callable[[Source, StatementFile], StatementFile]] = {
    "raise": _raise_on_a_rare_byte,
    "loop": _loop_for_ever,
    "wait": _wait_for_ever,
    "memory": _swallow_memory,
    "abort": _abort,
    "float": _return_a_float,
}


def plant(name: str) -> None:
    """Let the CSV reader make a mistake, in this process only; none for an empty name."""
    if not name:
        return
    sound = CsvReader.read

    def read(
        self: CsvReader, source: Source, profile: ColumnProfile | None, currency: str
    ) -> StatementFile:
        return MISTAKES[name](source, sound(self, source, profile, currency))

    CsvReader.read = read  # type: ignore[method-assign]
