"""The first passes: lines that name a payment by an identifier only it has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from datetime import timedelta
from itertools import compress, islice

from core.matching import reasons
from core.matching.assignment import Edge, resolve
from core.matching.board import MAX_SET, Board
from core.matching.continued import continued_hits
from core.matching.facts import (
    CLOCK_SLACK_DAYS,
    Fit,
    LineFacts,
    PaymentFacts,
    days_after,
    fit_of,
    names_agree,
    shows_payer,
)
from core.matching.identifiers import Hit, Identifier, IdentifierKind
from core.matching.names import Agreement
from core.matching.plain import LATEST_DAYS, NO_PAIRS, PlainPairs, proposals_of
from core.matching.ranking import likeliest_first
from core.matching.records import MatchKind, PaymentColumns, Proposal

_MAX_TOGETHER = 12
_TOLD_AT_ONCE = 10_000
_EXACT_DAYS = timedelta(days=5)
_MAX_EXACT = 500

_Claim = tuple[LineFacts, Hit, Fit]
"""What a line names, and how the amount fits."""

_CONFIDENCE = {
    Fit.EXACT: 98,
    Fit.STATED_FEE: 97,
    Fit.AGREED_FEE: 95,
    Fit.SMALL_DIFFERENCE: 85,
    Fit.NONE: 40,
}


def match_named(board: Board) -> None:
    """Settle what identifiers decide: several at once, exact amounts, then fees, then parts."""
    decided = {line.line_id for line in board.plain.lines}
    named = [line for line in board.money_in() if line.named and line.line_id not in decided]
    claims = list(_claims(board, named))
    _match_taken_back(board, claims)
    _match_several_named(board, named, claims)
    sharing = _sharing(named)
    plain_of_kind = _by_transaction(board)
    strengths = (
        (True, (Fit.EXACT, Fit.STATED_FEE, Fit.AGREED_FEE)),
        (False, (Fit.EXACT,)),
        (False, (Fit.STATED_FEE, Fit.AGREED_FEE)),
        (False, (Fit.SMALL_DIFFERENCE,)),
    )
    for by_transaction, fits in strengths:
        if Fit.EXACT not in fits:
            # Parts that make the whole say more than one of them that a fee would explain.
            _match_parts(board, sharing)
        edges = [
            _edge(board, line, hit, fit)
            for line, hit, fit in claims
            if fit in fits
            and line.line_id not in board.contested_lines
            and line.line_id in board.free_lines
            and hit.identifier.payment_id in board.free_payments
            and (hit.identifier.kind is IdentifierKind.TRANSACTION or not by_transaction)
        ]
        if Fit.EXACT in fits:
            # Not before: until now their payments were possible meanings of other lines.
            board.accept_plain(*plain_of_kind[by_transaction])
        resolve(board, edges, offer_doubtful=False)
    board.close_reopened()


def _not_taken_back(board: Board) -> PlainPairs:
    """Return the plain pairs whose money was not taken back, by whichever line."""
    pairs, of_line = board.plain, board.reversals_of_line
    of_payment = set(map(board.payments.places.__getitem__, board.reversals_of_payment))
    if not (of_line or of_payment):
        return pairs
    return pairs.where(
        line.line_id not in of_line and place not in of_payment
        for line, place in zip(pairs.lines, pairs.places, strict=True)
    )


def decide_plain(board: Board) -> None:
    """Make matches of the plain pairs, once it is known of which the money was taken back.

    They are told at once, and accepted when their time comes: other lines may seem to mean their
    payments until then.
    """
    board.plain = _not_taken_back(board)
    confidence_of = {kind: _confidence(kind, Fit.EXACT) for kind in IdentifierKind}
    coming = proposals_of(board.payments, board.plain, confidence_of)
    while some := list(islice(coming, _TOLD_AT_ONCE)):
        board.check()
        board.will_accept_plain(some)


def _by_transaction(
    board: Board,
) -> tuple[tuple[Sequence[Proposal], PlainPairs], tuple[Sequence[Proposal], PlainPairs]]:
    """Return the pairs that something else tells, and those that the network's id does."""
    plain, matches = board.plain, board.plain_matches
    kind_at = board.payments.identifiers.kind_at
    by_it = [kind_at(line.named[0].entry) is IdentifierKind.TRANSACTION for line in plain.lines]
    if not any(by_it):
        return (matches, plain), ([], NO_PAIRS)
    others = [not each for each in by_it]
    return (
        (list(compress(matches, others)), plain.where(others)),
        (list(compress(matches, by_it)), plain.where(by_it)),
    )


def _match_taken_back(board: Board, claims: Sequence[_Claim]) -> None:
    """Settle first what surely came and went back: the payment is then open for other money."""
    edges = [
        _edge(board, line, hit, fit)
        for line, hit, fit in claims
        if fit is Fit.EXACT and board.is_surely_taken_back(line.line_id)
    ]
    resolve(board, edges, offer_doubtful=False)


def suggest_contradictions(board: Board) -> None:
    """Offer what a line names although amount or day speaks against it."""
    for line in board.money_in():
        if not line.hits or not board.wants_suggestion(line.line_id):
            continue
        named = [hit for hit in line.hits if _in_play(board, line, hit)]
        rivals = fitting_neighbours(board, line)
        in_question = {*(hit.identifier.payment_id for hit in named), *rivals}
        payment_ids = tuple(likeliest_first(board, line, in_question)[:MAX_SET])
        if not payment_ids:
            continue
        first = board.payments[payment_ids[0]]
        board.suggest(
            Proposal(
                line_ids=(line.line_id,),
                payment_ids=payment_ids,
                kind=MatchKind.ONE_TO_ONE,
                automatic=False,
                confidence=40,
                reasons=(
                    *(_named_in_vain(board, hit) for hit in line.hits),
                    *(
                        f"a similar reference and this amount: {rivals[each].written}"
                        for each in payment_ids
                        if each in rivals
                    ),
                    *reasons.circumstances(line, first),
                ),
                difference_minor=first.amount_minor - line.line.amount_minor,
                ambiguous=len(payment_ids) > 1,
            )
        )


def _named_in_vain(board: Board, hit: Hit) -> str:
    settled = hit.identifier.payment_id not in board.free_payments
    return reasons.named(hit) + (", but that payment is settled already" if settled else "")


def fitting_neighbours(board: Board, line: LineFacts) -> dict[str, Identifier]:
    """Return free payments that a slip in the line's reference could mean and whose amount fits."""
    named = {hit.identifier.payment_id for hit in line.hits}
    found = {}
    for near in board.near.get(line.line_id, ()):
        payment_id = near.identifier.payment_id
        payment = board.payments[payment_id]
        fits = fit_of(line.line, payment, board.fees) is Fit.EXACT
        open_ = payment_id in board.free_payments and payment_id not in named
        if fits and open_ and days_after(line.line, payment) >= 0:
            found[payment_id] = near.identifier
    return dict(sorted(found.items()))


def _in_play(board: Board, line: LineFacts, hit: Hit) -> bool:
    payment = board.payments[hit.identifier.payment_id]
    return (
        payment.payment_id in board.free_payments
        and payment.currency == line.line.currency
        and days_after(line.line, payment) >= -CLOCK_SLACK_DAYS
    )


def _confidence(kind: IdentifierKind, fit: Fit) -> int:
    return _CONFIDENCE[fit] + (kind is IdentifierKind.TRANSACTION)


def _claims(board: Board, named: Sequence[LineFacts]) -> Iterator[_Claim]:
    """Yield what free lines name, in time and with an amount that fits."""
    for line in board.still_free(named):
        for hit in line.hits:
            if not _in_play(board, line, hit):
                continue
            payment = board.payments[hit.identifier.payment_id]
            fit = fit_of(line.line, payment, board.fees)
            if fit is not Fit.NONE and days_after(line.line, payment) <= LATEST_DAYS:
                yield line, hit, fit


def _edge(board: Board, line: LineFacts, hit: Hit, fit: Fit) -> Edge:
    payment = board.payments[hit.identifier.payment_id]
    difference = payment.amount_minor - line.line.amount_minor
    return Edge(
        line_id=line.line_id,
        payment_id=payment.payment_id,
        kind=MatchKind.ONE_TO_ONE if fit is Fit.EXACT else MatchKind.FEE_NET,
        confidence=_confidence(hit.identifier.kind, fit),
        explain=lambda: (reasons.named(hit), *reasons.circumstances(line, payment)),
        difference_minor=difference,
        may_settle=not _doubtful(board, line, hit, fit),
    )


def _doubtful(board: Board, line: LineFacts, hit: Hit, fit: Fit) -> bool:
    """Tell whether the line names more than this payment, or seems to mean its neighbour."""
    if any(other.identifier.folded != hit.identifier.folded for other in line.hits):
        if hit.identifier.kind is not IdentifierKind.TRANSACTION:
            return True
        others = (other for other in line.hits if other is not hit)
        for other in others:
            rival = board.payments[other.identifier.payment_id]
            if fit_of(line.line, rival, board.fees) is not Fit.NONE:
                return True
    payment = board.payments[hit.identifier.payment_id]
    if fit in {Fit.AGREED_FEE, Fit.SMALL_DIFFERENCE} and _is_exactly_anothers(
        board, line, payment, fit
    ):
        return True
    if fit is Fit.AGREED_FEE and not shows_payer(line, payment) and fitting_neighbours(board, line):
        return True
    agreement = names_agree(line, payment)
    if fit is Fit.SMALL_DIFFERENCE and (
        agreement is Agreement.DIFFERS or fitting_neighbours(board, line)
    ):
        return True
    return not shows_payer(line, payment) and _seems_a_neighbours(board, line)


def _is_exactly_anothers(board: Board, line: LineFacts, named: PaymentFacts, fit: Fit) -> bool:
    """Tell whether another recent payment has the line's very amount, which a fee only explains.

    One of the line's own payer speaks against any fee; against one that nobody agreed to, also a
    stranger's, unless the payer is that of the payment named.
    """
    if not board.payments.count_of_amount(line.line.currency, line.line.amount_minor):
        return False
    first, last = line.line.day - _EXACT_DAYS, line.line.day
    of_amount = board.payments.of_amount_between(
        line.line.currency, line.line.amount_minor, first, last
    )
    found = board.free_payments.among(of_amount[:_MAX_EXACT].tolist())
    knows_named = shows_payer(line, named)
    if fit is Fit.SMALL_DIFFERENCE and found and not knows_named:
        return True
    columns = board.payments.columns
    return any(
        shows_payer(line, rival)
        # Of two who only share a name, the reference has said which one it is.
        and not (knows_named and _are_two_people(line, named, rival))
        for rival in (
            board.payments.at(place)
            for place in found
            if not knows_named or _is_like(columns, place, named)
        )
    )


def _is_like(columns: PaymentColumns, place: int, named: PaymentFacts) -> bool:
    """Tell whether a payment may be of the same payer, without looking closely."""
    return columns.customer_names[place] == named.customer_name or (
        bool(named.national) and columns.phones[place].endswith(named.national)
    )


def _are_two_people(line: LineFacts, named: PaymentFacts, rival: PaymentFacts) -> bool:
    phones = {named.national, rival.national}
    return len(phones) > 1 and "" not in phones and not line.phones.shows(rival.national)


def _match_several_named(
    board: Board, named: Sequence[LineFacts], claims: Sequence[_Claim]
) -> None:
    """One line that names several payments, which no other line names, and brings their sum."""
    found = list(_named_sums(board, named, {line.line_id for line, _, _ in claims}))
    times_named = Counter(match.payment_ids[0] for match in board.plain_matches)
    times_named.update(
        hit.identifier.payment_id for line, hit, _ in claims if line.line_id in board.free_lines
    )
    times_named.update(payment_id for each in found for payment_id in each.payment_ids)
    for proposal in found:
        if all(times_named[payment_id] == 1 for payment_id in proposal.payment_ids):
            board.accept(proposal)


def _named_sums(
    board: Board, named: Sequence[LineFacts], explained: Set[int]
) -> Iterator[Proposal]:
    """Yield lines that name several payments, also by numbers that go on, and bring their sum."""
    several = {line.line_id: line.hits for line in named if len(line.hits) > 1}
    for line in named:
        if line.line_id not in explained and line.line_id not in several:
            several[line.line_id] = continued_hits(line, board.payments.identifiers)
    for line in board.still_free([line for line in named if several.get(line.line_id)]):
        names = several[line.line_id]
        identifiers = {hit.identifier.folded for hit in names}
        hits = [hit for hit in names if _in_play(board, line, hit)]
        if not 2 <= len(hits) <= _MAX_TOGETHER or len(identifiers) != len(names):
            continue
        payments = [board.payments[hit.identifier.payment_id] for hit in hits]
        total = sum(each.amount_minor for each in payments)
        difference = total - line.line.amount_minor
        if len(hits) != len(names) or difference not in {0, line.line.fee_minor}:
            continue
        yield Proposal(
            line_ids=(line.line_id,),
            payment_ids=tuple(each.payment_id for each in payments),
            kind=MatchKind.SETTLEMENT,
            automatic=True,
            confidence=96,
            reasons=(
                *(reasons.named(hit) for hit in hits),
                f"together they make the line's amount, {len(hits)} payments",
            ),
            difference_minor=difference,
        )


def _seems_a_neighbours(board: Board, line: LineFacts) -> bool:
    """Tell whether the payer is that of another payment, of this amount and one slip away."""
    return any(
        shows_payer(line, board.payments[rival]) for rival in fitting_neighbours(board, line)
    )


def _sharing(named: Sequence[LineFacts]) -> list[LineFacts]:
    """Return the lines that name one payment which another such line names too."""
    of_one = [line for line in named if len(line.hits) == 1]
    times_named = Counter(line.hits[0].place for line in of_one)
    return [line for line in of_one if times_named[line.hits[0].place] > 1]


def _match_parts(board: Board, named: Sequence[LineFacts]) -> None:
    """Several lines that name one payment and bring exactly its amount together."""
    parts: dict[str, list[tuple[LineFacts, Hit]]] = defaultdict(list)
    for line in board.still_free(named):
        if _in_play(board, line, line.hits[0]):
            parts[line.hits[0].identifier.payment_id].append((line, line.hits[0]))
    for payment_id, of_payment in sorted(parts.items()):
        payment = board.payments[payment_id]
        lines = [line for line, _ in of_payment]
        total = sum(line.line.amount_minor for line in lines)
        undisputed = all(board.undisputed(line.line_id, payment_id) for line in lines)
        if not 2 <= len(lines) <= _MAX_TOGETHER or total != payment.amount_minor:
            continue
        if undisputed and not any(_seems_a_neighbours(board, line) for line in lines):
            board.accept(
                Proposal(
                    line_ids=tuple(line.line_id for line in lines),
                    payment_ids=(payment_id,),
                    kind=MatchKind.SPLIT,
                    automatic=True,
                    confidence=94,
                    reasons=(
                        reasons.named(of_payment[0][1]),
                        f"{len(lines)} lines together make the payment's amount",
                    ),
                )
            )
