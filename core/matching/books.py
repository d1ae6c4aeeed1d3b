"""The payments given to the matcher: columns, and the indexes the passes look into.

A shop may have a million open payments of which a statement touches a tenth. So a payment becomes
an object only when evidence touches it, and an index is made only when a pass asks for it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from core.matching.facts import PaymentFacts
from core.matching.identifier_index import IdentifierIndex
from core.matching.identifiers import fold_all, stretches
from core.matching.names import name_words
from core.matching.phones import showing
from core.matching.records import OpenPayment, OpenRefund


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

    def payment(self, place: int) -> OpenPayment:
        """Return one payment."""
        return OpenPayment(
            self.payment_ids[place],
            self.days[place],
            self.amounts_minor[place],
            self.currencies[place],
            self.methods[place],
            self.transaction_ids[place],
            self.references[place],
            self.invoice_numbers[place],
            self.order_numbers[place],
            self.phones[place],
            self.customer_names[place],
            self.account_numbers[place],
            self.refunded.get(place, ()),
            place in self.reconciled,
        )


class Stretch:
    """Places of payments in the order of their days, so that a window of days is two searches."""

    __slots__ = ("_days", "places")

    def __init__(self, places: list[int], columns: PaymentColumns) -> None:
        ids, days = columns.payment_ids, columns.days
        if len(places) > 1:
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
            columns.payment_ids,
        )
        self.amounts_minor = np.array(columns.amounts_minor, np.int64)
        self._facts: dict[int, PaymentFacts] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._of_amount: dict[tuple[str, int], list[int]] | None = None
        self._of_amount_by_day: dict[tuple[str, int], Stretch] = {}
        self._with_phone: dict[str, Stretch] = {}
        self._days_of_name: dict[str, dict[date, list[int]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._names_sought: set[str] = set()
        self._phones_sought: set[str] = set()
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
            facts = self._facts[place] = PaymentFacts(payment, self.name(payment.customer_name))
        return facts

    def name(self, written: str) -> tuple[str, ...]:
        """Return a customer's name as words; customers return, so each is read once."""
        words = self._names.get(written)
        if words is None:
            words = self._names[written] = name_words(written)
        return words

    def refunded(self) -> list[PaymentFacts]:
        """Return the payments of which money was given back."""
        return [self.at(place) for place in self.columns.refunded]

    def of_amount(self, currency: str, amount_minor: int) -> Sequence[int]:
        """Return the places of all payments of one amount, in no order."""
        return self._by_amount().get((currency, amount_minor), ())

    def of_amount_by_day(self, currency: str, amount_minor: int) -> Stretch:
        """Return all payments of one amount, by day."""
        price = currency, amount_minor
        if price not in self._of_amount_by_day:
            places = list(self.of_amount(currency, amount_minor))
            self._of_amount_by_day[price] = Stretch(places, self.columns)
        return self._of_amount_by_day[price]

    def with_phones(self, wanted: Set[str]) -> Mapping[str, Stretch]:
        """Return all payments of some payers' phones, nine national digits each, by day."""
        new = wanted - self._phones_sought
        if new:
            self._with_phone |= self._by_mark(showing(new, self.columns.phones))
            self._phones_sought |= new
        return {each: self._with_phone[each] for each in wanted if each in self._with_phone}

    def with_accounts(self, wanted: Set[str]) -> Mapping[str, Stretch]:
        """Return all payments from some accounts, their numbers folded, by day."""
        accounts = enumerate(fold_all(self.columns.account_numbers))
        return self._by_mark(each for each in accounts if each[1] in wanted)

    def days_of_names(self, wanted: Set[str]) -> Mapping[str, Mapping[date, Sequence[int]]]:
        """Return all payments of some customers, by :func:`name_key` and day, in no order."""
        new = wanted - self._names_sought
        if new:
            self._names_sought |= new
            names = self.columns.customer_names
            keys = {written: name_key(self.name(written)) for written in set(names)}
            found = self._days_of_name
            of_name = {written: found[key] for written, key in keys.items() if key in new}
            for place, (written, day) in enumerate(zip(names, self.columns.days, strict=True)):
                if written in of_name:
                    of_name[written][day].append(place)
        return self._days_of_name

    def with_names(self, wanted: Set[tuple[str, date]]) -> Mapping[tuple[str, date], Sequence[int]]:
        """Return all payments of some customers, by :func:`name_key`, on some days, by id."""
        days_of = self.days_of_names({key for key, _ in wanted})
        nobody: Mapping[date, Sequence[int]] = {}
        by_id = self.columns.payment_ids.__getitem__
        return {
            (key, day): sorted(days_of.get(key, nobody).get(day, ()), key=by_id)
            for key, day in wanted
        }

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
        return len(self.of_amount(currency, amount_minor))

    def count_of_name(self, name: tuple[str, ...]) -> int:
        """Return how many payments have this customer's name, in whatever order of words."""
        if self._name_counts is None:
            self._name_counts = Counter()
            for written, count in Counter(self.columns.customer_names).items():
                self._name_counts[frozenset(self.name(written))] += count
        return self._name_counts[frozenset(name)]

    def _by_mark(self, marks: Iterable[tuple[int, str]]) -> Mapping[str, Stretch]:
        found: dict[str, list[int]] = defaultdict(list)
        for place, mark in marks:
            found[mark].append(place)
        return {mark: Stretch(places, self.columns) for mark, places in found.items() if mark}

    def _by_amount(self) -> Mapping[tuple[str, int], Sequence[int]]:
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


class FreePayments:
    """Which payments no match has taken and nobody has proved: asked, and taken from."""

    def __init__(self, books: Books) -> None:
        self._columns, self._places = books.columns, books.places
        self._gone = {self._columns.payment_ids[place] for place in self._columns.reconciled}
        self._gone_places = bytearray(len(books))
        for place in self._columns.reconciled:
            self._gone_places[place] = True

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
        self._gone_places[self._places[payment_id]] = True

    def give_back(self, payment_id: str) -> None:
        """Make a payment free again that was taken."""
        self._gone.discard(payment_id)
        self._gone_places[self._places[payment_id]] = False

    def __iter__(self) -> Iterator[str]:
        """Go through the free payments."""
        gone = self._gone
        return (each for each in self._columns.payment_ids if each not in gone)

    def among(self, places: Iterable[int]) -> list[int]:
        """Return those of some places whose payments are free."""
        gone = self._gone_places
        return [place for place in places if not gone[place]]
