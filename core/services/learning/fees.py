"""What channels keep of payments, read from the matches that stand: undoing one takes it back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session, aliased

from core.matching.fee_learning import FeePair, rule_of
from core.matching.fees import FeeRule
from core.model.lessons import ForgottenFee
from core.model.payments import Payment
from core.model.reconciliations import (
    DifferenceKind,
    Match,
    MatchLine,
    MatchPayment,
    PaymentReconciliation,
    StatementProvider,
)

_MOST_PAIRS = 5_000
"""The newest so many confirmed fees are asked; a tariff of years ago need not agree."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Whose fees are meant: a provider's statements, a payment method, a currency."""

    provider: StatementProvider
    method: str
    currency: str

    @property
    def key(self) -> str:
        """What it is pointed at by; :func:`channel_of` reads it."""
        return f"{self.provider}:{self.method}:{self.currency}"


def channel_of(key: str) -> Channel | None:
    """Return the channel a key points at; None where it points at nothing."""
    provider, _, rest = key.partition(":")
    method, _, currency = rest.partition(":")
    known = provider in set(StatementProvider) and method and currency
    return Channel(StatementProvider(provider), method, currency) if known else None


@dataclass(frozen=True, slots=True)
class LearnedFee:
    """A rule that every confirmed payment of a channel bears out."""

    channel: Channel
    rule: FeeRule
    times: int
    last_by: str
    last_at: datetime


def learned_fees(session: Session, reconciliation: PaymentReconciliation) -> tuple[FeeRule, ...]:
    """Return the fee rules that hold for a statement."""
    return tuple(
        each.rule
        for each in all_learned_fees(session)
        if each.channel.provider == reconciliation.provider
        and each.channel.currency == reconciliation.currency
    )


def all_learned_fees(session: Session) -> list[LearnedFee]:
    """Return every channel's rule, where its confirmed payments agree on one.

    A match counts where one line of it is one payment less a fee: its reference or a person tied
    the two, never the fee.
    """
    confirmed: dict[Channel, list[tuple[FeePair, str, datetime]]] = defaultdict(list)
    forgotten = _forgotten(session)
    for channel, pair, by, at in _confirmed(session):
        if channel not in forgotten or at > forgotten[channel]:
            confirmed[channel].append((pair, by, at))
    found = []
    for channel, pairs in confirmed.items():
        rule = rule_of(channel.method, [pair for pair, _, _ in pairs])
        if rule is not None:
            _, by, at = max(pairs, key=lambda pair: pair[2])
            found.append(LearnedFee(channel, rule, len(pairs), by, at))
    return found


def _confirmed(session: Session) -> list[tuple[Channel, FeePair, str, datetime]]:
    lines, payments = (
        select(func.count()).where(link.match_id == Match.id).correlate(Match).scalar_subquery()
        for link in (aliased(MatchLine), aliased(MatchPayment))
    )
    rows = session.execute(
        select(
            PaymentReconciliation.provider,
            Payment.payment_method,
            Payment.currency,
            Payment.amount_minor,
            Match.difference_minor,
            # A difference may be called a fee long after its match was approved, by somebody else.
            func.coalesce(func.nullif(Match.difference_by, ""), Match.decided_by),
            func.coalesce(Match.difference_at, Match.decided_at),
        )
        .join(PaymentReconciliation, PaymentReconciliation.id == Match.reconciliation_id)
        .join(MatchPayment, MatchPayment.match_id == Match.id)
        .join(Payment, Payment.id == MatchPayment.payment_id)
        .where(
            # Spelt as the index spells it, or SQLite does not see that it holds these rows.
            text("match.state = 'approved' AND match.difference_minor <> 0"),
            Match.difference_minor > 0,
            or_(Match.kind == "fee_net", Match.difference_kind == DifferenceKind.FEE),
            lines == 1,
            payments == 1,
        )
        .order_by(Match.decided_at.desc(), Match.id.desc())
        .limit(_MOST_PAIRS)
    )
    return [
        (Channel(provider, str(method), currency), FeePair(gross_minor, fee_minor), by, at)
        for provider, method, currency, gross_minor, fee_minor, by, at in rows
        if at is not None
    ]


def _forgotten(session: Session) -> dict[Channel, datetime]:
    """Return until when the fees of channels no longer count."""
    rows = session.execute(
        select(
            ForgottenFee.provider,
            ForgottenFee.method,
            ForgottenFee.currency,
            ForgottenFee.forgotten_at,
        ).where(ForgottenFee.restored_at.is_(None))
    )
    until: dict[Channel, datetime] = {}
    for provider, method, currency, at in rows:
        channel = Channel(provider, method, currency)
        until[channel] = max(at, until.get(channel, at))
    return until
