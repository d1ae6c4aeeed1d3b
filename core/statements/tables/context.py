"""What is known about a block of rows besides its entries: headers, lines above, a profile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from core.statements.amounts import currency_inside
from core.statements.profile import ColumnProfile, Role, SignRule, plain
from core.statements.tables.columns import Layout
from core.statements.tables.entries import Reading
from core.statements.tables.preamble import Preamble
from core.statements.tables.sign_rules import Terms


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a block of rows besides its entries."""

    preamble: Preamble
    reading: Reading
    layout: Layout
    profile: ColumnProfile | None
    decimal_mark: str
    assumed_currency: str

    def opening(self) -> Decimal | None:
        """Return the stated opening balance: a row of the table, or above it."""
        stated = self.reading.opening
        return self.preamble.opening(self.decimal_mark) if stated is None else stated

    def closing(self) -> Decimal | None:
        """Return the stated closing balance: a row of the table, or above it."""
        stated = self.reading.closing
        return self.preamble.closing(self.decimal_mark) if stated is None else stated

    def terms(self, own_account: str) -> Terms:
        """Return what the layout and the lines above say about signs."""
        return Terms(
            rule=self.profile.sign_rule if self.profile else SignRule.AUTO,
            own_account=own_account,
            opening=self.opening(),
            card=_is_card(self.layout),
            net=_is_net(self.layout),
        )

    def without_balances(self) -> Context:
        """Return the context for one of several accounts: the stated balances are of none."""
        return replace(self, preamble=Preamble(), reading=Reading())


def stated_currency(layout: Layout, preamble: Preamble, profile: ColumnProfile | None) -> str:
    """Return the currency that a profile, a money column's header or the lines above name."""
    if profile and profile.currency:
        return profile.currency
    money = (Role.BALANCE, Role.AMOUNT, Role.CREDIT, Role.DEBIT, Role.FEE)
    headers = [layout.header[i] for r in money for i in layout.indices(r) if i < len(layout.header)]
    for header in headers:
        if code := currency_inside(header):
            return code
    return preamble.currency


def _is_card(layout: Layout) -> bool:
    """Tell a cardholder's statement, where a plain amount is a charge, from a till's card sales."""
    names = " ".join(plain(cell) for cell in layout.header)
    words = set(names.split())
    card = words & {"card", "karte", "kartennummer", "carta", "carte", "tarjeta", "kaart"}
    till = words & {
        "terminal",
        "tid",
        "mid",
        "rrn",
        "auth",
        "authorization",
        "acquirer",
        "settlement",
        "customer",
        "payout",
        "captured",
    }
    beside = layout.indices(Role.BALANCE) or layout.indices(Role.FEE)
    return bool(card) and not till and not beside


def _is_net(layout: Layout) -> bool:
    index = layout.index(Role.AMOUNT)
    name = plain(layout.header[index]) if index is not None and layout.header else ""
    return bool({"net", "netto"} & set(name.split()))
