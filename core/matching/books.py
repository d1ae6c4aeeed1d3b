"""The payments given to the matcher: columns, and the indexes the passes look into.

A shop may have a million open payments of which a statement touches a tenth. So a payment becomes
an object only when evidence touches it, and an index is made only when a pass asks for it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, fields
from datetime import date

from core.matching.facts import PaymentFacts, facts_of
from core.matching.identifiers import Identifier, IdentifierIndex, fold_all, stretches
from core.matching.names import name_words
from core.matching.phones import national_numbers
from core.matching.records import OpenPayment, OpenRefund

_RELEASED_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class PaymentColumns:
    """Open payments, one list per field of :class:`OpenPayment`; the same place, the same payment.

    ``refunded`` and ``reconciled`` hold places, as both are rare.
    """

    payment_ids: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    amounts_minor: list[int] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    transaction_ids: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    invoice_numbers: list[str] = field(default_factory=list)
    order_numbers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    customer_names: list[str] = field(default_factory=list)
    account_numbers: list[str] = field(default_factory=list)
    refunded: dict[int, tuple[OpenRefund, ...]] = field(default_factory=dict)
    reconciled: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        """Return how many payments there are."""
        return len(self.payment_ids)

    @classmethod
    def of(cls, payments: Iterable[OpenPayment]) -> PaymentColumns:
        """Return payments as columns, by id."""
        columns = cls()
        for place, each in enumerate(sorted(payments, key=lambda payment: payment.payment_id)):
            columns.payment_ids.append(each.payment_id)
            columns.days.append(each.day)
            columns.amounts_minor.append(each.amount_minor)
            columns.currencies.append(each.currency)
            columns.methods.append(each.method)
            columns.transaction_ids.append(each.transaction_id)
            columns.references.append(each.reference)
            columns.invoice_numbers.append(each.invoice_number)
            columns.order_numbers.append(each.order_number)
            columns.phones.append(each.phone)
            columns.customer_names.append(each.customer_name)
            columns.account_numbers.append(each.account_number)
            if each.refunded:
                columns.refunded[place] = each.refunded
            if each.reconciled:
                columns.reconciled.add(place)
        return columns

    def release(self) -> None:
        """Let go of all payments bit by bit: all at once would keep the window waiting."""
        for each in fields(self):
            column = getattr(self, each.name)
            while isinstance(column, list) and column:
                del column[-_RELEASED_AT_ONCE:]

    def payment(self, place: int) -> OpenPayment:
        """Return one payment."""
        return OpenPayment(
            payment_id=self.payment_ids[place],
            day=self.days[place],
            amount_minor=self.amounts_minor[place],
            currency=self.currencies[place],
            method=self.methods[place],
            transaction_id=self.transaction_ids[place],
            reference=self.references[place],
            invoice_number=self.invoice_numbers[place],
            order_number=self.order_numbers[place],
            phone=self.phones[place],
            customer_name=self.customer_names[place],
            account_number=self.account_numbers[place],
            refunded=self.refunded.get(place, ()),
            reconciled=place in self.reconciled,
        )


class Stretch:
    """Places of payments in the order of their days, so that a window of days is two searches."""

    __slots__ = ("_days", "places")

    def __init__(
        self, places: list[int], columns: PaymentColumns, *, in_order: bool = False
    ) -> None:
        ids, days = columns.payment_ids, columns.days
        if not in_order and len(places) > 1:
            places.sort(key=ids.__getitem__)
            places.sort(key=days.__getitem__)
        self.places = places
        self._days = [days[place] for place in places]

    def window(self, first: date, last: date) -> tuple[int, int]:
        """Return from where to where in ``places`` these days reach."""
        return bisect_left(self._days, first), bisect_right(self._days, last)


def name_key(words: tuple[str, ...]) -> str:
    """Return a full name in whatever order of its words; "" for a single word."""
    return " ".join(sorted(words)) if len(words) > 1 else ""


class Books(Mapping[str, PaymentFacts]):
    """All payments by id, their facts worked out when first asked for."""

    def __init__(self, columns: PaymentColumns) -> None:
        self.columns = columns
        self.places: dict[str, int] = {}
        for each in stretches(len(columns)):
            some = columns.payment_ids[each]
            self.places.update(zip(some, range(each.start, each.stop), strict=False))
        self.identifiers = IdentifierIndex(
            (
                columns.transaction_ids,
                columns.references,
                columns.invoice_numbers,
                columns.order_numbers,
            ),
            self.identifiers_at,
        )
        self._facts: dict[int, PaymentFacts] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._of_amount: dict[tuple[str, int], list[int] | Stretch] | None = None
        self._of_day: dict[tuple[str, date], dict[str, list[int]]] | None = None
        self._name_counts: Counter[frozenset[str]] | None = None

    def __getitem__(self, payment_id: str) -> PaymentFacts:
        """Return a payment's facts."""
        return self.at(self.places[payment_id])

    def __iter__(self) -> Iterator[str]:
        """Go through all ids."""
        return iter(self.columns.payment_ids)

    def __len__(self) -> int:
        """Return how many payments there are."""
        return len(self.columns)

    def at(self, place: int) -> PaymentFacts:
        """Return the facts of the payment at a place."""
        facts = self._facts.get(place)
        if facts is None:
            payment = self.columns.payment(place)
            facts = self._facts[place] = facts_of(payment, self.name(payment.customer_name))
        return facts

    def name(self, written: str) -> tuple[str, ...]:
        """Return a customer's name as words; customers return, so each is read once."""
        words = self._names.get(written)
        if words is None:
            words = self._names[written] = name_words(written)
        return words

    def identifiers_at(self, place: int) -> tuple[Identifier, ...]:
        """Return the identifiers of the payment at a place."""
        return self.at(place).identifiers

    def refunded(self) -> list[PaymentFacts]:
        """Return the payments of which money was given back."""
        return [self.at(place) for place in self.columns.refunded]

    def of_amount(self, currency: str, amount_minor: int) -> Stretch:
        """Return all payments of one amount, by day."""
        groups, price = self._by_amount(), (currency, amount_minor)
        found = groups.get(price)
        if not isinstance(found, Stretch):
            found = groups[price] = Stretch(found or [], self.columns)
        return found

    def with_phones(self, wanted: Set[str]) -> Mapping[str, Stretch]:
        """Return all payments of some payers' phones, nine national digits each, by day."""
        return self._with_marks(national_numbers(self.columns.phones), wanted)

    def with_accounts(self, wanted: Set[str]) -> Mapping[str, Stretch]:
        """Return all payments from some accounts, their numbers folded, by day."""
        return self._with_marks(fold_all(self.columns.account_numbers), wanted)

    def with_names(self, wanted: Set[str]) -> Mapping[str, Stretch]:
        """Return all payments of some customers, by :func:`name_key`, by day."""
        names = self.columns.customer_names
        keys = {written: name_key(self.name(written)) for written in set(names)}
        return self._with_marks(map(keys.__getitem__, names), wanted)

    def of_day(self, currency: str, day: date) -> Mapping[str, list[int]]:
        """Return all payments of one day, by method."""
        if self._of_day is None:
            columns = self.columns
            self._of_day = defaultdict(lambda: defaultdict(list))
            keys = zip(columns.currencies, columns.days, columns.methods, strict=True)
            for place, (currency_, day_, method) in enumerate(keys):
                self._of_day[currency_, day_][method].append(place)
        return self._of_day.get((currency, day), {})

    def count_of_amount(self, currency: str, amount_minor: int) -> int:
        """Return how many payments have this amount."""
        found = self._by_amount().get((currency, amount_minor), [])
        return len(found.places if isinstance(found, Stretch) else found)

    def count_of_name(self, name: tuple[str, ...]) -> int:
        """Return how many payments have this customer's name, in whatever order of words."""
        if self._name_counts is None:
            self._name_counts = Counter()
            for written, count in Counter(self.columns.customer_names).items():
                self._name_counts[frozenset(self.name(written))] += count
        return self._name_counts[frozenset(name)]

    def _with_marks(self, marks: Iterable[str], wanted: Set[str]) -> Mapping[str, Stretch]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, mark in enumerate(marks):
            if mark in wanted:
                found[mark].append(place)
        return {mark: Stretch(places, self.columns) for mark, places in found.items() if mark}

    def _by_amount(self) -> dict[tuple[str, int], list[int] | Stretch]:
        if self._of_amount is None:
            groups: dict[str, defaultdict[int, list[int]]] = {
                currency: defaultdict(list) for currency in set(self.columns.currencies)
            }
            pairs = zip(self.columns.currencies, self.columns.amounts_minor, strict=True)
            for place, (currency, amount_minor) in enumerate(pairs):
                groups[currency][amount_minor].append(place)
            self._of_amount = {
                (currency, amount_minor): places
                for currency, amounts in groups.items()
                for amount_minor, places in amounts.items()
            }
        return self._of_amount

    def release(self) -> None:
        """Let go of the large indexes bit by bit: all at once would keep the window waiting."""
        self.identifiers.release()
        while self.places:
            self.places.popitem()


class FreePayments:
    """Which payments no match has taken and nobody has proved: asked, and taken from."""

    def __init__(self, columns: PaymentColumns) -> None:
        self._columns = columns
        self._gone = {columns.payment_ids[place] for place in columns.reconciled}

    def __contains__(self, payment_id: str) -> bool:
        """Tell whether a payment is free."""
        return payment_id not in self._gone

    def __delitem__(self, payment_id: str) -> None:
        """Take a payment.

        Raises:
            KeyError: it was taken before.

        """
        if payment_id in self._gone:
            raise KeyError(payment_id)
        self._gone.add(payment_id)

    def give_back(self, payment_id: str) -> None:
        """Make a payment free again that was taken."""
        self._gone.discard(payment_id)

    def __iter__(self) -> Iterator[str]:
        """Go through the free payments."""
        gone = self._gone
        return (each for each in self._columns.payment_ids if each not in gone)

    def among(self, places: Iterable[int]) -> list[int]:
        """Return those of some places whose payments are free."""
        ids, gone = self._columns.payment_ids, self._gone
        return [place for place in places if ids[place] not in gone]
