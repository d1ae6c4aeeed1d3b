"""Payers and references of which a line shows only a glimpse.

The end of a masked phone, a cut name, initials, a number that lost its prefix or its zeros.

A glimpse fits many people. It settles a line only where one payment of the amount and days fits
it, and where a stranger's money would hardly have fitted one by chance: so many payments were
possible, and so large a part of all payers would have shown the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate

from core.matching import reasons
from core.matching.assignment import Edge, resolve
from core.matching.board import Board
from core.matching.facts import (
    LineFacts,
    PaymentFacts,
    days_after,
    names_agree,
    other_transaction,
)
from core.matching.names import Agreement, is_one_slip, name_words
from core.matching.records import MatchKind
from core.matching.remnants import Remnant, remnant_of

_DAYS = 5
_RIVAL_DAYS = timedelta(days=10)
_MAX_CHANCE = 0.005
_MAX_POSSIBLE = 40
_MIN_FULL_WORD = 4
_AS_TELLING = 50
"""What fits a payment so many times less by chance than another is no rival's evidence."""
_NATIONAL_DIGITS = 8
"""Digits of a national number that tell people apart: the first is always 7."""


def match_glimpsed(board: Board) -> None:
    """Settle lines of which a masked phone or a piece of a name leaves one payment."""
    words_of_payers = _PayersWords(board)
    edges: list[Edge] = []
    for line in board.money_in():
        if line.hits:
            continue
        shown = _Shown(line, words_of_payers)
        possible = _possible(board, line)
        if not 0 < len(possible) <= _MAX_POSSIBLE:
            continue
        fitting: list[tuple[float, PaymentFacts, Remnant | None]] = []
        for place in possible:
            payment = board.payments.at(place)
            of_payer = shown.chance_of(payment)
            if of_payer is None:
                continue
            remnant = remnant_of(line, payment)
            of_reference = _chance_of_reference(
                board, line, payment, remnant, payer_shown=of_payer < 1.0
            )
            explained = (remnant and remnant.is_whole) or max(of_reference, of_payer) < 1.0
            if line.names_something and not explained:
                # An unknown reference of ours is another payment's, unless it is damaged.
                continue
            chance = of_payer * of_reference
            if chance < 1.0:
                fitting.append((chance, payment, remnant))
        # A stranger's money would be taken for one of those that may settle, not for an older one.
        recent = sum(
            (line.line.day - board.payments.columns.days[place]).days <= _DAYS for place in possible
        )
        least = min((chance for chance, _, _ in fitting), default=1.0)
        edges += [
            _edge(shown, payment, chance * recent, remnant)
            for chance, payment, remnant in fitting
            if chance <= least * _AS_TELLING
        ]
    resolve(board, edges, offer_doubtful=False)


def _chance_of_reference(
    board: Board,
    line: LineFacts,
    payment: PaymentFacts,
    remnant: Remnant | None,
    *,
    payer_shown: bool,
) -> float:
    """Return how likely what stands in a line is a piece of the payment's reference by chance.

    A whole number one slip from the payment's is a piece of it only where the payer is shown.
    """
    chance, payments = 1.0, len(board.payments)
    if remnant is not None:
        chance = remnant.chance if remnant.is_telling else max(remnant.chance, 1 / (payments + 1))
    meant = board.meant.get(line.line_id, ())
    anothers = not payer_shown and any(
        hit.may_be_anothers
        for hit in board.near.get(line.line_id, ())
        if hit.identifier.payment_id == payment.payment_id
    )
    if not anothers and board.payments.places[payment.payment_id] in meant:
        chance = min(chance, len(meant) / (payments + 1))
    return chance


class _PayersWords:
    """How many payments have a payer with a word, or one that begins so."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._words: list[str] | None = None
        self._up_to: list[int] = []

    def share(self, beginning: str, *, whole: bool) -> float:
        """Return which part of all payments a word of the payer's name begins so in."""
        seen = self._count(beginning, whole=whole)
        return min(1.0, (seen + 1) / (len(self._board.payments) + 1))

    def has(self, word: str) -> bool:
        """Tell whether it is a word of some payer's name."""
        return self._count(word, whole=True) > 0

    def _count(self, beginning: str, *, whole: bool) -> int:
        if self._words is None:
            self._read()
        words = self._words or []
        start = bisect_left(words, beginning)
        last = beginning if whole else beginning + "\uffff"
        end = bisect_left(words, last + "\0" if whole else last)
        return self._up_to[end] - self._up_to[start]

    def _read(self) -> None:
        payments = self._board.payments
        counts: Counter[str] = Counter()
        for written, count in payments.written_names().items():
            for word in set(payments.name(written)):
                counts[word] += count
        self._words = sorted(counts)
        self._up_to = [0, *accumulate(counts[word] for word in self._words)]


class _Shown:
    """What a line shows of its payer, in pieces."""

    def __init__(self, line: LineFacts, words: _PayersWords) -> None:
        self.line, self._words = line, words
        self._text = () if line.counterparty else name_words(line.line.text)

    def chance_of(self, payment: PaymentFacts) -> float | None:
        """Return how likely a stranger shows what fits this payer; None where it does not fit."""
        line = self.line
        if names_agree(line, payment) is Agreement.DIFFERS:
            return None
        if line.phones.shows_another(payment.national):
            return None
        chance = 1.0
        fitting = [
            max(len(head) - 1, 0) + len(tail)
            for head, tail in line.phones.masked
            if payment.national.startswith(head) and payment.national.endswith(tail)
        ]
        if payment.national and fitting:
            chance *= 0.1 ** min(max(fitting), _NATIONAL_DIGITS)
        block = self._name_of(payment)
        if len(line.counterparty) > 1 and not block:
            return None
        for seen, whole in block:
            chance *= self._words.share(seen, whole=whole)
        return chance

    def names(self, payment: PaymentFacts) -> bool:
        """Tell whether a piece of the payer's name stands in the line."""
        return bool(self._name_of(payment))

    def _name_of(self, payment: PaymentFacts) -> Sequence[tuple[str, bool]]:
        """Return the words that are the payer's, cut or not, and whether each is whole."""
        if self.line.counterparty:
            found = _as_pieces(self.line.counterparty, payment.name)
            return found if found and any(_counts(*each) for each in found) else ()
        for start, word in enumerate(self._text):
            if word not in payment.name or len(word) < _MIN_FULL_WORD:
                continue
            for first, end in ((start, start + 3), (start, start + 2), (start - 1, start + 1)):
                block = self._text[first:end] if first >= 0 else ()
                found = _as_pieces(block, payment.name) if len(block) > 1 else ()
                if found and not self._goes_on(first, first + len(block), payment.name):
                    return found
        return ()

    def _goes_on(self, first: int, end: int, name: Sequence[str]) -> bool:
        """Tell whether a part of a name stands beside another payer's word: it is another's."""
        if end - first >= len(name):
            return False
        beside = (*self._text[max(first - 1, 0) : first], *self._text[end : end + 1])
        return any(word not in name and self._words.has(word) for word in beside)


def _counts(seen: str, whole: bool) -> bool:
    return len(seen) >= _MIN_FULL_WORD and (whole or len(seen) > _MIN_FULL_WORD)


def _as_pieces(seen: Sequence[str], name: Sequence[str]) -> Sequence[tuple[str, bool]]:
    """Return words as those of a name, whole, cut or with a slip; nothing if one is none of it."""
    left = list(name)
    found = []
    for word in sorted(seen, key=lambda each: (each not in name, -len(each), each)):
        own = next((each for each in left if each == word), None) or next(
            (each for each in left if each.startswith(word)), None
        )
        slipped = None if own else next((each for each in left if is_one_slip(word, each)), None)
        if own is None and slipped is None:
            return ()
        left.remove(own or slipped or "")
        found.append((slipped or word, own == word and len(word) > 1))
    return found


def _possible(board: Board, line: LineFacts) -> list[int]:
    """Return the places of the free payments of a line's amount in the days before it."""
    of_amount = board.payments.of_amount_between(
        line.line.currency, line.line.amount_minor, line.line.day - _RIVAL_DAYS, line.line.day
    )
    if len(of_amount) > _MAX_POSSIBLE * 4:
        return []
    return board.free_payments.among(of_amount.tolist())


def _edge(shown: _Shown, payment: PaymentFacts, chance: float, remnant: Remnant | None) -> Edge:
    line = shown.line
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=78,
        explain=lambda: tuple(_reasons(shown, payment, remnant)),
        may_settle=chance <= _MAX_CHANCE
        and days_after(line.line, payment) <= _DAYS
        and not other_transaction(line.line, payment),
    )


def _reasons(shown: _Shown, payment: PaymentFacts, remnant: Remnant | None) -> Iterator[str]:
    line = shown.line
    if remnant is not None:
        identifier = remnant.identifier
        yield f"“{remnant.seen}” is what is left of {identifier.kind.words} {identifier.written}"
    yield from reasons.payer(line, payment)
    if shown.names(payment) and names_agree(line, payment) is not Agreement.AGREES:
        yield f"what stands of the payer's name fits {payment.customer_name}"
    yield reasons.amount(line.line, payment)
    yield reasons.time(line.line, payment)
    yield "no other payment of this amount and these days fits"
