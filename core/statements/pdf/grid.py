"""The columns of a table on its pages: where one ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.statements.amounts import currency_named
from core.statements.pdf.coverage import Alignment, Coverage
from core.statements.pdf.figures import is_date, is_money
from core.statements.pdf.headers import Header
from core.statements.pdf.words import Line, Word, phrases_of
from core.statements.profile import Role

_MONEY = (Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.BALANCE, Role.FEE)
_DATES = (Role.DATE, Role.TRADE_DATE, Role.VALUE_DATE)
_TOLERANCE = 1.0
_SIGNS = frozenset("-+(")


class Grid:
    """Where the columns of one table lie.

    Lines drawn between the columns decide. Without them amounts tell by the edge at which they
    align, and texts by the stretch that the fewest words cross; more rows make it surer.
    """

    def __init__(self, header: Header) -> None:
        self.header = header
        layout = header.layout
        self.money = frozenset(i for role in _MONEY for i in layout.indices(role))
        self.dates = frozenset(i for role in _DATES for i in layout.indices(role))
        self.boundaries: tuple[float, ...] = header.edges[1:-1]
        self._currencies = frozenset(layout.indices(Role.CURRENCY))
        self._coverage = Coverage()
        self._alignments = {column: Alignment() for column in self.money}

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
            for phrase in phrases_of(line.words):
                for part in self._parts(phrase):
                    self._coverage.add(part[0].left, part[-1].right)
            for word in line.words:
                column = self._below(word)
                if column in self._alignments and is_money(word.text):
                    self._alignments[column].add(word.left, word.right)
        self.boundaries = tuple(self._boundary(column) for column in range(self.width - 1))

    def cells(self, line: Line) -> list[list[Word]]:
        """Return the words of a line by column."""
        cells: list[list[Word]] = [[] for _ in range(self.width)]
        words = [piece for word in line.words for piece in self._cut(word)]
        texts: dict[int, int] = {}
        for phrase in phrases_of(words):
            before: int | None = None
            for number, word in enumerate(phrase):
                column = self._column(word)
                text_before = texts.get(word.drawn, before)
                if column not in self._currencies and _leads(word) and number + 1 < len(phrase):
                    column = self._column(phrase[number + 1])
                elif text_before is not None and self._strays(word, column):
                    column = text_before
                cells[column].append(word)
                before = None if column in self.money else column
                if word.drawn and before is not None:
                    texts[word.drawn] = before
        return cells

    def _parts(self, phrase: Sequence[Word]) -> Iterator[Sequence[Word]]:
        """Part a phrase where a word begins right below the name of another column.

        A text that fills its column ends no more than a space before the next one begins.
        """
        first = 0
        for number, word in enumerate(phrase[1:], start=1):
            if any(abs(word.left - left) < _TOLERANCE for left, _ in self.header.extents):
                yield phrase[first:number]
                first = number
        yield phrase[first:]

    def _below(self, word: Word) -> int:
        """Return the last column whose name begins before a word ends."""
        starts = (left for left, _ in self.header.extents)
        return sum(start < word.right - _TOLERANCE for start in starts) - 1

    def _column(self, word: Word) -> int:
        """Amounts stand at the right end of their column, texts at the left."""
        at_left = sum(word.left + _TOLERANCE >= boundary for boundary in self.boundaries)
        if not is_money(word.text):
            return at_left
        for column, alignment in self._alignments.items():
            if alignment.holds(word.right):
                return column
        at_right = sum(word.right - _TOLERANCE >= boundary for boundary in self.boundaries)
        return at_right if at_right in self.money else at_left

    def _strays(self, word: Word, column: int) -> bool:
        """Tell a word that goes on from the text to its left into a column of amounts."""
        if column not in self.money:
            return False
        alignment = self._alignments[column]
        return not is_money(word.text) or (
            alignment.right is not None and not alignment.holds(word.right)
        )

    def _cut(self, word: Word) -> list[Word]:
        """Cut a word where two cells were drawn so near that they became one."""
        for boundary in self.boundaries:
            if not word.left + 2 * _TOLERANCE < boundary < word.right - 2 * _TOLERANCE:
                continue
            if is_money(word.text) and self._column(word) in self.money:
                continue
            near = [
                i for i in range(1, len(word.text)) if abs(word.edges[i] - boundary) < word.height
            ]
            for cut in sorted(near, key=lambda i, at=boundary: abs(word.edges[i] - at)):  # type: ignore[misc]
                head, tail = word.split_at(cut)
                if self._may_part(head, tail):
                    return [*self._cut(head), *self._cut(tail)]
        return [word]

    def _may_part(self, head: Word, tail: Word) -> bool:
        left = self._column(head)
        right = sum(tail.right - _TOLERANCE >= boundary for boundary in self.boundaries)
        if left == right:
            return False
        if right in self.money:
            return is_money(tail.text) and (left not in self.money or is_money(head.text))
        return left in self.dates and is_date(head.text)

    def _boundary(self, column: int) -> float:
        """Return where a column ends and the one after it begins."""
        before, after = self.header.extents[column], self.header.extents[column + 1]
        start, end = sum(before) / 2, sum(after) / 2
        own, next_one = self._alignments.get(column), self._alignments.get(column + 1)
        if own is not None and own.right is not None:
            start = max(start, own.right)
        if next_one is not None and next_one.left is not None and next_one.left > before[0]:
            if own is None:
                return next_one.left - _TOLERANCE
            end = next_one.left
        if start >= end:
            return (start + end) / 2
        return self._coverage.freest(start, end, nearest=column in self.dates)


def _leads(word: Word) -> bool:
    """Tell a sign or a currency that is drawn before its amount."""
    return word.text in _SIGNS or bool(currency_named(word.text))
