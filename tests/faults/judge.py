"""The judge: compares what the networks did with what the shop's books say of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.gateways.sandbox import Fault, Kind, LedgerEntry, Network, State
from tests.faults.books import BookedRefund, BookedSale, Books
from tests.faults.sales import Sale

NEVER_TAKEN = "unresolved, never taken"
"""Killed or cut again and again before the network took it, so that a person must look."""

MOST_TURNED_AWAY = 2
"""So many requests the sandbox refuses as too many; those were certainly not taken."""

_SAME_IN_BOTH = {Fault.OTHER_AMOUNT, Fault.OTHER_CURRENCY, Fault.OTHER_REFERENCE}
_WRONG_FACTS = {
    # Airtel names no payer, so it cannot name a wrong one.
    Network.MTN: frozenset({*_SAME_IN_BOTH, Fault.OTHER_PAYER}),
    Network.AIRTEL: frozenset(_SAME_IN_BOTH),
}
_ANSWER_LOST = frozenset(
    {
        Fault.SLOW_ANSWER,
        Fault.RESET_AFTER,
        Fault.CUT_BEFORE,
        Fault.ERROR_500,
        Fault.UNAVAILABLE,
        Fault.TRUNCATED,
        Fault.HTML,
        Fault.REDIRECT,
        Fault.HANG_AFTER,
    }
)


class Rule(StrEnum):
    """What must never be, whatever happens to the shop and on the way."""

    CHARGED_TWICE = "charged twice"
    TWO_REFERENCES = "one sale under two references"
    OTHER_REQUEST = "one reference, two requests"
    UNRECORDED_REQUEST = "a request the books do not know"
    CHARGE_LOST = "charged, but not completed"
    PAID_BY_NOBODY = "completed, but not rightly charged"
    FAILED_WITHOUT_WORD = "called failed, which the network never said"
    NOT_LEFT_TO_PERSON = "undecided, but not left to a person"
    NOT_ENDED = "not ended"
    SALE_LOST = "a sale is missing"
    SALE_TWICE = "a sale is there twice"
    SENT_BACK_TWICE = "sent back twice"
    SENT_BACK_TOO_MUCH = "more sent back than paid"
    REFUND_WRONG = "a refund's end is not the network's"
    BOOKS_WRONG = "the books contradict themselves"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule, and where."""

    rule: Rule
    told: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found, and how the sales and refunds of the run ended."""

    findings: tuple[Finding, ...]
    outcomes: Counter[str]

    @property
    def rules(self) -> frozenset[Rule]:
        """The rules that were broken."""
        return frozenset(finding.rule for finding in self.findings)


def judge(sales: Iterable[Sale], ledger: Iterable[LedgerEntry], books: Books) -> Verdict:
    """Return every broken rule of a shop that came to rest."""
    wanted = tuple(sales)
    entries = tuple(ledger)
    findings = [
        *(Finding(Rule.BOOKS_WRONG, told) for told in books.faults),
        *_count_sales(wanted, books),
        *_look_at_references(entries, books),
    ]
    payments = {e.reference: e for e in entries if e.kind is Kind.PAYMENT}
    refunds: defaultdict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.kind is Kind.REFUND:
            refunds[entry.original].append(entry)
    networks = {sale.reference: sale.network for sale in wanted}
    outcomes = Counter({"calls cut by a kill": books.cut_calls})
    for booked in books.sales:
        charge = payments.get(booked.reference)
        network = networks.get(booked.sale, Network.MTN)
        findings += _look_at_payment(booked, charge)
        is_mtn = network is Network.MTN
        original = booked.reference if is_mtn or charge is None else charge.transaction_id
        findings += _look_at_refunds(booked, network, refunds.pop(original, []))
        outcomes[f"payment {_word(booked, charge)}"] += 1
        outcomes.update(f"refund {refund.status}" for refund in booked.refunds)
    for strays in refunds.values():
        findings += [Finding(Rule.UNRECORDED_REQUEST, _named(entry)) for entry in strays]
    return Verdict(tuple(findings), outcomes)


def _word(booked: BookedSale, charge: LedgerEntry | None) -> str:
    if booked.is_open:
        return "unresolved" if charge is not None and charge.is_accepted else NEVER_TAKEN
    return f"{booked.status} late" if "payment:came_late" in booked.events else booked.status


def _count_sales(wanted: tuple[Sale, ...], books: Books) -> Iterator[Finding]:
    times = Counter(booked.sale for booked in books.sales)
    for sale in wanted:
        if not times[sale.reference]:
            yield Finding(Rule.SALE_LOST, sale.reference)
    for reference, count in times.items():
        if count > 1:
            yield Finding(Rule.SALE_TWICE, f"{reference}: {count}")
    if books.payments != len(wanted) and set(times.values()) == {1}:
        yield Finding(Rule.SALE_TWICE, f"{books.payments} payments for {len(wanted)} sales")


def _look_at_references(entries: tuple[LedgerEntry, ...], books: Books) -> Iterator[Finding]:
    """Yield what is wrong with references and requests, whatever the books say of their ends."""
    collects = {booked.reference: booked for booked in books.sales}
    refunds = {r.reference for booked in books.sales for r in booked.refunds}
    references: defaultdict[str, set[str]] = defaultdict(set)
    charges: Counter[str] = Counter()
    for entry in entries:
        is_payment = entry.kind is Kind.PAYMENT
        if len(set(entry.body_sha256)) > 1:
            yield Finding(Rule.OTHER_REQUEST, _named(entry))
        if is_payment:
            references[entry.external_id].add(entry.reference)
            charges[entry.external_id] += entry.times_charged
            booked = collects.get(entry.reference)
            if booked is None or entry.posts > booked.collect_calls:
                yield Finding(Rule.UNRECORDED_REQUEST, _named(entry))
        elif entry.times_charged > 1:
            yield Finding(Rule.SENT_BACK_TWICE, _named(entry))
        elif entry.network is Network.MTN and entry.reference not in refunds:
            yield Finding(Rule.UNRECORDED_REQUEST, _named(entry))
    for sale, known in references.items():
        if len(known) > 1:
            yield Finding(Rule.TWO_REFERENCES, f"{sale}: {sorted(known)}")
        if charges[sale] > 1:
            yield Finding(Rule.CHARGED_TWICE, f"{sale}: {charges[sale]} times")


def _look_at_payment(booked: BookedSale, charge: LedgerEntry | None) -> Iterator[Finding]:
    told = (
        f"{booked.sale} is {booked.status}/{booked.attempt_status}; the network: {_named(charge)}"
    )
    is_paid = booked.status in {"completed", "refunded"}
    is_unresolved = booked.attempt_status == "unresolved" and booked.is_open
    if "payment:failed" in booked.events and not _said_no(charge):
        yield Finding(Rule.FAILED_WITHOUT_WORD, told)
    if charge is None or not charge.is_accepted:
        was_refused = booked.status == "failed" and charge is None
        if is_paid:
            yield Finding(Rule.PAID_BY_NOBODY, told)
        elif not (is_unresolved or was_refused or booked.status == "cancelled"):
            yield Finding(Rule.NOT_ENDED, told)
    elif charge.times_charged and charge.fault not in _WRONG_FACTS[charge.network]:
        is_same = (
            int(charge.amount) == booked.amount_minor
            and charge.transaction_id == booked.transaction_id
            and charge.external_id == booked.sale
        )
        if not (is_paid and is_same):
            yield Finding(Rule.CHARGE_LOST, told)
    elif is_paid:
        yield Finding(Rule.PAID_BY_NOBODY, told)
    elif charge.last_outcome is State.FAILED:
        if booked.status != "failed":
            yield Finding(Rule.NOT_ENDED, told)
    elif not is_unresolved:
        yield Finding(Rule.NOT_LEFT_TO_PERSON, told)


def _said_no(charge: LedgerEntry | None) -> bool:
    """Tell whether the network said at some time that no money comes."""
    if charge is None:
        return True  # refused at once; a payment that was charged elsewhere is found as such
    return charge.last_outcome is State.FAILED or charge.fault is Fault.LATE_SUCCESS


def _look_at_refunds(
    booked: BookedSale, network: Network, entries: list[LedgerEntry]
) -> Iterator[Finding]:
    sent = sum(int(entry.amount) * entry.times_charged for entry in entries)
    told = f"{booked.sale}: {[_named(entry) for entry in entries]}"
    if sent > booked.amount_minor:
        yield Finding(Rule.SENT_BACK_TOO_MUCH, told)
    if len(entries) > 1 or len(booked.refunds) > 1:
        yield Finding(Rule.SENT_BACK_TWICE, told)
    for entry in entries:
        if entry.posts > booked.refund_calls:
            yield Finding(Rule.UNRECORDED_REQUEST, _named(entry))
        turned_away = MOST_TURNED_AWAY if entry.fault is Fault.TOO_MANY else 0
        if network is Network.AIRTEL and entry.posts > 1 + turned_away:
            yield Finding(Rule.SENT_BACK_TWICE, f"{told}: {entry.posts} requests")
    for refund in booked.refunds:
        first = entries[0] if entries else None
        if not _is_right_end(refund, network, first):
            ends = f"refund of {booked.sale} is {refund.status}; the network: {_named(first)}"
            yield Finding(Rule.REFUND_WRONG, ends)


def _is_right_end(refund: BookedRefund, network: Network, entry: LedgerEntry | None) -> bool:
    is_charged = entry is not None and entry.times_charged == 1
    if network is Network.AIRTEL:
        if entry is not None and entry.fault in _ANSWER_LOST:
            return refund.status == "unknown"
        return {"completed": is_charged, "failed": not is_charged, "unknown": True}.get(
            refund.status, False
        )
    if entry is None or not entry.is_accepted:
        return refund.status == "unknown"
    if is_charged and entry.fault not in _WRONG_FACTS[network]:
        return refund.status == "completed" and int(entry.amount) == refund.amount_minor
    if entry.last_outcome is State.FAILED:
        return refund.status == "failed"
    return refund.status == "unknown"


def _named(entry: LedgerEntry | None) -> str:
    if entry is None:
        return "never asked"
    fault = f" {entry.fault}" if entry.fault else ""
    return (
        f"{entry.network} {entry.kind} {entry.external_id} {entry.reference}{fault}:"
        f" {entry.posts} requests, charged {entry.times_charged}, {entry.outcome} {entry.reason}"
    )
