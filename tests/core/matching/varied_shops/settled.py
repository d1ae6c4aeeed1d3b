"""Channels that pay a whole day, a part of a day or a weekend in one line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from core.matching.fees import FeeRule
from core.matching.records import OpenPayment
from tests.core.matching.varied_shops.books import FIRST_DAY, Books
from tests.core.matching.varied_shops.truth import Story

_WORDS = {
    "card": ("POS SETTLEMENT", "CARD SETTL TID 40021", "MERCHANT CR VISA/MC"),
    "mtn_mobile_money": ("MOMO MERCHANT SETTLEMENT", "MTN MOMO BULK PAYOUT"),
    "airtel_money": ("AIRTEL MONEY SETTLEMENT", "AM BULK PAYOUT"),
}


@dataclass(frozen=True, slots=True)
class Channel:
    """How one channel pays: after how many days, on which days not, less what, in how many lines.

    ``on_total`` takes the fee of the total, else of each payment; ``known`` says whether the
    shop has agreed the fee in writing.
    """

    method: str
    delay: int = 1
    weekends: str = "as other days"
    rule: FeeRule | None = None
    on_total: bool = False
    known: bool = True
    batches: int = 1
    per_day: int = 6
    lacking: float = 0.0
    names_day: float = 0.3
    only_days: int = 0

    def fee(self, amounts: list[int]) -> int:
        """Return what is kept of some payments."""
        if self.rule is None:
            return 0
        if self.on_total:
            return self.rule.fee_minor(sum(amounts))
        return sum(self.rule.fee_minor(amount) for amount in amounts)


def settle(books: Books, channel: Channel) -> None:
    """Write the payments and the settlements of a channel."""
    pools: dict[date, list[list[OpenPayment]]] = {}
    lacking: set[str] = set()
    chosen = range(books.days - 5)
    if channel.only_days:
        chosen = range(3, 3 + channel.only_days)
    for offset in chosen:
        day = FIRST_DAY + timedelta(days=offset)
        count = max(1, books.random.randrange(channel.per_day // 2, channel.per_day * 3 // 2 + 1))
        made = []
        for _ in range(count):
            kept = books.random.random() >= channel.lacking
            made.append(
                books.payment(day=day, method=channel.method, kept=kept, with_transaction=False)
            )
            if not kept:
                lacking.add(made[-1].payment_id)
        paid = day + timedelta(days=channel.delay)
        if channel.weekends != "as other days" and paid.weekday() > 4:
            paid += timedelta(days=7 - paid.weekday())
        if channel.weekends == "one line" and paid in pools:
            pools[paid][0].extend(made)
        else:
            pools.setdefault(paid, []).append(made)
    for paid, groups in pools.items():
        for group in groups:
            _pay(books, channel, paid, group, lacking)


def _pay(
    books: Books, channel: Channel, paid: date, group: list[OpenPayment], lacking: set[str]
) -> None:
    days = {p.day for p in group}
    story = (
        Story.WEEKEND
        if len(days) > 1 or paid - min(days) > timedelta(days=channel.delay)
        else Story.DAY
    )
    dealt: list[list[OpenPayment]] = [[] for _ in range(channel.batches)]
    for payment in group:
        books.random.choice(dealt).append(payment)
    if sum(1 for part in dealt if part) > 1:
        story = Story.BATCHES
    for part in dealt:
        if not part:
            continue
        amounts = [p.amount_minor for p in part]
        words = books.random.choice(_WORDS[channel.method])
        if len(days) == 1 and books.random.random() < channel.names_day:
            words += f" {min(days):%d/%m/%Y}"
        line = books.line(
            sum(amounts) - channel.fee(amounts), paid, method=channel.method, opening=words
        )
        complete = not any(p.payment_id in lacking for p in group)
        readable = channel.known or channel.rule is None
        decidable = (
            readable
            and complete
            and (story is not Story.BATCHES or _ways(channel, part, group) == 1)
        )
        truth = books.tell(story, (line,), tuple(p.payment_id for p in part), decidable=decidable)
        if any(p.payment_id in lacking for p in part):
            truth.payment_ids = ()
        truth.detail = "lacking" if not complete else "known fee" if readable else "unknown fee"
        if channel.only_days:
            truth.detail = "only one"


def _ways(channel: Channel, part: list[OpenPayment], pool: list[OpenPayment]) -> int:
    """Return how many sets of a pool's payments give a line's amount."""
    each = (lambda a: a) if channel.on_total else (lambda a: a - channel.fee([a]))
    aim = sum(each(p.amount_minor) for p in part)
    ways: Counter[int] = Counter({0: 1})
    for payment in pool:
        more = Counter({total + each(payment.amount_minor): n for total, n in ways.items()})
        ways.update({total: n for total, n in more.items() if total <= aim})
    return ways[aim]
