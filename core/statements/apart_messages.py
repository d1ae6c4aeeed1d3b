"""What the program and the process that reads a file for it say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import KnownError
from core.statements.profile import ColumnProfile
from core.statements.sources import RawTable
from core.statements.statement import StatementFile


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may cost; a busy machine gives less than one CPU, so the clock has slack."""

    cpu_s: float = 60.0
    clock_s: float = 120.0
    memory_bytes: int = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """One file to read whole, or only to preview as a table."""

    path: Path
    profile: ColumnProfile | None
    currency: str
    is_preview: bool
    limits: Limits


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done of how much."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read."""

    result: StatementFile | RawTable


@dataclass(frozen=True, slots=True)
class Refusal:
    """The file is refused, in the reader's own words."""

    error: KnownError


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """The reading met its limit of memory."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The reader has a mistake: what it raised, as text."""

    trace: str


Message = Progress | Outcome | Refusal | OutOfMemory | Failure
