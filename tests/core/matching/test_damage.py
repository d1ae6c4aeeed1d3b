from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.matching.books import Books
from core.matching.damage import near_hits
from core.matching.finding import line_facts
from core.matching.identifiers import one_slip_apart
from core.matching.records import OpenLine, OpenPayment, PaymentColumns

DAY = date(2026, 3, 2)
WORDS = st.text("01A", min_size=1, max_size=6)


def every_slip_of(word: str) -> set[str]:
    """Return all words one slip away, by trying every slip."""
    made = set()
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        made |= {head + letter + tail for letter in "01A"}
        if tail:
            made |= {head + tail[1:]} | {head + letter + tail[1:] for letter in "01A"}
        if len(tail) > 1:
            made.add(head + tail[1] + tail[0] + tail[2:])
    return made - {word}


@given(left=WORDS, right=WORDS)
def test_one_slip_is_one_letter_wrong_missing_added_or_two_swapped(left: str, right: str):
    assert one_slip_apart(left, right) == (right in every_slip_of(left))


WHOLE = "INV01230"


def moved(places: tuple[int, int, str]) -> str:
    """Return the reference with one character taken out and another put in elsewhere."""
    out, into, letter = places
    shorter = WHOLE[:out] + WHOLE[out + 1 :]
    return shorter[:into] + letter + shorter[into:]


@given(
    seen=st.one_of(
        st.text("0123", min_size=4, max_size=6).map("INV".__add__),
        st.tuples(st.integers(3, 7), st.integers(3, 7), st.sampled_from("0123")).map(moved),
    )
)
def test_the_index_finds_exactly_the_damaged_forms(seen: str):
    books = Books(PaymentColumns.of([OpenPayment("a", DAY, 500, reference=WHOLE)]))
    line = OpenLine(1, DAY, 500, text=seen)
    found, _ = near_hits(line_facts([line], books.identifiers), books)
    cut = WHOLE.startswith(seen) and 1 <= len(WHOLE) - len(seen) <= 3
    assert bool(found) == (one_slip_apart(seen, WHOLE) or cut)
