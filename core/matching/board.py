"""The table the passes work on: what is still free, what is contested, what is decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from operator import attrgetter

from core.matching.books import Books
from core.matching.damage import NearHit
from core.matching.declined import NOTHING_DECLINED, Declined, left_of
from core.matching.facts import LineFacts
from core.matching.fees import FeeModel
from core.matching.free_payments import FreePayments
from core.matching.learned import LearnedPayer
from core.matching.plain import NO_PAIRS, PlainPairs
from core.matching.records import GivenUp, MatchingResult, MatchKind, Proposal

_NOT_PROVING = frozenset({MatchKind.REFUND, MatchKind.REVERSAL})

_MIN_SHOWN = 100
_MAX_LATER = 0.002

MAX_SET = 8
"""Largest set of lines or payments that a person is asked to choose from."""

BOOKING_SLACK_DAYS = 2
"""A reversal may be booked so much before its original: their dates come from two clocks."""

_CHECK_EVERY = 256
_NO_LINES = frozenset[int]()


_LINES_OF = attrgetter("line_ids")


def _nothing() -> None:
    """Do nothing."""


class Board:
    """Lines and payments with the decisions taken so far.

    A *contested* line or payment has strong evidence for several: no weaker pass may settle it,
    but it still counts as a rival. A *held* payment was paid and taken back: its line is known,
    yet it is not proved as paid. ``near`` and ``meant`` are what ``damage.near_hits`` found;
    ``plain`` is what ``plain.plain_pairs`` decided before, ``plain_matches`` the same as matches.
    ``declined`` is neither settled nor offered, ``learned_payers`` are only offered. ``settled`` is
    told what was matched. ``check`` raises once the person has stopped the matching.
    """

    def __init__(
        self,
        lines: Mapping[int, LineFacts],
        payments: Books,
        fees: FeeModel,
        check: Callable[[], None] = _nothing,
    ) -> None:
        self.check = check
        self.lines = lines
        self.payments = payments
        self.fees = fees
        self.near: Mapping[int, tuple[NearHit, ...]] = {}
        self.meant: Mapping[int, tuple[int, ...]] = {}
        self.declined: Declined = NOTHING_DECLINED
        self.learned_payers: Sequence[LearnedPayer] = ()
        self.plain: PlainPairs = NO_PAIRS
        self.plain_matches: list[Proposal] = []
        self.settled: Callable[[Sequence[Proposal]], None] | None = None
        self.free_lines = dict.fromkeys(lines)
        self._bringing = [line for line in lines.values() if line.line.amount_minor > 0]
        self._free_before = len(lines)
        self.free_payments = FreePayments(payments)
        self.contested_lines: set[int] = set()
        self.contested_payments: set[str] = set()
        self.reversals_of_payment: dict[str, set[int]] = {}
        self.reversals_of_line: dict[int, frozenset[int]] = {}
        self.sure_reversals: set[int] = set()
        self._reopened: set[str] = set()
        self._given_up: dict[int, str] = {}
        self._delays: dict[str, Counter[int]] = defaultdict(Counter)
        self._usual_days: dict[tuple[str, int], int] = {}
        self._matches: list[Proposal] = []
        self._told = 0
        self._suggestions: list[Proposal] = []
        self._suggested_lines: set[int] = set()

    def money_in(self) -> Iterator[LineFacts]:
        """Go through the lines that are free now and bring money, by id."""
        free = self.free_lines
        if len(free) < self._free_before:
            self._bringing = [line for line in self._bringing if line.line_id in free]
            self._free_before = len(free)
        brought = self._bringing
        for start in range(0, len(brought), _CHECK_EVERY):
            self.check()
            yield from brought[start : start + _CHECK_EVERY]

    def still_free(self, lines: Iterable[LineFacts]) -> Iterator[LineFacts]:
        """Go through those of some lines that are free now."""
        for number, line in enumerate(lines):
            if number % _CHECK_EVERY == 0:
                self.check()
            if line.line_id in self.free_lines:
                yield line

    def share_of_amount(self, currency: str, amount_minor: int) -> float:
        """Return which part of all payments has this amount: how little it says."""
        return self.payments.count_of_amount(currency, amount_minor) / max(1, len(self.payments))

    def share_of_name(self, name: tuple[str, ...]) -> float:
        """Return which part of all payments has this customer's name."""
        return self.payments.count_of_name(name) / max(1, len(self.payments))

    def usual_days(self, method: str, *, at_most: int) -> int:
        """Return within how many days a method's lines follow their payments, as matched so far.

        ``at_most`` where too few matches have shown it.
        """
        key = method, at_most
        if key not in self._usual_days:
            self._usual_days[key] = _usually_within(self._delays[method], at_most)
        return self._usual_days[key]

    def is_surely_taken_back(self, line_id: int) -> bool:
        """Tell whether one other line names this very line and takes all of it back."""
        reversals = self.reversals_of_line.get(line_id, frozenset())
        return len(reversals) == 1 and self._undoes(next(iter(reversals)), line_id)

    def undisputed(self, line_id: int, payment_id: str) -> bool:
        """Tell whether both are free and no stronger pass found rivals for them."""
        return (
            line_id in self.free_lines
            and payment_id in self.free_payments
            and line_id not in self.contested_lines
            and payment_id not in self.contested_payments
        )

    def contest(self, line_ids: Iterable[int], payment_ids: Iterable[str]) -> None:
        """Keep lines and payments from every weaker pass."""
        self.contested_lines.update(line_ids)
        self.contested_payments.update(payment_ids)

    def accept(self, proposal: Proposal, *, proves_payments: bool = True) -> None:
        """Settle a proposal; one about money taken back is settled for the passes only.

        Where a clerk declined it, both sides are left to a person: nothing weaker settles them.
        """
        if self.declined.forbids(proposal):
            self.contest(proposal.line_ids, proposal.payment_ids)
            return
        for line_id in proposal.line_ids:
            del self.free_lines[line_id]
        if proves_payments and len(proposal.line_ids) == len(proposal.payment_ids) == 1:
            columns = self.payments.columns
            place = self.payments.places[proposal.payment_ids[0]]
            days = (self.lines[proposal.line_ids[0]].line.day - columns.days[place]).days
            self._delays[columns.methods[place]][days] += 1
            self._usual_days.clear()
        if proves_payments:
            for payment_id in proposal.payment_ids:
                del self.free_payments[payment_id]
        some_taken_back = self.reversals_of_line or self.reversals_of_payment
        reversals = self._reversals_of(proposal) if proves_payments and some_taken_back else ()
        if reversals:
            self._hold(proposal, reversals)
        else:
            self._matches.append(proposal)

    def accept_plain(self, proposals: Sequence[Proposal], pairs: PlainPairs) -> None:
        """Settle the proposals of pairs of which no money was taken back."""
        columns = self.payments.columns
        self.payments.touch(pairs.places)
        if self.declined:
            for proposal in proposals:
                self.accept(proposal)
            return
        for line in pairs.lines:
            del self.free_lines[line.line_id]
        self.free_payments.take(pairs.places)
        methods = map(columns.methods.__getitem__, pairs.places)
        for (method, days), count in Counter(zip(methods, pairs.days, strict=True)).items():
            self._delays[method][days] += count
        self._usual_days.clear()
        self.tell_settled()
        self._matches += proposals
        self._told = len(self._matches)

    def will_accept_plain(self, matches: Sequence[Proposal]) -> None:
        """Keep matches of plain pairs for :meth:`accept_plain`; what is sure of them is told."""
        self.plain_matches += matches
        if self.settled is not None and not self.declined:
            self.settled(matches)

    def tell_settled(self) -> None:
        """Tell which matches were made since the last time: no pass takes one back."""
        if self.settled is not None:
            self.settled(self._matches[self._told :])
            self._told = len(self._matches)

    def close_reopened(self) -> None:
        """Keep what was reopened, and what nothing named again, from weaker passes."""
        for payment_id in sorted(self._reopened):
            if payment_id in self.free_payments:
                del self.free_payments[payment_id]
        self._reopened.clear()

    def suggest(self, proposal: Proposal) -> None:
        """Offer a proposal to a person, unless a stronger one was made for one of its lines."""
        for left in left_of(self.declined, proposal, self.lines, self.payments):
            if self._suggested_lines.isdisjoint(left.line_ids):
                self._suggested_lines.update(left.line_ids)
                self._suggestions.append(left)

    def suggest_any_of(self, proposals: Sequence[Proposal]) -> None:
        """Offer several answers for the same lines, of which at most one is right."""
        left = [each for each in proposals if not self.declined.forbids(each)]
        if left and self._suggested_lines.isdisjoint(left[0].line_ids):
            self._suggested_lines.update(left[0].line_ids)
            self._suggestions.extend(left)

    def give_up(self, line_id: int, reason: str) -> None:
        """Say why a line was not searched."""
        self._given_up[line_id] = reason

    def wants_suggestion(self, line_id: int) -> bool:
        """Tell whether nothing was decided or suggested about a line."""
        return line_id in self.free_lines and line_id not in self._suggested_lines

    def result(self) -> MatchingResult:
        """Return all decisions in a stable order."""
        suggestions = (self._still_open(each) for each in self._suggestions)
        matched_lines = {line_id for match in self._matches for line_id in match.line_ids}
        return MatchingResult(
            matches=tuple(sorted(self._matches, key=_LINES_OF)),
            suggestions=tuple(sorted((each for each in suggestions if each), key=_order)),
            unmatched_line_ids=tuple(each for each in self.lines if each not in matched_lines),
            unmatched_payment_ids=self._unmatched_payments(),
            given_up=tuple(
                GivenUp(line_id, reason)
                for line_id, reason in sorted(self._given_up.items())
                if line_id in self.free_lines
            ),
        )

    def _unmatched_payments(self) -> tuple[str, ...]:
        """Return the payments that no match proves; a held one is taken, yet not proved."""
        columns, place_of = self.payments.columns, self.payments.places
        unproved = bytearray(b"\1") * len(columns)
        for place in columns.reconciled:
            unproved[place] = False
        for match in self._matches:
            if match.kind not in _NOT_PROVING:
                for payment_id in match.payment_ids:
                    unproved[place_of[payment_id]] = False
        return tuple(compress(columns.payment_ids, unproved))

    def _reversals_of(self, proposal: Proposal) -> set[int]:
        found: set[int] = set()
        for line_id in proposal.line_ids:
            found |= self.reversals_of_line.get(line_id, _NO_LINES)
        for payment_id in proposal.payment_ids:
            found |= self.reversals_of_payment.get(payment_id, _NO_LINES)
        return found

    def _hold(self, proposal: Proposal, reversals: Collection[int]) -> None:
        """Tie a payment that was paid and taken back to both lines; it is not proved by them."""
        taken_back = tuple(sorted(each for each in reversals if each in self.free_lines))
        for line_id in taken_back:
            del self.free_lines[line_id]
        automatic = proposal.automatic and self._takes_all_back(proposal, taken_back)
        held = Proposal(
            line_ids=(*proposal.line_ids, *taken_back),
            payment_ids=proposal.payment_ids,
            kind=MatchKind.REVERSAL,
            automatic=automatic,
            confidence=proposal.confidence if automatic else min(proposal.confidence, 90),
            reasons=(*proposal.reasons, "the money was taken back by a later line"),
            difference_minor=proposal.difference_minor,
        )
        self._suggested_lines.update(held.line_ids)
        if self.declined.forbids(held):
            return
        (self._matches if automatic else self._suggestions).append(held)
        if automatic:
            self._reopen(proposal.payment_ids[0], taken_back)

    def _reopen(self, payment_id: str, taken_back: Collection[int]) -> None:
        """Let a payment be paid again by what names it: its money has surely gone back."""
        self.free_payments.give_back(payment_id)
        self._reopened.add(payment_id)
        left = self.reversals_of_payment.get(payment_id, set())
        left.difference_update(taken_back)
        if not left:
            self.reversals_of_payment.pop(payment_id, None)

    def _takes_all_back(self, proposal: Proposal, taken_back: Collection[int]) -> bool:
        """Tell whether one line surely takes back exactly what the proposal's one line brought."""
        if len(taken_back) != 1 or len(proposal.line_ids) != 1:
            return False
        return self._undoes(next(iter(taken_back)), proposal.line_ids[0])

    def _undoes(self, reversal_id: int, original_id: int) -> bool:
        """Tell whether a reversal that names its original is for the same money."""
        reversal, original = self.lines[reversal_id], self.lines[original_id]
        return (
            reversal_id in self.sure_reversals
            and reversal.line.amount_minor == -original.line.amount_minor
            and (reversal.line.day - original.line.day).days >= -BOOKING_SLACK_DAYS
        )

    def _still_open(self, proposal: Proposal) -> Proposal | None:
        """Drop what was settled after the suggestion was made."""
        if proposal.kind in {MatchKind.REVERSAL, MatchKind.REFUND, MatchKind.BANK_CHARGE}:
            return proposal
        if not all(line_id in self.free_lines for line_id in proposal.line_ids):
            return None
        left = tuple(each for each in proposal.payment_ids if each in self.free_payments)
        if left == proposal.payment_ids:
            return proposal
        if not left or proposal.kind is MatchKind.SETTLEMENT:
            return None
        return Proposal(
            line_ids=proposal.line_ids,
            payment_ids=left,
            kind=proposal.kind,
            automatic=False,
            confidence=proposal.confidence,
            reasons=proposal.reasons,
            difference_minor=proposal.difference_minor,
            ambiguous=proposal.ambiguous and len(left) > 1,
        )


def _usually_within(delays: Counter[int], at_most: int) -> int:
    shown = delays.total()
    if shown < _MIN_SHOWN:
        return at_most
    later = 0
    for days in range(at_most, 1, -1):
        later += delays[days]
        if later > shown * _MAX_LATER:
            return days
    return 1


def _order(proposal: Proposal) -> tuple[tuple[int, ...], int, tuple[str, ...]]:
    """Sort by line, and what is offered for one line by how likely it is."""
    return proposal.line_ids, -proposal.confidence, proposal.payment_ids
