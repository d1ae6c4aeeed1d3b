"""The middle passes: damaged references, and payers known by phone, account or name.

Each needs the exact amount, a short time, and uniqueness from both ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np

from core.matching import reasons
from core.matching.assignment import Edge, resolve
from core.matching.board import Board
from core.matching.books import Books
from core.matching.damage import NearHit
from core.matching.facts import (
    Fit,
    LineFacts,
    PaymentFacts,
    days_after,
    fit_of,
    name_agrees,
    names_agree,
    other_transaction,
    shows_payer,
)
from core.matching.identifiers import fold
from core.matching.names import Agreement
from core.matching.payer_nets import match_nets_of_payers, nets_of_payers
from core.matching.records import MatchKind
from core.matching.remnants import is_misread
from core.matching.rivals import MIN_ACCOUNT, Mark, Rivals, accounts_in

_DAMAGED_DAYS = 14
_PAYER_DAYS = 5
_RIVAL_DAYS = 10
"""A payment this near is still a rival, though too early to be settled without a person."""
_MAX_CHANCE_DAMAGED = 0.015
_MAX_CHANCE_SLIP = 0.002
_CHECK_EVERY = 256


class PayerEvidence(IntEnum):
    """What ties a payer to a payment, strongest first."""

    PHONE_AND_NAME = 0
    PHONE = 1
    ACCOUNT = 2
    MASKED_PHONE_AND_NAME = 3
    NAME = 4

    @property
    def confidence(self) -> int:
        """How sure a unique pair of this kind is, in percent."""
        return (93, 89, 88, 86, 80)[self]

    @property
    def mark(self) -> Mark:
        """By what a payer of this kind is found."""
        return (Mark.PHONE, Mark.PHONE, Mark.ACCOUNT, Mark.NAME, Mark.NAME)[self]


_BY_NAME = (PayerEvidence.MASKED_PHONE_AND_NAME, PayerEvidence.NAME)


def match_damaged(board: Board) -> None:
    """Settle lines whose reference is damaged and whose payer and amount fit one payment."""
    _match_damaged(board, payer_known=True)


def match_damaged_alone(board: Board) -> None:
    """Settle lines whose damaged reference and amount leave one payment, with no word of a payer.

    Runs after the payers' lines: one of those says more than a piece of a reference.
    """
    _match_damaged(board, payer_known=False)


def _match_damaged(board: Board, *, payer_known: bool) -> None:
    edges: list[Edge] = []
    for line in board.money_in():
        if line.hits:
            continue
        near = board.near.get(line.line_id, ())
        fitting = [hit for hit in near if fits_damaged(board, line, hit)]
        agreeing = [hit for hit in fitting if known_payer(board, line, hit)]
        if bool(agreeing) is not payer_known:
            continue
        nearby = number_in_time(board, line) if fitting else 0
        edges += [
            _damaged_edge(board, line, hit, nearby, payer_known=payer_known)
            for hit in agreeing or fitting
        ]
    resolve(board, edges)


def _damaged_edge(
    board: Board, line: LineFacts, hit: NearHit, nearby: int, *, payer_known: bool
) -> Edge:
    payment = board.payments[hit.identifier.payment_id]
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=92 if payer_known else 87,
        explain=lambda: (reasons.nearly_named(hit), *reasons.circumstances(line, payment)),
        may_settle=not_by_chance(board, line, hit, nearby)
        and line.line_id not in board.contested_lines
        and not other_transaction(line.line, payment),
    )


def match_payers(board: Board) -> None:
    """Settle lines without a reference by who paid, how much and when."""
    lines = list(board.money_in())
    rivals = Rivals(board, _RIVAL_DAYS, lines)
    likely, perhaps = rivals.found()
    known: dict[PayerEvidence, list[tuple[LineFacts, int]]] = {level: [] for level in PayerEvidence}
    for number, (of_line, place) in enumerate(likely):
        if number % _CHECK_EVERY == 0:
            board.check()
        level = _evidence(board.payments, lines[of_line], place)
        if level is not None:
            known[level].append((lines[of_line], place))
    payment_ids = board.payments.columns.payment_ids
    nets = nets_of_payers(board)
    for level in PayerEvidence:
        if level is _BY_NAME[0]:
            # Names are compared only for what phones and accounts have not settled.
            for of_line, place in perhaps:
                line = lines[of_line]
                if line.line_id in board.free_lines:
                    of_name = _evidence(board.payments, line, place)
                    if of_name is not None:
                        known[of_name].append((line, place))
        # What a stronger level has settled needs no reasons any more.
        resolve(
            board,
            [
                _edge(rivals, line, board.payments.at(place), level, nets)
                for line, place in known[level]
                if line.line_id in board.free_lines and payment_ids[place] in board.free_payments
            ],
        )
    match_nets_of_payers(board, nets)


def _edge(
    rivals: Rivals,
    line: LineFacts,
    payment: PaymentFacts,
    level: PayerEvidence,
    nets: Mapping[int, Sequence[PaymentFacts]],
) -> Edge:
    # What another payment of the payer leaves after its fee is as exact as an equal amount.
    doubtful = line.hits or line.line_id in nets
    late = days_after(line.line, payment) > _PAYER_DAYS
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE,
        confidence=level.confidence,
        explain=lambda: (
            *reasons.payer(line, payment),
            reasons.amount(line.line, payment),
            reasons.time(line.line, payment),
        ),
        may_settle=not (
            doubtful
            or late
            or other_transaction(line.line, payment)
            or rivals.crowd_around(payment.payment_id, level.mark)
            or (line.names_another(payment) and not is_misread(line, payment))
        ),
    )


def fits_damaged(board: Board, line: LineFacts, hit: NearHit) -> bool:
    """Tell whether the payment a damaged reference may mean is free, fits exactly and in time."""
    payment = board.payments[hit.identifier.payment_id]
    return (
        payment.payment_id in board.free_payments
        and fit_of(line.line, payment, board.fees) is Fit.EXACT
        and in_time(board, line, hit)
    )


def in_time(board: Board, line: LineFacts, hit: NearHit) -> bool:
    """Tell whether the payment that a damaged reference may mean is recent enough."""
    payment = board.payments[hit.identifier.payment_id]
    return 0 <= days_after(line.line, payment) <= _latest_days(board, payment.method)


def number_in_time(board: Board, line: LineFacts) -> int:
    """Return how many recent payments a damaged reference may mean, whatever their amounts."""
    books = board.payments
    days, methods = books.days_and_methods(np.array(board.meant.get(line.line_id, ()), np.int64))
    waited = books.calendar.number(line.line.day) - days
    latest = np.array([_latest_days(board, method) for method in books.methods()], np.int64)
    return int(np.count_nonzero((waited >= 0) & (waited <= latest[methods])))


def _latest_days(board: Board, method: str) -> int:
    return board.usual_days(method, at_most=_DAMAGED_DAYS)


def known_payer(board: Board, line: LineFacts, hit: NearHit) -> bool:
    """Tell whether the line shows the phone or the name of the payment's payer."""
    return shows_payer(line, board.payments[hit.identifier.payment_id])


def not_by_chance(
    board: Board, line: LineFacts, hit: NearHit, near: int, *, surely_damaged: bool = False
) -> bool:
    """Tell whether one of so many neighbours would hardly fit like this by chance.

    Dense numbering makes every slip a neighbour of some payment, popular prices repeat and
    customers return. A reference that breaks off means one of those that begin so, and one whose
    own payment is out of the question is ``surely_damaged``; one that is merely unknown may as
    well be right, of a payment that nobody recorded. So a whole number needs a word of the payer
    who seldom pays such an amount, and another payer's phone speaks against any.
    """
    visibly = hit.is_cut or surely_damaged
    payment = board.payments[hit.identifier.payment_id]
    shows_phone = bool(payment.national) and line.phones.shows(payment.national)
    may_be_anothers = hit.may_be_anothers and not surely_damaged
    if shows_phone and (near == 1 or not may_be_anothers):
        return True
    agreement = names_agree(line, payment)
    if agreement is Agreement.DIFFERS and not shows_phone:
        return False
    of_another = line.phones.shows_another(payment.national)
    agrees = shows_phone or agreement is Agreement.AGREES
    if of_another and not agrees:
        return False
    if may_be_anothers and (of_another or not agrees):
        return False
    if hit.is_cut and near == 1 and agrees:
        return True
    chance = near * board.share_of_amount(line.line.currency, line.line.amount_minor)
    if agrees:
        chance *= board.share_of_name(payment.name)
    if chance <= (_MAX_CHANCE_DAMAGED if visibly else _MAX_CHANCE_SLIP):
        return True
    return not of_another and (hit.is_end_of_networks_id or is_misread(line, payment))


def _shows_account(line: LineFacts, account: str) -> bool:
    return len(account) >= MIN_ACCOUNT and account in accounts_in(line)


def _evidence(books: Books, line: LineFacts, place: int) -> PayerEvidence | None:
    columns = books.columns
    agrees = name_agrees(line, books.name(columns.customer_names[place]))
    national = books.national(place)
    if national and line.phones.shows(national):
        named = agrees is Agreement.AGREES
        return PayerEvidence.PHONE_AND_NAME if named else PayerEvidence.PHONE
    account = columns.account_numbers[place]
    if account and _shows_account(line, fold(account)):
        return PayerEvidence.ACCOUNT
    if agrees is not Agreement.AGREES or line.phones.shows_another(national):
        return None
    masked = bool(national) and line.phones.may_show(national)
    return PayerEvidence.MASKED_PHONE_AND_NAME if masked else PayerEvidence.NAME
