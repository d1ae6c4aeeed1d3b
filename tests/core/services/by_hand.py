"""Matching by hand as a form does it, each time with a key of its own."""

from __future__ import annotations

from collections.abc import Sequence

from core.app import App
from core.model.base import new_uuid
from core.permissions import Actor
from core.services.matching.by_hand import MatchByHand
from core.services.matching.differences import STAYS_OPEN, DifferenceAnswer
from core.services.rows import ReconciliationDetail


def match_by_hand(
    shop: App,
    actor: Actor,
    reconciliation_id: str,
    line_ids: Sequence[int],
    payment_ids: Sequence[str],
    difference: DifferenceAnswer = STAYS_OPEN,
) -> ReconciliationDetail:
    """Match lines with payments."""
    command = MatchByHand(
        key=new_uuid(),
        reconciliation_id=reconciliation_id,
        line_ids=tuple(line_ids),
        payment_ids=tuple(payment_ids),
        difference=difference,
    )
    shop.hand_matches.match(actor, command)
    return shop.reconciliations.detail(actor, reconciliation_id)
