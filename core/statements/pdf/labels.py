"""The lines around a table: "Label : value" pairs in one cell, side by side, or stacked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from core.statements.pdf.words import Line, Word, joined, phrases_of
from core.statements.profile import plain
from core.statements.tables.words import ACCOUNT_LABEL, CLOSING, CURRENCY_LABEL, OPENING

MAX_LINES = 50
"""A header is looked for in the first 60 rows of a table."""
_TOTAL = re.compile(r"^(?:total|sum of|somme|totaux)\b")
_NEXT_LINE = 2.6
_COLON = re.compile(r"(?<=\S)\s*:\s+(?=\S)")
_PAGE_NUMBER = re.compile(r"\d+")


def label_rows(lines: Sequence[Line]) -> list[list[str]]:
    """Return the lines above a table as rows of cells, at most ``MAX_LINES``."""
    phrases = [phrases_of(line.words) for line in lines]
    rows = [_cells(found) for found in phrases]
    rows += [pair for above, below in pairwise(zip(lines, phrases, strict=True))
             for pair in _stacked(*above, *below)]  # fmt: skip
    if len(rows) > MAX_LINES:
        rows = [row for row in rows if any(":" in cell for cell in row) or len(row) > 1]
    half = MAX_LINES // 2
    return rows if len(rows) <= MAX_LINES else [*rows[:half], *rows[-half:]]


def masked(line: Line) -> str:
    """Return a line's text without its numbers, to know it again on the next page."""
    return _PAGE_NUMBER.sub("#", line.text)


def _cells(phrases: Sequence[Sequence[Word]]) -> list[str]:
    """Return the phrases of a line as cells; a colon that stands alone joins its neighbours."""
    cells: list[str] = []
    for phrase in phrases:
        text = joined(phrase)
        if cells and (text.startswith(":") or cells[-1].endswith(":")):
            cells[-1] = f"{cells[-1]} {text}"
        else:
            cells.append(text)
    return [part for cell in cells for part in _single(cell)]


def _single(cell: str) -> list[str]:
    """Split "Account No : 0004 Currency : RWF" where a known label begins."""
    colons = list(_COLON.finditer(cell))
    if len(colons) < 2:
        return [cell]
    start = 0
    parts: list[str] = []
    for before, colon in pairwise(colons):
        words = list(re.finditer(r"\S+", cell[before.end() : colon.start()]))
        for word in words[1:]:
            at = before.end() + word.start()
            if is_label(cell[at : colon.start()]):
                parts.append(cell[start:at].strip())
                start = at
                break
    return [*parts, cell[start:]]


def is_label(text: str) -> bool:
    """Tell a text that names an account, a currency, a balance or a total."""
    name = plain(text)
    return any(pattern.search(name) for pattern in (ACCOUNT_LABEL, CURRENCY_LABEL, _TOTAL)) or any(
        pattern.fullmatch(name) for pattern in (OPENING, CLOSING)
    )


def _stacked(
    line: Line, phrases: Sequence[Sequence[Word]], below: Line, values: Sequence[Sequence[Word]]
) -> list[list[str]]:
    """Return label and value where the value stands below its label."""
    if below.middle - line.middle > _NEXT_LINE * line.height:
        return []
    rows: list[list[str]] = []
    for phrase in phrases:
        label = joined(phrase)
        if ":" in label.rstrip(": ") or not is_label(label):
            continue
        left, right = phrase[0].left, phrase[-1].right
        under = [v for v in values if v[0].left < right and left < v[-1].right]
        if len(under) == 1 and any(c.isdigit() for c in joined(under[0])):
            rows.append([label, joined(under[0])])
    return rows
