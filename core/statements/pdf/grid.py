"""The columns of a table on its pages: where one ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from core.statements.amounts import exact, written_amount
from core.statements.pdf.headers import Header
from core.statements.pdf.words import Line, Word
from core.statements.profile import Role

_DATE_WORD = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b.*|\d{1,2}[ -]?[^\W\d_]{3,9}\.?[ -]?\d{2,4}.*"
)
_DAY, _MONTH = re.compile(r"\d{1,2}(?:st|nd|rd|th)?"), re.compile(r"[^\W\d_]{3,9}[.,]?")
_MONEY_WORD = re.compile(r"[-+(]?[A-Za-z]{0,3}[-+]?\d[\d.,' ]*[A-Za-z)+-]{0,3}")
_MONEY = (Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.BALANCE, Role.FEE)
_GROUPED = re.compile(r"\d[.,]\d")
_TOLERANCE = 1.0
_SEAM_REACH = 4.0


@lru_cache(maxsize=8192)
def is_money(text: str) -> bool:
    """Tell a word that can be an amount: its digits are grouped as amounts are."""
    if not _MONEY_WORD.fullmatch(text) or (written := written_amount(text)) is None:
        return False
    return any(exact(written, mark) is not None for mark in ".,")


def is_dated(line: Line) -> bool:
    """Tell a line that has a date in it: one word, or a day and the name of a month."""
    words = line.words
    return any(_DATE_WORD.fullmatch(word.text) for word in words) or any(
        _DAY.fullmatch(a.text) and _MONTH.fullmatch(b.text) for a, b in pairwise(words)
    )


def begins_with_date(words: Sequence[Word]) -> bool:
    """Tell words of which the first, or the first two, are a date."""
    if not words:
        return False
    return _DATE_WORD.fullmatch(words[0].text) is not None or (
        len(words) > 1
        and _DAY.fullmatch(words[0].text) is not None
        and _MONTH.fullmatch(words[1].text) is not None
    )


def is_row_like(line: Line) -> bool:
    """Tell a line that has a date and an amount in it."""
    return is_dated(line) and any(is_money(word.text) for word in line.words)


def looks_booked(line: Line) -> bool:
    """Tell a line that must be a row of some table: a date comes first, a written-out sum later."""
    words = line.words
    dated = any(begins_with_date(words[at:]) for at in range(min(2, len(words))))
    return dated and any(is_money(w.text) and _GROUPED.search(w.text) for w in words[1:])


class Grid:
    """Where the columns of one table lie.

    Lines drawn between the columns decide. Without them the boundary between two names lies
    where the fewest words of the rows so far are cut by it; more rows make it surer.
    """

    def __init__(self, header: Header) -> None:
        self.header = header
        layout = header.layout
        self.money = frozenset(i for role in _MONEY for i in layout.indices(role))
        self.dates = frozenset(
            i
            for role in (Role.DATE, Role.TRADE_DATE, Role.VALUE_DATE)
            for i in layout.indices(role)
        )
        self._covered: list[int] = []
        self.boundaries: tuple[float, ...] = header.edges[1:-1]

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.header.names)

    @property
    def left(self) -> float:
        """Return where the table begins."""
        return self.header.edges[0] if self.header.edges else self.header.extents[0][0]

    @property
    def right(self) -> float:
        """Return where the table ends."""
        return self.header.edges[-1] if self.header.edges else self.header.extents[-1][1]

    def learn(self, lines: Sequence[Line]) -> None:
        """Take the rows of one more page into account."""
        if self.header.edges:
            return
        for line in lines:
            for word in line.words:
                self._cover(word.left, word.right)
        pairs = zip(self.header.extents, self.header.extents[1:], strict=False)
        self.boundaries = tuple(self._boundary(left, right) for left, right in pairs)

    def cells(self, line: Line) -> list[list[Word]]:
        """Return the words of a line by column."""
        cells: list[list[Word]] = [[] for _ in range(self.width)]
        for word in line.words:
            for piece in self._pieces(word):
                cells[self._column(piece)].append(piece)
        return cells

    def _column(self, word: Word) -> int:
        """Amounts stand at the right end of their column, texts at the left."""
        ends = is_money(word.text)
        at = word.right - _TOLERANCE if ends else word.left + _TOLERANCE
        column = sum(at >= boundary for boundary in self.boundaries)
        if ends and column not in self.money:
            column = sum(word.left + _TOLERANCE >= boundary for boundary in self.boundaries)
        return column

    def _pieces(self, word: Word) -> list[Word]:
        """Cut a word where two cells were drawn so near that they became one."""
        for boundary in self.boundaries:
            if not word.left + 2 * _TOLERANCE < boundary < word.right - 2 * _TOLERANCE:
                continue
            if is_money(word.text) and self._column(word) in self.money:
                continue
            for cut in self._cuts(word, boundary):
                head, tail = word.split_at(cut)
                if self._may_part(head, tail):
                    return [*self._pieces(head), *self._pieces(tail)]
        return [word]

    def _cuts(self, word: Word, boundary: float) -> list[int]:
        """Return where a word may be cut: at a seam of the drawing, else near the boundary."""
        reach = dict.fromkeys(word.seams, _SEAM_REACH * word.height)
        near = [
            i
            for i in range(1, len(word.text))
            if abs(word.edges[i] - boundary) < reach.get(i, word.height)
        ]
        drawn_singly = len(word.seams) == len(word.text) - 1
        return sorted(
            near,
            key=lambda i: (i not in reach and not drawn_singly, abs(word.edges[i] - boundary)),
        )

    def _may_part(self, head: Word, tail: Word) -> bool:
        left = self._column(head)
        right = sum(tail.right - _TOLERANCE >= boundary for boundary in self.boundaries)
        if left == right:
            return False
        if right in self.money:
            return is_money(tail.text) and (left not in self.money or is_money(head.text))
        return left in self.dates and _DATE_WORD.fullmatch(head.text) is not None

    def _cover(self, left: float, right: float) -> None:
        first, last = max(0, int(left)), max(0, int(right))
        if last >= len(self._covered):
            self._covered.extend([0] * (last + 1 - len(self._covered)))
        for at in range(first, last + 1):
            self._covered[at] += 1

    def _boundary(self, before: tuple[float, float], after: tuple[float, float]) -> float:
        """Return the middle of the widest least covered stretch between two names' middles."""
        first, last = max(0, int(sum(before) / 2)), max(0, int(sum(after) / 2))
        covered = [
            self._covered[at] if at < len(self._covered) else 0 for at in range(first, last + 1)
        ]
        if not covered:
            return (before[1] + after[0]) / 2
        least = min(covered)
        best = (0, 0)
        start: int | None = None
        for offset, count in enumerate([*covered, least + 1]):
            if count == least and start is None:
                start = offset
            elif count != least and start is not None:
                if offset - start >= best[1] - best[0]:
                    best = start, offset
                start = None
        return first + (best[0] + best[1]) / 2
