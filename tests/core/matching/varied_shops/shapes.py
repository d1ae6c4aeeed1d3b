"""Kinds of shops: a kiosk, a school, a wholesaler, a shop in the high street."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from core.matching.fees import FeeModel, FeeRule, FeeTier
from tests.core.matching.varied_shops.books import Books
from tests.core.matching.varied_shops.damages import is_literal
from tests.core.matching.varied_shops.decidable import identifiers, label
from tests.core.matching.varied_shops.people import could_be_name, make_customers
from tests.core.matching.varied_shops.settled import Channel, settle
from tests.core.matching.varied_shops.stories import DEALS
from tests.core.matching.varied_shops.truth import Shop, Story

_PERCENT = FeeTier(basis_points=150)
_TIERS = (
    FeeTier(fixed_minor=20, up_to_minor=1_000),
    FeeTier(fixed_minor=100, up_to_minor=10_000),
    FeeTier(fixed_minor=250, up_to_minor=150_000),
    FeeTier(fixed_minor=1_500),
)


def _books(random: Random, **given: object) -> Books:
    return Books(random, Shop(), **given)  # type: ignore[arg-type]


def _kiosk(random: Random) -> tuple[Books, tuple[Channel, ...]]:
    books = _books(
        random,
        customers=make_customers(random, 25),
        prices=(500, 1_000, 2_000),
        methods=("mtn_mobile_money", "mtn_mobile_money", "airtel_money"),
        reference_style=random.choice(("dated", "plain")),
        days=20,
        any_amount=0.0,
        referenced=0.5,
    )
    single = Channel("card", only_days=1, per_day=4, names_day=random.choice((0.0, 1.0)))
    return books, (single,)


def _school(random: Random) -> tuple[Books, tuple[Channel, ...]]:
    books = _books(
        random,
        customers=make_customers(random, 160, families=7),
        prices=(45_000, 60_000, 85_000, 120_000, 15_000),
        methods=("bank_transfer", "bank_transfer", "mtn_mobile_money"),
        reference_style=random.choice(("pupil", "digits")),
        days=45,
        any_amount=0.05,
    )
    weekend = random.choice(("one line", "lines", "as other days"))
    return books, (Channel("card", weekends=weekend, per_day=3),)


def _wholesaler(random: Random) -> tuple[Books, tuple[Channel, ...]]:
    books = _books(
        random,
        customers=make_customers(random, 90, firms=True),
        prices=(250_000, 480_000, 1_200_000, 95_000),
        methods=("bank_transfer", "bank_transfer", "mtn_mobile_money", "airtel_money"),
        reference_style=random.choice(("plain", "digits")),
        days=40,
        any_amount=0.85,
    )
    card = FeeRule("card", (_PERCENT,))
    channel = Channel(
        "card",
        weekends=random.choice(("one line", "lines")),
        rule=card,
        on_total=random.random() < 0.5,
        known=random.random() < 0.6,
        per_day=8,
        lacking=random.choice((0.0, 0.0, 0.03)),
        batches=random.choice((1, 2)),
    )
    return books, (channel,)


def _high_street(random: Random) -> tuple[Books, tuple[Channel, ...]]:
    books = _books(
        random,
        customers=make_customers(random, 400),
        prices=(500, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000),
        methods=("mtn_mobile_money", "mtn_mobile_money", "bank_transfer"),
        reference_style=random.choice(("plain", "dated", "digits")),
        days=30,
        any_amount=0.45,
    )
    tiers = FeeRule("airtel_money", _TIERS)
    fixed = FeeRule("card", (FeeTier(fixed_minor=50, basis_points=100),))
    return books, (
        Channel("airtel_money", delay=0, rule=tiers, per_day=10),
        Channel(
            "card",
            delay=random.choice((1, 2)),
            weekends=random.choice(("one line", "as other days")),
            rule=fixed,
            known=random.random() < 0.5,
            batches=random.choice((1, 1, 2)),
            per_day=random.choice((6, 18)),
        ),
    )


SHAPES: dict[str, Callable[[Random], tuple[Books, tuple[Channel, ...]]]] = {
    "kiosk": _kiosk,
    "school": _school,
    "wholesaler": _wholesaler,
    "high street": _high_street,
}


def make_shop(shape: str, seed: int, stories: int = 600) -> Shop:
    """Return a shop of a shape with about so many stories; the same seed, the same shop."""
    random = Random(f"{shape} {seed}")
    books, channels = SHAPES[shape](random)
    rules = tuple(c.rule for c in channels if c.rule and c.known)
    books.shop.fees = FeeModel(rules=rules)
    deals = [deal for deal, _ in DEALS]
    weights = [weight for _, weight in DEALS]
    for deal in random.choices(deals, weights, k=40 if shape == "kiosk" else stories):
        deal(books)
    for channel in channels:
        settle(books, channel)
    _drop_what_nobody_can_tell(books)
    label(books.shop)
    return books.shop


def _drop_what_nobody_can_tell(books: Books) -> None:
    """Drop unrecorded money that says, all of it, what the line of a recorded payment would."""
    shop = books.shop
    amounts = {line.line_id: line.amount_minor for line in shop.lines}
    lost: set[int] = set()
    for truth in shop.truths:
        if truth.story not in (Story.FAILED, Story.STRANGER) or truth.said.pieces:
            continue
        if any(
            p.amount_minor == amounts[truth.line_ids[0]]
            and (not truth.said.name or could_be_name(truth.said.name, p.customer_name))
            for p in shop.payments
        ):
            lost.update(truth.line_ids)
    for truth in shop.truths:
        # A slip onto another payment's reference and amount is that payment's evidence.
        named = [p for p in shop.payments if p.payment_id not in truth.payment_ids]
        if truth.story is Story.DAMAGED and any(
            is_literal(truth.said.pieces[0], name) and p.amount_minor == amounts[truth.line_ids[0]]
            for p in named
            for name in identifiers(p)
        ):
            lost.update(truth.line_ids)
    shop.lines = [line for line in shop.lines if line.line_id not in lost]
    shop.truths = [t for t in shop.truths if not lost.intersection(t.line_ids)]
