"""Words and lines that are dates and amounts, told by their look alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from core.statements.amounts import currency_named, exact, written_amount
from core.statements.pdf.words import Line, Word, lines_of

_DATE_WORD = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b.*|\d{1,2}[ -]?[^\W\d_]{3,9}\.?[ -]?\d{2,4}.*"
)
_DAY, _MONTH = re.compile(r"\d{1,2}(?:st|nd|rd|th)?"), re.compile(r"[^\W\d_]{3,9}[.,]?")
_MONEY_WORD = re.compile(r"[-+(]?[A-Za-z]{0,3}[-+]?\d[\d.,' ]*[A-Za-z)+-]{0,3}")
_DASHES = re.compile(r"[-=_.*~–—]{3,}")
_FIRST_GROUPS = re.compile(r"[-+(]?\d{1,3}(?: \d{3})*")
_NEXT_GROUP = re.compile(r"\d{3}(?:[.,]\d{1,3})?[-+)A-Za-z]{0,3}")
_SPACE_INSIDE, _SPACE_BETWEEN = 0.62, 0.35
"""How wide a space is at most, in letter heights: in one piece of text, and between two."""
_GROUPED = re.compile(r"\d[.,]\d")


@lru_cache(maxsize=8192)
def is_money(text: str) -> bool:
    """Tell a word that can be an amount: its digits are grouped as amounts are."""
    if not _MONEY_WORD.fullmatch(text) or (written := written_amount(text)) is None:
        return False
    return any(exact(written, mark) is not None for mark in ".,")


def is_sum(text: str) -> bool:
    """Tell an amount that no other number looks like: it has groups or decimals."""
    return is_money(text) and _GROUPED.search(text) is not None


def is_date(text: str) -> bool:
    """Tell a word that is a whole date."""
    return _DATE_WORD.fullmatch(text) is not None


def begins_with_date(words: Sequence[Word]) -> bool:
    """Tell words of which the first, or the first two, are a date."""
    if not words:
        return False
    return is_date(words[0].text) or (len(words) > 1 and _is_day_of_month(words[0], words[1]))


def is_row_like(line: Line) -> bool:
    """Tell a line that has a date and an amount in it."""
    words = line.words
    dated = any(is_date(word.text) for word in words) or any(
        _is_day_of_month(a, b) for a, b in pairwise(words)
    )
    return dated and any(is_money(word.text) for word in words)


def is_row_part(line: Line) -> bool:
    """Tell a line that has a date or a sum in it."""
    return any(is_date(word.text) or is_sum(word.text) for word in line.words)


def looks_booked(line: Line) -> bool:
    """Tell a line that must be a row of some table: a date comes first, a sum later."""
    words = line.words
    dated = any(begins_with_date(words[at:]) for at in range(min(2, len(words))))
    return dated and any(is_sum(word.text) for word in words[1:])


def unfused(word: Word) -> list[Word]:
    """Part an amount from what was drawn right before it: a currency, or the cell beside it."""
    whole = is_money(word.text)
    for seam in word.seams:
        if currency_named(word.text[:seam]) or (not whole and is_sum(word.text[seam:])):
            return list(word.split_at(seam))
    return [word]


def readable(words: Sequence[Word]) -> list[Line]:
    """Return the lines that words make, without drawn dashes, and with each amount one word."""
    kept = [piece for word in words if not _DASHES.fullmatch(word.text) for piece in unfused(word)]
    return [line._replace(words=_grouped(line.words)) for line in lines_of(kept)]


def _grouped(words: Sequence[Word]) -> tuple[Word, ...]:
    """Put the groups of an amount such as "1 250 000" together."""
    found: list[Word] = []
    for word in words:
        before = found[-1] if found else None
        if (
            before is not None
            and _NEXT_GROUP.fullmatch(word.text)
            and _FIRST_GROUPS.fullmatch(before.text)
            and _is_a_space(before, word)
        ):
            found[-1] = _together(before, word)
        else:
            found.append(word)
    return tuple(found)


def _is_a_space(before: Word, word: Word) -> bool:
    gap = word.left - before.right
    same = word.drawn == before.drawn != 0
    return 0 < gap < (_SPACE_INSIDE if same else _SPACE_BETWEEN) * word.height


def _together(before: Word, word: Word) -> Word:
    return before._replace(
        text=f"{before.text} {word.text}",
        right=word.right,
        top=min(before.top, word.top),
        bottom=max(before.bottom, word.bottom),
        edges=(*before.edges, before.right, *word.edges),
        seams=(),
    )


def _is_day_of_month(first: Word, second: Word) -> bool:
    return _DAY.fullmatch(first.text) is not None and _MONTH.fullmatch(second.text) is not None
