"""Which statement line is which payment: passes from the strongest evidence down.

Every pass runs over all lines before the next begins, so a weak match never takes what a
stronger one needs. The same lines and payments give the same answer in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.errors import KnownError
from core.matching.board import Board
from core.matching.damage import near_hits
from core.matching.facts import Fit, LineFacts, fit_of, line_facts, names_agree, payment_facts
from core.matching.fees import DEFAULT_FEES, FeeModel
from core.matching.identifiers import IdentifierIndex
from core.matching.leftovers import suggest_by_amount, suggest_discrepancies
from core.matching.money_out import (
    says_reversal,
    suggest_money_out,
    tie_money_out,
    tie_reversed_lines,
)
from core.matching.named import match_named, suggest_contradictions
from core.matching.names import Agreement
from core.matching.payers import match_damaged, match_damaged_alone, match_payers
from core.matching.records import MatchingResult, OpenLine, OpenPayment
from core.matching.settlements import match_settlements
from core.matching.slips import match_slipped

_PASSES = (
    tie_money_out,
    match_named,
    match_damaged,
    match_slipped,
    suggest_contradictions,
    match_payers,
    match_damaged_alone,
    tie_reversed_lines,
)
_LAST_PASSES = (match_slipped, suggest_money_out, suggest_discrepancies, suggest_by_amount)


class MatchingCancelledError(KnownError):
    """The person stopped the matching before it was done."""


def match(
    lines: Iterable[OpenLine],
    payments: Iterable[OpenPayment],
    *,
    fee_model: FeeModel = DEFAULT_FEES,
    cancelled: Callable[[], bool] | None = None,
) -> MatchingResult:
    """Decide which lines prove which payments, and what a person should look at.

    Line ids and payment ids are unique. ``cancelled`` is asked between passes.

    Raises:
        MatchingCancelledError: ``cancelled`` answered yes.

    """

    def check_cancelled() -> None:
        if cancelled is not None and cancelled():
            raise MatchingCancelledError("Nothing was changed. The matching was stopped.")

    known_payments = payment_facts(payments)
    identifiers = [each for facts in known_payments.values() for each in facts.identifiers]
    check_cancelled()
    index = IdentifierIndex(identifiers)
    known_lines = line_facts(lines, index)
    board = Board(known_lines, known_payments, fee_model)
    check_cancelled()
    unclear = {
        line_id: facts.fields for line_id, facts in known_lines.items() if _is_unclear(board, facts)
    }
    board.near = near_hits(unclear, identifiers, index.shape)
    for matching_pass in _PASSES:
        check_cancelled()
        matching_pass(board)
    match_settlements(board, check_cancelled)
    for last_pass in _LAST_PASSES:
        check_cancelled()
        last_pass(board)
    return board.result()


def _is_unclear(board: Board, facts: LineFacts) -> bool:
    """Tell whether damaged references matter: nothing named fits, or another payer's name."""
    if facts.line.amount_minor < 0:
        return not facts.hits and says_reversal(facts)
    for hit in facts.hits:
        payment = board.payments[hit.identifier.payment_id]
        if fit_of(facts.line, payment.payment, board.fees) is Fit.EXACT:
            return names_agree(facts, payment) is not Agreement.AGREES
    return True
