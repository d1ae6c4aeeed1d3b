"""What an import of payments tells: what was new, what was known, and what was refused and why."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row of an import that was not taken in: where it stands and why."""

    position: int
    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import of payments did: how many were new and known, and each refused row."""

    file_name: str
    new: int
    known: int
    refused: tuple[ImportedRow, ...] = field(default=())
