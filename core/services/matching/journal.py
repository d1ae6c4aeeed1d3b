"""What is written down when matches are decided, whatever the decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.database.audit import Deed
from core.database.unit_of_work import UnitOfWork
from core.model.reconciliations import PaymentReconciliation
from core.money import major
from core.services.matching.facts import MatchFacts


def journal_decisions(
    unit: UnitOfWork,
    reconciliation: PaymentReconciliation,
    decided: Sequence[MatchFacts],
    action: str,
) -> None:
    """Write an entry for each match, and one for each of its payments: that is its history.

    ``decided`` is as it stood before: what is taken back is told with what it had become.
    """
    unit.audit_all(_deeds(reconciliation, decided, action))


def _deeds(
    reconciliation: PaymentReconciliation, decided: Sequence[MatchFacts], action: str
) -> Iterator[Deed]:
    reconciliation_id, file_name = reconciliation.reconciliation_id, reconciliation.file_name
    currency = reconciliation.currency
    for match in decided:
        numbers = [line.number for line in match.lines]
        payment_ids = [payment.payment_id for payment in match.payments]
        differs = {
            "difference": major(match.difference_minor, currency),
            "difference_kind": match.difference_kind,
        }
        yield Deed(
            action,
            "reconciliation",
            reconciliation_id,
            {
                "match": match.match_id,
                "kind": match.kind,
                "lines": numbers,
                "payments": payment_ids,
                "reasons": match.reasons,
                **(differs if match.difference_minor else {}),
            },
        )
        of_payment = {
            "match": match.match_id,
            "lines": numbers,
            "kind": match.kind,
            "statement": file_name,
        }
        for payment_id in payment_ids:
            yield Deed(action, "payment", payment_id, of_payment)
