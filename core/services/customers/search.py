"""Finding customers by parts of names and by telephone numbers in any form."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from core.model.customers import Customer, folded

_COUNTRY = "250"


def search_conditions(search: str) -> list[ColumnElement[bool]]:
    """Return the conditions of customers in whose name, telephone, e-mail or TIN all words are."""
    return [
        Customer.search_text.contains(word, autoescape=True) for word in words_of(search) if word
    ]


def found_as_survivor(search: str) -> list[ColumnElement[bool]]:
    """Return the conditions of customers found by their own words, or those of one merged in."""
    own = search_conditions(search)
    if not own:
        return []
    other = aliased(Customer)
    theirs = [other.search_text.contains(w, autoescape=True) for w in words_of(search) if w]
    merged = select(other.merged_into_id).where(other.merged_into_id.is_not(None), *theirs)
    return [or_(and_(*own), Customer.id.in_(merged))]


def words_of(search: str) -> list[str]:
    """Return what to look for: small letters without accents, numbers as the books hold them.

    0788 123 456, +250788123456 and (0788) 123-456 are the same number there.
    """
    joined = re.sub(r"(?<=\d)[\s().-]+(?=\d)", "", search.strip())
    return [_as_kept(folded(word)) for word in joined.split()]


def _as_kept(word: str) -> str:
    digits = word.strip("()+-.")
    if not digits.isdigit():
        return word
    if len(digits) > 3:
        digits = digits.removeprefix(_COUNTRY)
        return digits.removeprefix("0")
    return digits
