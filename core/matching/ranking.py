"""How much speaks for a payment among those a person chooses from: the likeliest comes first.

Weights are logarithms of how much rarer each fact is among strangers than in a true pair. They
order suggestions and nothing else: no sum of them ever settles a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

import numpy as np

from core.matching.board import Board
from core.matching.facts import CLOCK_SLACK_DAYS, Fit, LineFacts, fit_of_less, name_agrees
from core.matching.identifiers import IdentifierKind
from core.matching.names import Agreement

_TRANSACTION, _NAMED, _NEARLY_NAMED = 9.0, 7.0, 5.0
_PHONE, _MASKED_PHONE, _OTHER_PHONE = 6.0, 2.0, -4.0
_NAME, _OTHER_NAME = 4.0, -3.0
_FEE, _RAREST_AMOUNT = 3.0, 7.0
_PER_DAY, _BEFORE = -0.4, -5.0


def likeliest_first(board: Board, line: LineFacts, payment_ids: Iterable[str]) -> list[str]:
    """Return payments by what speaks for them, equal ones by id."""
    each_once = list(dict.fromkeys(payment_ids))
    if len(each_once) <= 1:
        return each_once
    places = [board.payments.places[each] for each in each_once]
    return list(map(board.payments.id_at, likeliest_places(board, line, places)))


def likeliest_places(board: Board, line: LineFacts, places: Sequence[int]) -> list[int]:
    """Return the places of payments, each once, by what speaks for them, equal ones by id."""
    if len(places) <= 1:
        return list(places)
    weights = _weights(board, line, places)
    ranks = board.payments.rank(np.array(places, np.int64))
    in_order = sorted(zip([-each for each in weights], ranks, places, strict=True))
    return [place for _, _, place in in_order]


def _weights(board: Board, line: LineFacts, places: Sequence[int]) -> list[float]:
    """Return how much speaks for each payment being the line's.

    Those of one payer are compared with the line once.
    """
    books, at = board.payments, np.array(places, np.int64)
    of_payer: dict[int, float] = {}
    of_reference = _References(board, line)
    of_amount = _Amounts(board, line)
    booked = books.calendar.number(line.line.day)
    weights: list[float] = []
    for place, (payer, name), amount_minor, same_money, day in zip(
        places,
        books.payers(at),
        books.amounts_minor[at].tolist(),
        books.of_currency(at, line.line.currency).tolist(),
        books.calendar.at[at].tolist(),
        strict=True,
    ):
        if payer not in of_payer:
            of_payer[payer] = _of_payer(line, books.national(payer), books.name(name))
        weights.append(
            of_reference(place)
            + (of_amount(place, amount_minor) if same_money else 0.0)
            + of_payer[payer]
            + _of_days(booked - day)
        )
    return weights


def line_by_line(board: Board, line_ids: Sequence[int], payment_ids: Sequence[str]) -> list[str]:
    """Return payments such that each line's likeliest stands in its place, the others behind."""
    places = [board.payments.places[each] for each in payment_ids]
    pairs = sorted(
        (-weight, line_id, payment_id)
        for line_id in line_ids
        for payment_id, weight in zip(
            payment_ids, _weights(board, board.lines[line_id], places), strict=True
        )
    )
    of_line: dict[int, str] = {}
    for _, line_id, payment_id in pairs:
        if line_id not in of_line and payment_id not in of_line.values():
            of_line[line_id] = payment_id
    chosen = [of_line[line_id] for line_id in line_ids if line_id in of_line]
    return [*chosen, *sorted(set(payment_ids) - set(chosen))]


class _References:
    """What the references of a line say for payments."""

    def __init__(self, board: Board, line: LineFacts) -> None:
        self._named = {
            hit.place: _TRANSACTION if hit.identifier.kind is IdentifierKind.TRANSACTION else _NAMED
            for hit in line.hits
        }
        self._meant = board.meant.get(line.line_id, ())

    def __call__(self, place: int) -> float:
        """Return it of the payment at a place."""
        if place in self._named:
            return self._named[place]
        return _NEARLY_NAMED - log(len(self._meant)) if place in self._meant else 0.0


class _Amounts:
    """What the amount of a line says for payments of its currency."""

    def __init__(self, board: Board, line: LineFacts) -> None:
        self._line, self._fees = line.line, board.fees
        self._methods = board.payments.columns.methods
        share = board.share_of_amount(line.line.currency, line.line.amount_minor)
        self._equal = min(_RAREST_AMOUNT, -log(max(share, 1e-9)))

    def __call__(self, place: int, amount_minor: int) -> float:
        """Return it of the payment at a place."""
        line = self._line
        if amount_minor == line.amount_minor > 0:
            return self._equal
        if not 0 < line.amount_minor < amount_minor:
            return 0.0
        fit = fit_of_less(line, amount_minor, self._methods[place], self._fees)
        return 0.0 if fit is Fit.NONE else _FEE


def _of_payer(line: LineFacts, national: str, name: tuple[str, ...]) -> float:
    found = 0.0
    phones = line.phones
    if national and (phones.full or phones.masked):
        if phones.shows(national):
            found += _PHONE
        else:
            found += _MASKED_PHONE if phones.may_show(national) else _OTHER_PHONE
    agreement = name_agrees(line, name)
    if agreement is Agreement.AGREES:
        return found + _NAME
    return found + (_OTHER_NAME if agreement is Agreement.DIFFERS else 0.0)


def _of_days(days: int) -> float:
    return _BEFORE if days < -CLOCK_SLACK_DAYS else _PER_DAY * abs(days)
