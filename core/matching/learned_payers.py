"""Payments of whom a clerk matched the same payer's mark with before: never more than offered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from core.matching import reasons
from core.matching.assignment import Edge, as_sets, components
from core.matching.board import MAX_SET, Board
from core.matching.facts import Fit, LineFacts, fit_of
from core.matching.learned import LearnedPayer
from core.matching.marks import Mark, marks_of, person_key
from core.matching.order import Stretch
from core.matching.ranking import likeliest_first
from core.matching.records import MatchKind

_DAYS = timedelta(days=14)
_MAX_PAYERS = 3
"""A mark that was matched with more payers than this says nothing about who pays."""
_MAX_LOOKED_AT = 200
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def suggest_learned(board: Board) -> None:
    """Offer payments of whom a clerk matched the line's mark with before, with when that was.

    Where a mark was matched with several payers, the payments of all of them are offered.
    """
    if not board.learned_payers:
        return
    known: dict[tuple[str, str], list[LearnedPayer]] = defaultdict(list)
    for each in board.learned_payers:
        known[each.mark_kind, each.mark].append(each)
    of_line = {
        line.line_id: payers
        for line in board.money_in()
        if board.wants_suggestion(line.line_id)
        and (payers := _payers_of(known, marks_of(line.line)))
    }
    payments = _Payments(board, [each for payers in of_line.values() for each in payers])
    edges = [
        edge
        for line_id, payers in of_line.items()
        for edge in _edges(board, board.lines[line_id], payers, payments)
    ]
    for component in components(edges):
        for proposal in as_sets(board, component):
            board.suggest(proposal)


def sentence(payer: LearnedPayer, line_day: date) -> str:
    """Say when, by whom and how often this was decided before."""
    day = f"{payer.day.day} {_MONTHS[payer.day.month - 1]}"
    if payer.day.year != line_day.year:
        day += f" {payer.day.year}"
    often = f" ({payer.times} times so far)" if payer.times > 1 else ""
    return f"As on {day}, when {payer.by} matched “{payer.mark_words}” with {payer.payer}{often}."


def _payers_of(
    known: Mapping[tuple[str, str], Sequence[LearnedPayer]], marks: Iterable[Mark]
) -> list[LearnedPayer]:
    """Return whom a line's marks were matched with, each once, by its strongest mark."""
    found: dict[tuple[str, ...], LearnedPayer] = {}
    for mark in marks:
        payers = known.get((mark.kind, mark.folded), ())
        if len(payers) <= _MAX_PAYERS:
            for each in payers:
                found.setdefault((each.payer, *each.phones), each)
    return list(found.values())


class _Payments:
    """The free payments of some payers, by their names and phones, by day."""

    def __init__(self, board: Board, payers: Sequence[LearnedPayer]) -> None:
        self._board = board
        phones = {phone for each in payers for phone in each.phones}
        self._by_phone = board.payments.with_phones(phones) if phones else {}
        self._by_name: dict[str, Stretch] = {}
        wanted = {self._key(name) for each in payers for name in each.names} - {""}
        if wanted:
            names = board.payments.columns.customer_names
            key_of = {written: self._key(written) for written in set(names)}
            places: dict[str, list[int]] = defaultdict(list)
            for place, written in enumerate(names):
                if (key := key_of[written]) in wanted:
                    places[key].append(place)
            self._by_name = {key: board.payments.stretch(found) for key, found in places.items()}

    def of(self, payer: LearnedPayer, line: LineFacts) -> Iterator[str]:
        """Go through a payer's free payments of the days before a line, the latest first."""
        keys = dict.fromkeys(self._key(name) for name in payer.names)
        stretches = [
            *(self._by_phone[phone] for phone in payer.phones if phone in self._by_phone),
            *(self._by_name[key] for key in keys if key in self._by_name),
        ]
        columns, seen = self._board.payments.columns, set[int]()
        for stretch in stretches:
            first, end = stretch.window(line.line.day - _DAYS, line.line.day)
            latest = stretch.places[max(first, end - _MAX_LOOKED_AT) : end]
            for place in reversed(latest):
                payment_id = columns.payment_ids[place]
                if place not in seen and payment_id in self._board.free_payments:
                    seen.add(place)
                    yield payment_id

    def _key(self, name: str) -> str:
        return person_key(self._board.payments.name(name))


def _edges(
    board: Board, line: LineFacts, payers: Sequence[LearnedPayer], payments: _Payments
) -> list[Edge]:
    """Return the fitting payments of a line's payers, of the likeliest no more than a set."""
    fitting: dict[str, tuple[LearnedPayer, Fit]] = {}
    for payer in payers:
        for payment_id in payments.of(payer, line):
            fit = fit_of(line.line, board.payments[payment_id], board.fees)
            if fit is not Fit.NONE and not board.declined.is_pair(line.line_id, payment_id):
                fitting.setdefault(payment_id, (payer, fit))
    best = min((fit for _, fit in fitting.values()), default=Fit.NONE)
    likely = likeliest_first(
        board, line, [each for each, (_, fit) in fitting.items() if fit is best]
    )
    chosen = {payment_id: fitting[payment_id][0] for payment_id in likely[:MAX_SET]}
    told = dict.fromkeys(sentence(payer, line.line.day) for payer in chosen.values())
    return [_edge(board, line, each, payer, list(told)) for each, payer in chosen.items()]


def _edge(
    board: Board, line: LineFacts, payment_id: str, payer: LearnedPayer, told: Sequence[str]
) -> Edge:
    payment = board.payments[payment_id]
    difference = payment.amount_minor - line.line.amount_minor
    own = sentence(payer, line.line.day)
    others = [each for each in told if each != own]
    first = own if not others else " ".join([own, "But also:", *others])
    return Edge(
        line_id=line.line_id,
        payment_id=payment_id,
        kind=MatchKind.FEE_NET if difference else MatchKind.ONE_TO_ONE,
        confidence=55,
        explain=lambda: (first, *reasons.circumstances(line, payment)),
        difference_minor=difference,
        may_settle=False,
    )
