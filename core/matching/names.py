"""Payers' names: order, case, accents, initials and one slip of the pen do not matter."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import lru_cache

from core.matching.identifiers import one_slip_apart

_WORD = re.compile(r"[A-Z]+")
_NOT_NAMES = frozenset(
    ("FROM", "TO", "MR", "MRS", "MS", "MME", "DR", "PAYMENT", "RECEIVED", "MOMO", "PAY", "LTD")
)
MIN_FOR_SLIP = 5

MIN_WORDS = 2
"""A name of fewer words is nobody's: the text is read instead of such a counterparty."""


class Agreement(Enum):
    """What the names on both sides say about each other."""

    AGREES = "agrees"
    UNKNOWN = "unknown"
    DIFFERS = "differs"


def name_words(text: str) -> tuple[str, ...]:
    """Return a name's words in capitals without accents, in their order."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(word for word in _WORD.findall(text.upper()) if word not in _NOT_NAMES)


def compare(
    customer: tuple[str, ...],
    counterparty: tuple[str, ...],
    text: frozenset[str] = frozenset(),
    cut: tuple[str, ...] = (),
) -> Agreement:
    """Compare a customer's name with the line's counterparty, or where it has none, its text.

    Two words must agree, at least one of them in full; one common word alone is no evidence for
    or against, because first names are shared by thousands.
    """
    if len(counterparty) >= MIN_WORDS:
        return compare_names(customer, counterparty)
    if len(customer) < MIN_WORDS:
        return Agreement.UNKNOWN
    full = [word for word in customer if len(word) > 1]
    if len(full) >= MIN_WORDS and text.issuperset(full):
        return Agreement.AGREES
    return Agreement.AGREES if _breaks_off(full, cut) else Agreement.UNKNOWN


@lru_cache(maxsize=100_000)
def compare_names(customer: tuple[str, ...], counterparty: tuple[str, ...]) -> Agreement:
    """Compare a customer's name with a counterparty of at least ``MIN_WORDS`` words."""
    if len(customer) < MIN_WORDS:
        return Agreement.UNKNOWN
    agreed = _agreeing(customer, counterparty)
    if agreed >= min(len(customer), len(counterparty)):
        return Agreement.AGREES
    return Agreement.UNKNOWN if agreed else Agreement.DIFFERS


def name_key(words: tuple[str, ...]) -> str:
    """Return a full name in whatever order of its words; "" for a single word."""
    return " ".join(sorted(words)) if len(words) > 1 else ""


def _breaks_off(name: list[str], words: tuple[str, ...]) -> bool:
    """Tell whether words end in a name, in its order, of which at most the last word is lost."""
    for number in range(len(name), max(1, len(name) - 2), -1):
        shown = words[-number:]
        if len(shown) == number and shown[:-1] == tuple(name[: number - 1]):
            return name[number - 1].startswith(shown[-1])
    return False


def _agreeing(customer: tuple[str, ...], counterparty: tuple[str, ...]) -> int:
    """Return how many words of the two names agree, 0 unless one agrees in full."""
    ours, theirs = list(customer), list(counterparty)
    agreed = 0
    for same in (_equal, is_one_slip, _initial):
        for word in tuple(ours):
            partner = next((other for other in theirs if same(word, other)), None)
            if partner is not None and (agreed or same is not _initial):
                ours.remove(word)
                theirs.remove(partner)
                agreed += 1
    return agreed


def _equal(left: str, right: str) -> bool:
    return left == right and len(left) > 1


def is_one_slip(left: str, right: str) -> bool:
    """Tell whether two words of names differ by one letter, where they are long enough for it."""
    return min(len(left), len(right)) >= MIN_FOR_SLIP and one_slip_apart(left, right)


def _initial(left: str, right: str) -> bool:
    return left[0] == right[0] and min(len(left), len(right)) == 1
