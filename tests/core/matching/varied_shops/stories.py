"""The stories of one or a few payments, dealt into the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from core.matching.records import OpenPayment, OpenRefund
from tests.core.matching.varied_shops.books import Books
from tests.core.matching.varied_shops.damages import KINDS, damage
from tests.core.matching.varied_shops.traps import (
    charge,
    contradiction,
    failed,
    other_currency,
    stranger,
    too_early,
    wrong_direction,
)
from tests.core.matching.varied_shops.truth import Said, Story


def identified(books: Books) -> None:
    """One payment, one line, one clean identifier (or none that it has: then its payer)."""
    payment = books.payment()
    said, own, place = books.clean(payment)
    line = books.line(
        payment.amount_minor,
        payment.day + timedelta(days=books.random.choice((0, 0, 0, 1, 2))),
        method=payment.method,
        said=said,
        transaction_id=own,
        place=place,
    )
    story = Story.IDENTIFIER if own or said.pieces else Story.PAYER
    if story is Story.PAYER and not (said.name or said.phone):
        story = Story.AMOUNT
    pieces = (*said.pieces, *([own] if own else []))
    books.tell(story, (line,), (payment.payment_id,), said=replace(said, pieces=pieces))


def damaged(books: Books) -> None:
    """One payment whose identifier arrives damaged."""
    random = books.random
    payment = books.payment(with_transaction=random.random() < 0.4)
    names = [
        *books.names_of(payment),
        *([payment.transaction_id] if payment.transaction_id else []),
    ]
    kind = random.choice(KINDS[1:])
    pieces = [p for name in names if (p := damage(random, name, kind))]
    if not pieces:
        books.shop.payments.remove(payment)
        return
    who = books.payer(payment, some=True)
    said = Said((random.choice(pieces),), who.name, who.phone)
    line = books.line(
        payment.amount_minor,
        payment.day + timedelta(days=random.choice((0, 0, 1, 2))),
        method=payment.method,
        said=said,
        transaction_id="" if payment.transaction_id else None,
        place=random.choice(("text", "reference")),
    )
    books.tell(Story.DAMAGED, (line,), (payment.payment_id,), said=said, detail=kind)


def payer_only(books: Books) -> None:
    """One payment, and only who paid it is said."""
    payment = books.payment(with_transaction=False)
    said = books.payer(payment)
    line = books.line(payment.amount_minor, payment.day, method=payment.method, said=said)
    books.tell(Story.PAYER, (line,), (payment.payment_id,), said=said)


def amount_only(books: Books) -> None:
    """One payment of which a line says nothing."""
    payment = books.payment(with_transaction=False)
    line = books.line(payment.amount_minor, payment.day, method=payment.method)
    books.tell(Story.AMOUNT, (line,), (payment.payment_id,), decidable=False)


def several_named(books: Books) -> None:
    """Several payments of one customer in one line that names each."""
    customer = books.customer()
    made = [
        books.payment(customer=customer, method="bank_transfer", with_transaction=False)
        for _ in range(books.random.choice((2, 2, 3, 4)))
    ]
    last = max(p.day for p in made)
    if any((last - p.day).days > 20 or not books.names_of(p) for p in made):
        for payment in made:
            books.drop(payment)
        return
    said = Said(tuple(books.random.choice(books.names_of(p)) for p in made))
    line = books.line(sum(p.amount_minor for p in made), last, method="bank_transfer", said=said)
    books.tell(Story.SEVERAL_NAMED, (line,), tuple(p.payment_id for p in made), said=said)


def several_by_payer(books: Books) -> None:
    """Several payments of one customer in one line that says only who paid."""
    customer, day = books.customer(), books.day()
    made = [
        books.payment(
            customer=customer,
            day=day - timedelta(days=books.random.randrange(3)),
            with_transaction=False,
        )
        for _ in range(books.random.choice((2, 2, 3)))
    ]
    said = books.payer(made[0])
    line = books.line(sum(p.amount_minor for p in made), day, method=made[0].method, said=said)
    books.tell(Story.SEVERAL_PAYER, (line,), tuple(p.payment_id for p in made), said=said)


def parts(books: Books) -> None:
    """One payment in two or three lines; each names it, or only its payer."""
    payment = books.payment(amount=books.amount() * 3, with_transaction=False)
    names = books.names_of(payment)
    if not names:
        books.drop(payment)
        return
    random = books.random
    count = random.choice((2, 2, 3))
    first = payment.amount_minor * random.choice((2, 3, 5)) // 10
    sizes = (
        [first, payment.amount_minor - first]
        if count == 2
        else [first, first // 2, payment.amount_minor - first - first // 2]
    )
    said = Said((random.choice(names),)) if random.random() < 0.7 else books.payer(payment)
    lines = tuple(
        books.line(size, payment.day + timedelta(days=place), method=payment.method, said=said)
        for place, size in enumerate(sizes)
    )
    books.tell(
        Story.PARTS,
        lines,
        (payment.payment_id,),
        said=said,
        decidable=None if said.pieces else False,
    )


def net_of_fee(books: Books) -> None:
    """One payment less the channel's agreed fee, or the fee the file itself states."""
    payment = books.payment(method="card" if "card" in books.methods else "")
    fee = books.shop.fees.fee_minor(payment.method, payment.amount_minor)
    stated = 0
    if not fee:
        fee = stated = max(payment.amount_minor // 100, 10)
    said, own, place = books.clean(payment)
    line = books.line(
        payment.amount_minor - fee,
        payment.day,
        method=payment.method,
        said=said,
        transaction_id=own,
        place=place,
        fee=stated,
    )
    pieces = (*said.pieces, *([own] if own else []))
    books.tell(Story.FEE_NET, (line,), (payment.payment_id,), said=replace(said, pieces=pieces))


def _paid_line(books: Books, payment: OpenPayment, own: str, pieces: tuple[str, ...] = ()) -> int:
    who = books.payer(payment, some=True)
    return books.line(
        payment.amount_minor,
        payment.day,
        method=payment.method,
        said=Said(pieces, who.name, who.phone),
        transaction_id=own,
    )


def reversed_named(books: Books) -> None:
    """Money that came and went back, the reversal naming it; perhaps paid again afterwards."""
    payment = books.payment(with_transaction=True)
    own = payment.transaction_id
    original = _paid_line(books, payment, own)
    back = books.line(
        -payment.amount_minor,
        payment.day + timedelta(days=books.random.randrange(3)),
        method=payment.method,
        opening=books.random.choice(
            ("Reversal", "REVERSAL OF TXN", "RVSL", "Extourne", "Reversed transaction")
        ),
        said=Said((own,)),
    )
    bare = ((original, back), ())
    books.tell(
        Story.REVERSED, (original, back), (payment.payment_id,), decidable=True, also_right=(bare,)
    )
    names = books.names_of(payment)
    if names and books.random.random() < 0.5:
        again = books.line(
            payment.amount_minor,
            payment.day + timedelta(days=3),
            method=payment.method,
            said=Said((names[0],)),
        )
        books.tell(
            Story.PAID_AGAIN,
            (again,),
            (payment.payment_id,),
            said=Said((names[0],)),
            decidable=True,
        )


def reversed_unnamed(books: Books) -> None:
    """Money that went back with a line that says only so."""
    payment = books.payment(with_transaction=True)
    original = _paid_line(books, payment, payment.transaction_id)
    back = books.line(
        -payment.amount_minor,
        payment.day + timedelta(days=1),
        method=payment.method,
        opening="Reversal",
    )
    also = (((original, back), ()), ((original,), (payment.payment_id,)))
    books.tell(
        Story.REVERSED_UNNAMED,
        (original, back),
        (payment.payment_id,),
        decidable=False,
        also_right=also,
    )


def refunded(books: Books) -> None:
    """A proved payment part of which went back: its debit line by id, or by words and reference."""
    random = books.random
    first = books.payment(kept=False, with_transaction=True)
    own = books.transaction_id(first.method, first.day)
    back = max(first.amount_minor // random.choice((1, 2, 4)), 1)
    day = first.day + timedelta(days=2)
    named = random.random() < 0.6
    refund = OpenRefund(f"r{books.number}", back, day, own if named else "")
    proved = replace(first, refunded=(refund,), reconciled=True)
    books.shop.payments.append(proved)
    names = books.names_of(first)
    if not named and not names:
        return
    said = Said() if named else Said((names[0],))
    line = books.line(
        -back,
        day,
        method=first.method,
        opening=random.choice(("Refund", "Transfer", "Remboursement")) if named else "Refund",
        said=said,
        transaction_id=own if named else None,
    )
    books.tell(
        Story.REFUND if named else Story.REFUND_WORDS, (line,), (proved.payment_id,), decidable=True
    )


def over_or_under(books: Books) -> None:
    """A named payment, another amount: a difference for the clerk, never by itself."""
    payment = books.payment(with_transaction=False)
    names = books.names_of(payment)
    if not names:
        books.drop(payment)
        return
    change = books.random.choice((-0.5, -0.2, 0.1, 0.3, 1.0))
    amount = payment.amount_minor + int(payment.amount_minor * change)
    said = replace(books.payer(payment, some=True), pieces=(names[0],))
    line = books.line(amount, payment.day, method=payment.method, said=said)
    books.tell(Story.OVER_UNDER, (line,), (payment.payment_id,), said=said, decidable=False)


def paid_twice(books: Books) -> None:
    """The same reference paid twice; the gateway's id says which was meant, or nothing does."""
    payment = books.payment()
    names = books.names_of(payment)
    if not names:
        books.drop(payment)
        return
    said = Said((names[0],))
    first = books.line(
        payment.amount_minor,
        payment.day,
        method=payment.method,
        said=said,
        transaction_id=payment.transaction_id or None,
    )
    second = books.line(
        payment.amount_minor,
        payment.day + timedelta(days=books.random.choice((0, 1))),
        method=payment.method,
        said=said,
    )
    if payment.transaction_id:
        books.tell(Story.TWICE, (first,), (payment.payment_id,), decidable=True)
        books.tell(Story.TWICE, (second,), (), decidable=False)
    else:
        also = (((second,), (payment.payment_id,)),)
        books.tell(
            Story.TWICE,
            (first,),
            (payment.payment_id,),
            decidable=False,
            detail="either",
            also_right=also,
        )
        books.tell(
            Story.TWICE,
            (second,),
            (),
            decidable=False,
            also_right=(((second,), (payment.payment_id,)),),
        )


def unpaid(books: Books) -> None:
    """A payment in the books that is on no line."""
    books.payment()


DEALS: tuple[tuple[Callable[[Books], None], int], ...] = (
    (identified, 300), (damaged, 160), (payer_only, 120), (amount_only, 25), (several_named, 25),
    (several_by_payer, 25), (parts, 25), (net_of_fee, 45), (reversed_named, 22),
    (reversed_unnamed, 8),
    (refunded, 14), (over_or_under, 25), (paid_twice, 16), (contradiction, 16), (too_early, 14),
    (other_currency, 12), (wrong_direction, 12), (failed, 25), (stranger, 25), (charge, 20),
    (unpaid, 60),
)  # fmt: skip
