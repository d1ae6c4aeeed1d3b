"""Which lines a reversal without a reference may take back: the same money, and the same payer.

Many lines may bring one price and many take it back. So each payer's lines are found by phone and
by the words of the name, and lines of one payer and day share one set of reversals: nothing is
kept or compared for every pair.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import combinations

from core.matching.board import Board
from core.matching.facts import LineFacts
from core.matching.names import MIN_FOR_SLIP, MIN_WORDS, Agreement, compare

_REVERSAL_DAYS = timedelta(days=30)

_Name = tuple[str, ...]


class Originals:
    """The lines that bring money, and what was found to take them back."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._same_money: dict[tuple[str, int], _SameMoney] = {}
        self._reversals: dict[frozenset[int], list[int]] = defaultdict(list)

    @cached_property
    def _of_price(self) -> dict[tuple[str, int], list[LineFacts]]:
        of_price: dict[tuple[str, int], list[LineFacts]] = defaultdict(list)
        for line in self._board.money_in():
            of_price[line.line.currency, line.line.amount_minor].append(line)
        return of_price

    def take_back(self, reversal: LineFacts, *, of_anybody: bool) -> None:
        """Remember what a reversal may take back: its payer's lines, or the one line there is.

        The one line there is may be ``of_anybody`` where the text surely speaks of a reversal.
        """
        price = reversal.line.currency, -reversal.line.amount_minor
        if price not in self._same_money:
            self._same_money[price] = _SameMoney(self._of_price.get(price, ()))
        found = self._same_money[price].originals_of(reversal, of_anybody=of_anybody)
        if found:
            self._reversals[found].append(reversal.line_id)

    def mark(self) -> None:
        """Tell the board; lines with the same reversals share one set of them."""
        taken_back = self._board.reversals_of_line
        joined: dict[tuple[int, int], tuple[object, frozenset[int]]] = {}
        nothing = frozenset[int]()
        for lines, found in self._reversals.items():
            reversals = frozenset(found)
            for line_id in lines:
                both = taken_back.get(line_id, nothing), reversals
                # Known by what it is, not by what it holds: to compare large sets costs as well.
                key = id(both[0]), id(both[1])
                if key not in joined:
                    joined[key] = both, both[0] | both[1]
                taken_back[line_id] = joined[key][1]


class _SameMoney:
    """The lines that bring one price, by their payers."""

    def __init__(self, lines: Sequence[LineFacts]) -> None:
        self._all = _ByDay(lines)
        of_phone: dict[str, list[LineFacts]] = defaultdict(list)
        of_name: dict[_Name, list[LineFacts]] = defaultdict(list)
        for line in lines:
            for phone in line.phones.full:
                of_phone[phone].append(line)
            if len(line.counterparty) >= MIN_WORDS:
                of_name[line.counterparty].append(line)
        self._of_phone = {phone: _ByDay(some) for phone, some in of_phone.items()}
        self._of_name = {name: _ByDay(some) for name, some in of_name.items()}
        self._names = _Names(self._of_name)
        self._known: dict[tuple[date, frozenset[str], frozenset[_Name], bool], frozenset[int]] = {}

    def originals_of(self, reversal: LineFacts, *, of_anybody: bool) -> frozenset[int]:
        """Return the lines of the same payer in the days before, or the only one of anybody."""
        phones = frozenset(each for each in reversal.phones.full if each in self._of_phone)
        names = self._names.agreeing(reversal)
        payer = reversal.line.day, phones, names, of_anybody
        if payer not in self._known:
            known = [
                *(self._of_phone[phone] for phone in phones),
                *(self._of_name[name] for name in names),
            ]
            found = frozenset(each for some in known for each in some.until(reversal.line.day))
            if not found and of_anybody:
                all_ = self._all.until(reversal.line.day)
                found = frozenset(all_ if len(all_) == 1 else ())
            self._known[payer] = found
        return self._known[payer]


class _ByDay:
    """Some lines in the order of their days."""

    def __init__(self, lines: Sequence[LineFacts]) -> None:
        in_order = sorted(lines, key=lambda each: each.line.day)
        self._days = [each.line.day for each in in_order]
        self._line_ids = [each.line_id for each in in_order]

    def until(self, day: date) -> Sequence[int]:
        """Return the lines that something of this day may take back."""
        first = bisect_left(self._days, day - _REVERSAL_DAYS)
        return self._line_ids[first : bisect_right(self._days, day)]


class _Names:
    """Names by their words, slips included, to find those that agree with another."""

    def __init__(self, names: Iterable[_Name]) -> None:
        self._with: dict[str, set[_Name]] = defaultdict(set)
        self._by_one_word: set[_Name] = set()
        for name in names:
            words = [word for word in name if len(word) > 1]
            for word in words:
                for form in _forms(word):
                    self._with[form].add(name)
            if len({*words}) < len(name):
                self._by_one_word.add(name)

    def agreeing(self, line: LineFacts) -> frozenset[_Name]:
        """Return the names that agree with a line's payer, or with its text where it has none."""
        named = len(line.counterparty) >= MIN_WORDS
        words = line.counterparty if named else tuple(line.text_words)
        sharing = [each for each in map(self._sharing, words) if each]
        shared = set[_Name]().union(*sharing)
        if not named or all(len(word) > 1 for word in words):
            # Names agree in two words at least, unless an initial or a repeated word counts.
            twice = (left & right for left, right in combinations(sharing, 2))
            shared = set[_Name]().union(shared & self._by_one_word, *twice)
        return frozenset(
            name
            for name in shared
            if compare(name, line.counterparty, line.text_words) is Agreement.AGREES
        )

    def _sharing(self, word: str) -> set[_Name]:
        if len(word) <= 1:
            return set()
        found = (self._with[form] for form in _forms(word) if form in self._with)
        return set[_Name]().union(*found)


def _forms(word: str) -> Iterator[str]:
    """Yield a word and what is left without one letter: words one slip apart have one in common."""
    yield word
    if len(word) >= MIN_FOR_SLIP:
        for place in range(len(word)):
            yield word[:place] + word[place + 1 :]
