"""Words and lines that are dates and amounts, told by their look alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from core.statements.amounts import currency_named, exact, written_amount
from core.statements.pdf.words import Line, Word

_DATE_WORD = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b.*|\d{1,2}[ -]?[^\W\d_]{3,9}\.?[ -]?\d{2,4}.*"
)
_DAY, _MONTH = re.compile(r"\d{1,2}(?:st|nd|rd|th)?"), re.compile(r"[^\W\d_]{3,9}[.,]?")
_MONEY_WORD = re.compile(r"[-+(]?[A-Za-z]{0,3}[-+]?\d[\d.,' ]*[A-Za-z)+-]{0,3}")
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


def _is_day_of_month(first: Word, second: Word) -> bool:
    return _DAY.fullmatch(first.text) is not None and _MONTH.fullmatch(second.text) is not None
