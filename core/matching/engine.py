"""Which statement line is which payment: passes from the strongest evidence down.

Every pass runs over all lines before the next begins, so a weak match never takes what a
stronger one needs. The same lines and payments give the same answer in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from core.matching.board import Board
from core.matching.books import Books
from core.matching.damage import near_hits
from core.matching.facts import LineFacts
from core.matching.fees import DEFAULT_FEES, FeeModel
from core.matching.finding import line_facts
from core.matching.glimpses import match_glimpsed
from core.matching.learned import NOTHING_LEARNED, Learned
from core.matching.learned_payers import suggest_learned
from core.matching.leftovers import suggest_by_amount, suggest_discrepancies
from core.matching.money_out import suggest_money_out, tie_money_out, tie_reversed_lines
from core.matching.named import decide_plain, match_named, suggest_contradictions
from core.matching.payer_sums import match_sums_of_payers, suggest_parts_of_payers
from core.matching.payers import match_damaged, match_damaged_alone, match_payers
from core.matching.plain import of_agreeing_payer, of_equal_amount, plain_pairs
from core.matching.records import (
    MatchingResult,
    OpenLine,
    OpenPayment,
    PaymentColumns,
    Proposal,
)
from core.matching.refunds import says_reversal
from core.matching.settlements import match_settlements
from core.matching.slips import match_slipped
from core.matching.work import MatchingCancelledError, Work

__all__ = ["MatchingCancelledError", "match"]

_PASSES = (
    match_named,
    match_damaged,
    match_slipped,
    suggest_contradictions,
    match_payers,
    match_glimpsed,
    match_damaged_alone,
    match_sums_of_payers,
    tie_reversed_lines,
)
_LAST_PASSES = (
    match_slipped,
    suggest_money_out,
    suggest_learned,
    suggest_parts_of_payers,
    suggest_discrepancies,
    suggest_by_amount,
)


def match(
    lines: Iterable[OpenLine],
    payments: Iterable[OpenPayment] | PaymentColumns | Books,
    *,
    fee_model: FeeModel = DEFAULT_FEES,
    learned: Learned = NOTHING_LEARNED,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
    settled: Callable[[Sequence[Proposal]], None] | None = None,
) -> MatchingResult:
    """Decide which lines prove which payments, and what a person should look at.

    Line ids and payment ids are unique. What was ``learned`` suggests, and explains fees that no
    agreed rule does; by itself it settles nothing. ``cancelled`` is asked all the time,
    ``progress`` told how much is done of how much. ``settled`` is told matches as soon as nothing
    that is found later can undo them; all of them stand in the answer as well.

    Raises:
        MatchingCancelledError: ``cancelled`` answered yes.

    """
    given = sorted(lines, key=lambda line: line.line_id)
    work = Work(len(given) * (4 + len(_PASSES) + len(_LAST_PASSES)), cancelled, progress)
    work.check()
    books = _books(payments)
    work.check()
    known_lines = line_facts(work.through(given), books.identifiers)
    board = Board(known_lines, books, fee_model.completed_by(learned.fees), work.check)
    board.settled = settled
    board.declined, board.learned_payers = learned.declined, learned.payers
    board.plain = plain_pairs(known_lines, books)
    plain = {line.line_id for line in board.plain.lines}
    unclear = [
        line
        for line_id, line in known_lines.items()
        if line_id not in plain and _is_unclear(board, line)
    ]
    _near(board, [line for line in unclear if line.line.amount_minor < 0])
    tie_money_out(board)
    work.done(len(given))
    decide_plain(board)
    _near(board, [line for line in unclear if line.line.amount_minor >= 0])
    board.tell_settled()
    work.done(len(given))
    for matching_pass in _PASSES:
        work.check()
        matching_pass(board)
        board.tell_settled()
        work.done(len(given))
    match_settlements(board, work.check)
    board.tell_settled()
    for last_pass in _LAST_PASSES:
        work.check()
        last_pass(board)
        work.done(len(given))
    result = board.result()
    work.done(len(given))
    return result


def _books(payments: Iterable[OpenPayment] | PaymentColumns | Books) -> Books:
    if isinstance(payments, Books):
        return payments
    return Books(payments if isinstance(payments, PaymentColumns) else PaymentColumns.of(payments))


def _near(board: Board, lines: Iterable[LineFacts]) -> None:
    """Find what the words of some lines may be damaged forms of."""
    wanted = {line.line_id: line for line in lines}
    near, meant = near_hits(wanted, board.payments, checked=board.check)
    board.near, board.meant = {**board.near, **near}, {**board.meant, **meant}


def _is_unclear(board: Board, facts: LineFacts) -> bool:
    """Tell whether damaged references matter: nothing named fits, or another payer's name."""
    if facts.line.amount_minor < 0:
        return not facts.hits and says_reversal(facts)
    for hit in facts.hits:
        if of_equal_amount(board.payments, facts, hit.place):
            return not of_agreeing_payer(board.payments, facts, hit.place)
    return True
