"""Words of a page with their places, put together from single characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_TOUCHING = 0.15
"""A gap below this share of the letters' height is none; a space is about twice as wide."""
_OVERLAP = 0.05
_SAME_BASELINE = 0.3
_SAME_LINE = 0.4
_SAME_PHRASE = 0.62
"""Two words of one phrase are a space apart; columns stand further from each other."""


class Glyph(NamedTuple):
    """One character and its box, from the page's upper left corner, in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    drawn: int = 0
    """The piece of text it was drawn with: mostly one for each cell."""


class Word(NamedTuple):
    """Characters that were drawn one after the other without a gap.

    ``edges`` are the left edges of its characters, ``seams`` those where another piece of text
    begins, ``drawn`` the piece it begins with. ``spaced`` tells that a space was drawn before it.
    Two cells that lie over each other stay two words: the order of drawing counts, not the place
    alone.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    edges: tuple[float, ...]
    spaced: bool = False
    seams: tuple[int, ...] = ()
    drawn: int = 0

    @property
    def height(self) -> float:
        """Return the height of its letters with their room."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Return where it stands on the page, from above."""
        return (self.top + self.bottom) / 2

    def split_at(self, index: int) -> tuple[Word, Word]:
        """Return the word as two, cut before a character."""
        cut = self.edges[index]
        head = self._replace(
            text=self.text[:index],
            right=cut,
            edges=self.edges[:index],
            seams=tuple(seam for seam in self.seams if seam < index),
        )
        tail = self._replace(
            text=self.text[index:],
            left=cut,
            edges=self.edges[index:],
            spaced=False,
            drawn=0,
            seams=tuple(seam - index for seam in self.seams if seam > index),
        )
        return head, tail


class Line(NamedTuple):
    """The words that stand side by side, from left to right."""

    words: tuple[Word, ...]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Return where the line stands on the page, from above."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """Return the height of its tallest word."""
        return self.bottom - self.top

    @property
    def text(self) -> str:
        """Return the words as one text."""
        return joined(self.words)


def words_of(glyphs: Iterable[Glyph]) -> list[Word]:
    """Return the words that glyphs make, in the order in which they were drawn."""
    words: list[Word] = []
    current: list[Glyph] = []
    spaced = spaced_before = False
    for glyph in glyphs:
        if glyph.text.isspace():
            spaced = True
            if current:
                words.append(_word(current, spaced=spaced_before))
                current = []
            continue
        if current and _is_apart(current[-1], glyph):
            words.append(_word(current, spaced=spaced_before))
            current = []
        if not current:
            spaced_before, spaced = spaced, False
        current.append(glyph)
    if current:
        words.append(_word(current, spaced=spaced_before))
    return words


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Return the lines of a page from above, each from left to right."""
    lines: list[Line] = []
    current: list[Word] = []
    for word in sorted(words, key=lambda word: word.middle):
        if current:
            reach = _SAME_LINE * min(word.height, current[0].height)
            if word.middle - current[0].middle > reach:
                lines.append(_line(current))
                current = []
        current.append(word)
    if current:
        lines.append(_line(current))
    return lines


def phrases_of(words: Sequence[Word]) -> list[list[Word]]:
    """Split the words of a line where the gap is wider than a space."""
    phrases: list[list[Word]] = []
    for word in words:
        before = phrases[-1][-1] if phrases else None
        if before is None or word.left - before.right > _SAME_PHRASE * min(
            word.height, before.height
        ):
            phrases.append([word])
        else:
            phrases[-1].append(word)
    return phrases


def joined(words: Iterable[Word]) -> str:
    """Return words of one line as text; what touches is one word, unless a space was drawn."""
    parts: list[str] = []
    before: Word | None = None
    for word in words:
        if before is not None:
            gap = word.left - before.right
            reach = _TOUCHING * min(word.height, before.height)
            parts.append("" if not word.spaced and -2 * reach < gap < reach else " ")
        parts.append(word.text)
        before = word
    return "".join(parts)


def _is_apart(before: Glyph, glyph: Glyph) -> bool:
    height = min(before.bottom - before.top, glyph.bottom - glyph.top)
    if abs(glyph.bottom - before.bottom) > _SAME_BASELINE * height:
        return True
    gap = glyph.left - before.right
    if before.left == glyph.left:  # the letters of a ligature share one box
        return False
    return gap > _TOUCHING * height or gap < -_OVERLAP * height


def _word(glyphs: Sequence[Glyph], *, spaced: bool) -> Word:
    return Word(
        "".join(glyph.text for glyph in glyphs),
        glyphs[0].left,
        max(glyph.right for glyph in glyphs),
        min(glyph.top for glyph in glyphs),
        max(glyph.bottom for glyph in glyphs),
        tuple(glyph.left for glyph in glyphs),
        spaced,
        tuple(n for n, (a, b) in enumerate(pairwise(glyphs), start=1) if a.drawn != b.drawn),
        glyphs[0].drawn,
    )


def _line(words: list[Word]) -> Line:
    words.sort(key=lambda word: word.left)
    return Line(tuple(words), min(w.top for w in words), max(w.bottom for w in words))
