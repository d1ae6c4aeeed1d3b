"""A PDF whose table has no header: its columns are where no word of any row stands."""

from __future__ import annotations

from collections.abc import Sequence

from core.statements.pdf.words import Line, joined

_GAP = 3
MIN_ROWS = 3


def table_without_header(lines: Sequence[Line]) -> list[list[str]]:
    """Return rows that all have a date and an amount as cells; none where they are too few."""
    if len(lines) < MIN_ROWS:
        return []
    width = int(max(word.right for line in lines for word in line.words)) + 2
    covered = [False] * width
    for line in lines:
        for word in line.words:
            for at in range(max(0, int(word.left)), int(word.right) + 1):
                covered[at] = True
    cuts: list[int] = []
    free = 0
    for at, taken in enumerate(covered):
        if not taken:
            free += 1
            continue
        if free >= _GAP:
            cuts.append(at)
        free = 0
    return [_cells(line, cuts) for line in lines]


def _cells(line: Line, cuts: Sequence[int]) -> list[str]:
    cells = [
        joined(word for word in line.words if start <= word.left < end)
        for start, end in zip([-1, *cuts], [*cuts, 10_000], strict=True)
    ]
    return cells[1:] if not cells[0] else cells
