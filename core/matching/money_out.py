"""Lines that take money: reversals tied to their original, refunds, the bank's own charges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from core.matching import reasons
from core.matching.board import Board
from core.matching.facts import CLOCK_SLACK_DAYS, LineFacts
from core.matching.identifiers import fold_all, stands_alone
from core.matching.originals import Originals
from core.matching.records import MatchKind, OpenLine, Proposal
from core.matching.refunds import joined_words, says_reversal, tie_refunds
from core.money import display

_RETURNS = re.compile(
    r"\b(?:RETOUR\w*|RETURN(?:ED)?|REJET\w*|REJECT(?:ED)?|IMPAYEE?|UNPAID|RVRS\w*|GUSUBIZ\w*|SUBIJ\w*)\b"
)
"""Words for money that goes back, by whatever way: a refund where one is recorded."""
_CHARGES = re.compile(
    r"\b(?:CHARGES?|FEES?|COMMISSION|FRAIS|LEDGER|EXCISE|SMS ALERT|MAINTENANCE)\b"
)


def tie_money_out(board: Board) -> None:
    """Settle refunds, and mark which payments and lines were taken back.

    Runs before the passes for money in, so that none of them proves a reversed payment.
    """
    money_out = _money_out(board)
    if not money_out:
        return
    named_lines = _NamedLines(board, money_out)
    originals = Originals(board)
    for line in tie_refunds(board, money_out):
        _mark_reversed(board, named_lines, originals, line)
    originals.mark()


def suggest_money_out(board: Board) -> None:
    """Offer what is left of the money that went: reversals, charges, refunds by amount."""
    tied: dict[int, list[str]] = defaultdict(list)
    for payment_id, line_ids in board.reversals_of_payment.items():
        for line_id in line_ids:
            tied[line_id].append(payment_id)
    for line in _money_out(board):
        if not board.wants_suggestion(line.line_id):
            continue
        if tied[line.line_id]:
            board.suggest(_reversal_proposal(line, sorted(tied[line.line_id])))
        elif _CHARGES.search(line.line.text.upper()) and not line.hits:
            board.suggest(
                Proposal(
                    line_ids=(line.line_id,),
                    payment_ids=(),
                    kind=MatchKind.BANK_CHARGE,
                    automatic=False,
                    confidence=70,
                    reasons=("the text names a charge, and no payment",),
                    difference_minor=-line.line.amount_minor,
                )
            )


def tie_reversed_lines(board: Board) -> None:
    """Tie a reversal to the line whose id it names, where that line is no known payment's."""
    original_of: dict[int, list[int]] = defaultdict(list)
    for brought, reversals in board.reversals_of_line.items():
        for line_id in reversals & board.sure_reversals:
            original_of[line_id].append(brought)
    for line_id, found in sorted(original_of.items()):
        if len(found) > 1 or len(board.reversals_of_line[found[0]]) > 1:
            continue
        if line_id not in board.free_lines or found[0] not in board.free_lines:
            continue
        reversal, original = board.lines[line_id].line, board.lines[found[0]].line
        if reversal.amount_minor + original.amount_minor or reversal.day < original.day:
            continue
        taken = display(original.amount_minor, original.currency)
        board.accept(
            Proposal(
                line_ids=(original.line_id, line_id),
                payment_ids=(),
                kind=MatchKind.REVERSAL,
                automatic=True,
                confidence=95,
                reasons=(
                    f"the other line's {_own_id(original)} stands in the text",
                    f"{taken} came and was taken back",
                ),
            ),
            proves_payments=False,
        )


def _money_out(board: Board) -> list[LineFacts]:
    free = board.free_lines
    return [
        line for line in board.lines.values() if line.line.amount_minor < 0 and line.line_id in free
    ]


class _NamedLines:
    """The lines that brought money, by the id that another line may name them by.

    That is the network's; in a file without such ids it is the reference that only this line has
    and no payment. A debit of another amount with that reference is the line's own charge, unless
    its text says otherwise. What stands in none of the ``debits`` is not kept.
    """

    def __init__(self, board: Board, debits: Sequence[LineFacts]) -> None:
        self._board = board
        self._by_transaction: dict[str, list[int]] = defaultdict(list)
        by_reference: dict[str, list[int]] = defaultdict(list)
        brought = list(board.money_in())
        keys = fold_all([each.line.transaction_id or each.line.reference for each in brought])
        longest = max(map(len, keys), default=0)
        asked = {
            run for debit in debits for field in debit.fields for run in field.runs(1, longest)
        }
        for line, key in zip(brought, keys, strict=True):
            if key in asked and stands_alone(key):
                of_key = self._by_transaction if line.line.transaction_id else by_reference
                of_key[key].append(line.line_id)
        unique = [key for key, line_ids in by_reference.items() if len(line_ids) == 1]
        named = board.payments.identifiers.named(unique)
        self._by_reference = {
            key: by_reference[key][0]
            for key, is_payments in zip(unique, named, strict=True)
            if not is_payments
        }
        self._longest = max(map(len, self._by_reference), default=0)
        self._longest_id = max(map(len, self._by_transaction), default=0)

    def named_by(self, line: LineFacts) -> set[int]:
        """Return the lines whose id stands in a debit."""
        found = {
            each
            for run in joined_words(line, self._longest_id)
            for each in self._by_transaction.get(run, ())
        }
        if self._by_reference:
            runs = {run for field in line.fields for run in field.runs(1, self._longest)}
            of_reference = {self._by_reference[run] for run in runs & self._by_reference.keys()}
            found |= {each for each in of_reference if self._may_take_back(line, each)}
        return {each for each in found if self._line(each).currency == line.line.currency}

    def _may_take_back(self, line: LineFacts, line_id: int) -> bool:
        brought = self._line(line_id).amount_minor
        return says_reversal(line) or brought == -line.line.amount_minor

    def _line(self, line_id: int) -> OpenLine:
        return self._board.lines[line_id].line


def _own_id(line: OpenLine) -> str:
    if line.transaction_id:
        return f"transaction id {line.transaction_id}"
    return f"reference {line.reference}"


def _mark_reversed(
    board: Board, named_lines: _NamedLines, originals: Originals, line: LineFacts
) -> None:
    """Remember which payments and lines a debit takes back; too many rather than too few.

    It is sure where the text calls it a reversal and names one line or one payment exactly.
    """
    taken_back = set(_payments_taken_back(board, line))
    for payment_id in taken_back:
        board.reversals_of_payment.setdefault(payment_id, set()).add(line.line_id)
    lines = named_lines.named_by(line)
    for line_id in lines:
        others = board.reversals_of_line.get(line_id, frozenset())
        board.reversals_of_line[line_id] = others | {line.line_id}
    goes_back = says_reversal(line) or bool(_RETURNS.search(line.line.text.upper()))
    if not (lines or line.hits or line.line_id in board.meant) and goes_back:
        originals.take_back(line, of_anybody=says_reversal(line))
    named = len(lines) == 1 or (bool(line.hits) and len(taken_back) == 1)
    if named and goes_back:
        board.sure_reversals.add(line.line_id)


def _payments_taken_back(board: Board, line: LineFacts) -> Iterator[str]:
    if line.hits:
        candidates = [hit.identifier.payment_id for hit in line.hits]
    else:
        candidates = [
            near.identifier.payment_id
            for near in board.near.get(line.line_id, ())
            if board.payments[near.identifier.payment_id].amount_minor == -line.line.amount_minor
        ]
    for payment_id in candidates:
        payment = board.payments[payment_id]
        days = (line.line.day - payment.day).days
        if payment.currency == line.line.currency and days >= -CLOCK_SLACK_DAYS:
            yield payment_id


def _reversal_proposal(line: LineFacts, payment_ids: list[str]) -> Proposal:
    taken = display(-line.line.amount_minor, line.line.currency)
    what = [reasons.named(hit) for hit in line.hits] or ["the text seems to mean this payment"]
    return Proposal(
        line_ids=(line.line_id,),
        payment_ids=tuple(payment_ids),
        kind=MatchKind.REVERSAL,
        automatic=False,
        confidence=80 if line.hits else 50,
        reasons=(*what, f"{taken} was taken back; no line of this statement surely brought it"),
        difference_minor=-line.line.amount_minor,
        ambiguous=len(payment_ids) > 1,
    )
