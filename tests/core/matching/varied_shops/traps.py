"""Stories of money that must not be matched by itself: the wrong amount, day, way or person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.core.matching.varied_shops.books import Books
from tests.core.matching.varied_shops.truth import Said, Story


def contradiction(books: Books) -> None:
    """A line with the reference of one open payment and the amount of another, also open."""
    one, other = books.payment(with_transaction=False), books.payment(with_transaction=False)
    names = books.names_of(one)
    if not names or one.amount_minor == other.amount_minor:
        books.drop(one)
        books.drop(other)
        return
    day = max(one.day, other.day)
    line = books.line(other.amount_minor, day, method=other.method, said=Said((names[0],)))
    also = (((line,), (one.payment_id,)),)
    books.tell(
        Story.CONTRADICTION, (line,), (), decidable=False, detail=other.payment_id, also_right=also
    )


def _impossible(books: Books, story: Story) -> None:
    payment = books.payment(with_transaction=True)
    names = books.names_of(payment)
    said = replace(books.payer(payment, some=True), pieces=tuple(names[:1]))
    amount, day = payment.amount_minor, payment.day
    if story is Story.TOO_EARLY:
        day -= timedelta(days=books.random.randrange(4, 30))
    if story is Story.DIRECTION:
        amount = -amount
    currency = books.random.choice(("USD", "EUR", "UGX")) if story is Story.CURRENCY else "RWF"
    own = payment.transaction_id if story is not Story.TOO_EARLY else None
    line = books.line(
        amount, day, method=payment.method, said=said, transaction_id=own, currency=currency
    )
    books.tell(story, (line,), (), decidable=False)


def too_early(books: Books) -> None:
    """Money dated days before the payment was asked for."""
    _impossible(books, Story.TOO_EARLY)


def other_currency(books: Books) -> None:
    """The same figures in another currency."""
    _impossible(books, Story.CURRENCY)


def wrong_direction(books: Books) -> None:
    """Money out with everything else of a payment."""
    _impossible(books, Story.DIRECTION)


def failed(books: Books) -> None:
    """Money of a payment the books call failed, and often a second one that went through."""
    customer, day, amount = books.customer(), books.day(), books.amount()
    lost = books.payment(customer=customer, day=day, amount=amount, kept=False)
    names = books.names_of(lost)
    said = replace(books.payer(lost, some=True), pieces=tuple(names[:1]))
    line = books.line(
        amount, day, method=lost.method, said=said, transaction_id=lost.transaction_id or None
    )
    if not names and not lost.transaction_id:
        books.tell(Story.STRANGER, (line,), (), said=said, decidable=False, detail="maybe")
        return
    books.tell(Story.FAILED, (line,), (), said=said, decidable=False)
    if books.random.random() < 0.6:
        good = books.payment(customer=customer, day=day, amount=amount, method=lost.method)
        own_names = books.names_of(good)
        if own_names:
            second = books.line(amount, day, method=lost.method, said=Said((own_names[0],)))
            books.tell(Story.IDENTIFIER, (second,), (good.payment_id,), said=Said((own_names[0],)))


def stranger(books: Books) -> None:
    """Money of somebody who is no customer, for something never recorded."""
    gone = books.payment(kept=False, customer=books.customers[-1])
    said = replace(books.payer(gone, some=True), pieces=tuple(books.names_of(gone)[:1]))
    line = books.line(gone.amount_minor, gone.day, method=gone.method, said=said)
    books.tell(Story.STRANGER, (line,), (), said=said, decidable=False)


def charge(books: Books) -> None:
    """What the bank takes for itself."""
    words = books.random.choice(
        (
            "Maintenance fee",
            "SMS ALERT CHARGE",
            "Ledger fees March",
            "Frais de tenue de compte",
            "Transfer Fee : AC-RWF1000",
            "Excise duty",
        )
    )
    line = books.line(
        -books.random.choice((50, 118, 500, 1180, 2000)),
        books.day(),
        method="bank_transfer",
        opening=words,
    )
    books.tell(Story.CHARGE, (line,), (), decidable=False)
